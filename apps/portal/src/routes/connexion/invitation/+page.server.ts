import { redirect } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { query } from '#lib/server/pages.ts';
import { setCookies, visitOf, welcome } from '#lib/server/visit.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const token = query(url, 'jeton') ?? '';
	const { invitations, oidc } = locals.rooms.identity;
	const invitation = await invitations.view(token);
	return {
		token,
		invitation: invitation.ok ? invitation.value : null,
		proConnect: oidc.providers().includes('proconnect'),
	};
};

export const actions: Actions = {
	async accepter(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.invitations.accept(visitOf(event), {
			token: typed.jeton ?? '',
			password: typed.password ?? '',
			...(typed.name && { name: typed.name }),
			...(typed.email && { email: typed.email }),
		});
		if (!result.ok) return refused(event.locals, result, typed);
		welcome(event.cookies, result.value, '/espace');
	},

	async proconnect(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.oidc.start(visitOf(event), 'proconnect', {
			returnTo: '/espace',
			invitation: typed.jeton ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed);
		setCookies(event.cookies, result.value.cookies);
		redirect(303, result.value.location, { external: true });
	},
};
