import { found } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	deliberation: found(await locals.rooms.council.deliberations.get(params.numero)),
});
