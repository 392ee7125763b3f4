import { optional, optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	audit: expect(await locals.rooms.equipment.inventory.audits.get(locals.actor, params.id)),
	manage: locals.rooms.equipment.may.manage(locals.actor),
});

export const actions: Actions = {
	async default({ request, locals, params }) {
		const { typed } = await readForm(request);
		const scan = await locals.rooms.equipment.inventory.audits.scan(locals.actor, params.id, {
			tag: typed.tag ?? '',
			condition: optional(typed.condition),
			batteryHealthPercent: optionalNumber(typed.battery),
		});
		if (!scan.ok) return refused(locals, scan, typed);
		return { scan: scan.value, typed: { condition: typed.condition ?? '' } };
	},
};
