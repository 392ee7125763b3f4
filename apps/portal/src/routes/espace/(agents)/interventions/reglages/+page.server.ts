import { error } from '@sveltejs/kit';
import { priorityNames } from '#lib/interventions.ts';
import { optional, readForm, refused } from '#lib/server/forms.ts';
import { officeChoices } from '#lib/server/interventions.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { interventions, may } = locals.rooms.operations;
	if (!may.manage(locals.actor)) error(403, 'platform.not_allowed');
	const [services, categories, alarms, choices] = await Promise.all([
		interventions.services.list({ archived: true }),
		interventions.categories.list({ archived: true }),
		interventions.alarmMappings.list(locals.actor),
		officeChoices(locals),
	]);
	return { services, categories, alarms: expect(alarms), choices };
};

export const actions: Actions = {
	async service(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.operations.interventions.services.save(event.locals.actor, {
			code: typed.reference ?? '',
			nameFr: typed.nameFr ?? '',
			nameEn: typed.nameEn ?? '',
			archived: typed.archived === 'on',
		});
		if (!result.ok) return refused(event.locals, result, typed, 'service');
		done(event, event.url.pathname, 'done.saved');
	},
	async alarme(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.operations.interventions.alarmMappings.save(
			event.locals.actor,
			typed.ruleId ?? '',
			optional(typed.categoryId),
			priorityNames.find((name) => name === typed.priority) ?? null,
		);
		if (!result.ok) return refused(event.locals, result, typed, 'alarme');
		done(event, `${event.url.pathname}#alarmes`, 'done.saved');
	},
};
