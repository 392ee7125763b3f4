import { expect } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	profiles: expect(await locals.rooms.operations.lighting.profiles.list(locals.actor)),
	mayManage: locals.rooms.operations.may.manage(locals.actor),
});
