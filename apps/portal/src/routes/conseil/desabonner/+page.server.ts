import { fail } from '@sveltejs/kit';
import { query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

/** A link is followed by machines too: only the button, or the mail program's own POST, ends the letters. */
export const load: PageServerLoad = ({ url }) => ({ token: query(url, 'jeton') ?? '' });

export const actions: Actions = {
	async default({ locals, url }) {
		const known = await locals.rooms.council.follows.unsubscribe(query(url, 'jeton') ?? '');
		return known ? { done: true } : fail(422, { done: false });
	},
};
