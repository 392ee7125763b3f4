import { expect } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	works: expect(await locals.rooms.operations.interventions.recurring.list(locals.actor)),
});
