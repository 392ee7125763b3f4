import { error } from '@sveltejs/kit';
import { pageNumber } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { meetings, bodies, may } = locals.rooms.council;
	if (!may.prepare(locals.actor)) error(403, 'platform.not_allowed');
	return {
		list: await meetings.list(locals.actor, { page: pageNumber(url) }),
		hasBodies: (await bodies.list(locals.actor)).length > 0,
	};
};
