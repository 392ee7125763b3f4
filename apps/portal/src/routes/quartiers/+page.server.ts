import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	districts: await locals.rooms.town.areas.districts(),
});
