import { redirect } from '@sveltejs/kit';
import { setCookies, visitOf } from '#lib/server/visit.ts';
import type { Actions } from './$types';

export const actions: Actions = {
	async default(event) {
		const { cookies, location } = await event.locals.rooms.identity.signOut(visitOf(event));
		setCookies(event.cookies, cookies);
		redirect(303, location ?? '/deconnexion', { external: true });
	},
};
