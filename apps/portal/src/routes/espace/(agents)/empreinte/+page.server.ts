import { error } from '@sveltejs/kit';
import { optional, optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { footprint } = locals.rooms;
	if (!footprint.may.manage(locals.actor)) error(403, 'platform.not_allowed');
	return { factors: await footprint.factors.list() };
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.footprint.factors.add(event.locals.actor, {
			code: typed.factor ?? '',
			validFrom: typed.validFrom ?? '',
			kilogramsPerUnit: optionalNumber(typed.kilogramsPerUnit) ?? Number.NaN,
			source: typed.source ?? '',
			year: optionalNumber(typed.year) ?? Number.NaN,
			url: optional(typed.url),
			caveat: optional(typed.caveat),
		});
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, 'done.factorAdded');
	},
};
