import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({ token: query(url, 'jeton') ?? '' });

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.verifyEmail(typed.jeton ?? '');
		if (!result.ok) return refused(event.locals, result);
		done(event, event.locals.actor.kind === 'person' ? '/compte' : '/connexion', 'done.emailVerified');
	},
};
