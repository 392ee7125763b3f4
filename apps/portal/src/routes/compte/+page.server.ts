import { redirect } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { setCookies, visitOf } from '#lib/server/visit.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const { identity } = event.locals.rooms;
	const visit = visitOf(event);
	const [profile, sessions, passkeys] = await Promise.all([
		identity.profile.get(visit),
		identity.sessions.list(visit),
		identity.passkeys.list(visit),
	]);
	const value = expect(profile);
	return {
		profile: {
			...value,
			roles: value.roles.map((role) =>
				event.locals.platform.messages.t(event.locals.locale, identity.roles.labelKey(role)),
			),
		},
		sessions: expect(sessions),
		passkeys: expect(passkeys),
		providers: identity.oidc.providers(),
	};
};

export const actions: Actions = {
	async profil(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.profile.update(visitOf(event), {
			name: typed.name ?? '',
			...(typed.locale && { locale: typed.locale }),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'profil');
		done(event, '/compte', 'done.saved');
	},
	async adresse(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.profile.changeEmail(visitOf(event), typed.email ?? '');
		if (!result.ok) return refused(event.locals, result, typed, 'adresse');
		done(event, '/compte', 'done.emailAsked');
	},
	async motDePasse(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.changePassword(visitOf(event), {
			next: typed.nextPassword ?? '',
			...(typed.currentPassword && { current: typed.currentPassword }),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'motDePasse');
		done(event, '/compte', 'done.passwordChanged');
	},
	async fermer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.sessions.revoke(visitOf(event), typed.id ?? '');
		if (!result.ok) return refused(event.locals, result, typed, 'connexions');
		done(event, '/compte#connexions', 'done.sessionClosed');
	},
	async fermerAutres(event) {
		const result = await event.locals.rooms.identity.sessions.revokeOthers(visitOf(event));
		if (!result.ok) return refused(event.locals, result, {}, 'connexions');
		done(event, '/compte#connexions', 'done.sessionsClosed', { count: result.value.revoked });
	},
	async retirerCle(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.passkeys.remove(visitOf(event), typed.id ?? '');
		if (!result.ok) return refused(event.locals, result, typed, 'cles');
		done(event, '/compte#cles', 'done.passkeyRemoved');
	},
	async relier(event) {
		const { typed } = await readForm(event.request);
		const { oidc } = event.locals.rooms.identity;
		const provider = oidc.providers().find((name) => name === typed.fournisseur);
		if (!provider) return refused(event.locals, { ok: false, error: 'platform.not_found' }, {}, 'identites');
		const result = await oidc.start(visitOf(event), provider, { returnTo: '/compte', link: true });
		if (!result.ok) return refused(event.locals, result, typed, 'identites');
		setCookies(event.cookies, result.value.cookies);
		redirect(303, result.value.location, { external: true });
	},
	async delier(event) {
		const { typed } = await readForm(event.request);
		const { oidc } = event.locals.rooms.identity;
		const provider = oidc.providers().find((name) => name === typed.fournisseur);
		if (!provider) return refused(event.locals, { ok: false, error: 'platform.not_found' }, {}, 'identites');
		const result = await oidc.unlink(visitOf(event), provider);
		if (!result.ok) return refused(event.locals, result, typed, 'identites');
		done(event, '/compte', 'done.unlinked');
	},
	async effacer(event) {
		const { typed } = await readForm(event.request);
		if (typed.accord !== 'on')
			return refused(event.locals, { ok: false, error: 'platform.invalid_input' }, typed, 'effacer');
		const result = await event.locals.rooms.identity.profile.erase(visitOf(event));
		if (!result.ok) return refused(event.locals, result, typed, 'effacer');
		const { cookies } = await event.locals.rooms.identity.signOut(visitOf(event));
		setCookies(event.cookies, cookies);
		done(event, '/', 'done.accountErased');
	},
};
