import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { query } from '#lib/server/pages.ts';
import { visitOf } from '#lib/server/visit.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({ token: query(url, 'jeton') ?? '' });

export const actions: Actions = {
	async demander(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.requestPasswordReset(visitOf(event), typed.email ?? '');
		if (!result.ok) return refused(event.locals, result, typed);
		return { sent: true };
	},

	async choisir(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.resetPassword({
			token: typed.jeton ?? '',
			password: typed.password ?? '',
		});
		if (!result.ok) return refused(event.locals, result);
		done(event, '/connexion', 'done.passwordChanged');
	},
};
