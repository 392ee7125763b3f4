import { error } from '@sveltejs/kit';
import { found } from '#lib/server/pages.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, params }) => {
	const { meetings, may } = locals.rooms.council;
	if (!may.prepare(locals.actor)) error(403, 'platform.not_allowed');
	return { meeting: found(await meetings.get(locals.actor, params.id)) };
};
