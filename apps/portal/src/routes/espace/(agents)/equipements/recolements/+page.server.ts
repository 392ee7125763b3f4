import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { equipment } = locals.rooms;
	const manage = equipment.may.manage(locals.actor);
	return {
		manage,
		audits: expect(await equipment.inventory.audits.list(locals.actor)),
		choices: manage ? expect(await equipment.inventory.devices.choices(locals.actor)) : null,
	};
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const scope = typed.scope ?? '';
		const started = await event.locals.rooms.equipment.inventory.audits.start(event.locals.actor, {
			title: typed.title ?? '',
			scope,
			scopeValue: optional(scope === 'service' ? typed.service : typed.site),
		});
		if (!started.ok) return refused(event.locals, started, typed);
		done(event, `/espace/equipements/recolements/${started.value.id}`, 'done.gear.audit', {
			count: started.value.expected,
		});
	},
};
