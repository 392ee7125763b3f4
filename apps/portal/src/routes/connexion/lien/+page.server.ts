import { readForm, refused } from '#lib/server/forms.ts';
import { query } from '#lib/server/pages.ts';
import { visitOf, welcome } from '#lib/server/visit.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({ token: query(url, 'jeton') ?? '' });

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.magicLinks.complete(visitOf(event), typed.jeton ?? '');
		if (!result.ok) return refused(event.locals, result);
		welcome(event.cookies, result.value, '/compte');
	},
};
