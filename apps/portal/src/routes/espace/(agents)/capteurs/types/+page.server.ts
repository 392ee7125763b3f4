import { expect } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	types: expect(await locals.rooms.sensing.types.list(locals.actor)),
});
