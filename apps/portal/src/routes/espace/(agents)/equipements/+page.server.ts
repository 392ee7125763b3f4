import { redirect } from '@sveltejs/kit';
import { filterOf } from '#lib/server/equipment-form.ts';
import { expect } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { equipment } = locals.rooms;
	if (!equipment.may.see(locals.actor) && equipment.may.use(locals.actor))
		redirect(303, '/espace/equipements/mes-terminaux');
	const { devices } = equipment.inventory;
	const [list, counts, choices] = await Promise.all([
		devices.list(locals.actor, filterOf(url)),
		devices.counts(locals.actor),
		devices.choices(locals.actor),
	]);
	return {
		list: expect(list),
		counts: expect(counts),
		services: expect(choices).services,
		sites: expect(choices).sites,
		chosen: Object.fromEntries(url.searchParams),
		manage: equipment.may.manage(locals.actor),
	};
};
