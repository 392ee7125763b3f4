import { redirect } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { query } from '#lib/server/pages.ts';
import { safePath } from '#lib/server/paths.ts';
import { setCookies, visitOf, welcome } from '#lib/server/visit.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
	if (locals.actor.kind === 'person') redirect(303, safePath(query(url, 'retour'), '/compte'));
	return {
		providers: locals.rooms.identity.oidc.providers(),
		returnTo: safePath(query(url, 'retour'), '/compte'),
	};
};

export const actions: Actions = {
	async motDePasse(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.signInWithPassword(visitOf(event), {
			email: typed.email ?? '',
			password: typed.password ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed, 'motDePasse');
		welcome(event.cookies, result.value, typed.retour ?? '');
	},

	async lien(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.magicLinks.request(visitOf(event), typed.email ?? '');
		if (!result.ok) return refused(event.locals, result, typed, 'lien');
		return { form: 'lien', sent: true };
	},

	async fournisseur(event) {
		const { typed } = await readForm(event.request);
		const { oidc } = event.locals.rooms.identity;
		const provider = oidc.providers().find((name) => name === typed.fournisseur);
		if (!provider) return refused(event.locals, { ok: false, error: 'platform.not_found' });
		const result = await oidc.start(visitOf(event), provider, {
			returnTo: safePath(typed.retour, '/compte'),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'fournisseur');
		setCookies(event.cookies, result.value.cookies);
		redirect(303, result.value.location, { external: true });
	},
};
