import { found } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	list: found(await locals.rooms.council.acts.list(locals.actor, params.seance)),
});
