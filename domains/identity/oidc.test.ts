import { system } from '@parvis/platform';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mayWork, type OidcProvider } from './index.ts';
import { clientId, clientSecret, startProvider } from './test-provider.ts';
import { type Browser, type IdentityTown, openTown } from './test-town.ts';

const here = 'http://localhost:8080';
let provider: Awaited<ReturnType<typeof startProvider>>;
let town: IdentityTown;

beforeAll(async () => {
	provider = await startProvider(
		[`${here}/connexion/franceconnect/retour`, `${here}/connexion/proconnect/retour`],
		`${here}/deconnexion`,
	);
	const settings = (name: string) => ({
		[`${name}_ISSUER`]: provider.issuer,
		[`${name}_CLIENT_ID`]: clientId,
		[`${name}_CLIENT_SECRET`]: clientSecret,
	});
	town = await openTown({ ...settings('FRANCECONNECT'), ...settings('PROCONNECT') });
});
beforeEach(() => {
	provider.state.tamper = null;
	provider.state.forgeUserinfo = false;
	provider.state.next = { accountId: 'camille', acr: 'eidas1', amr: ['pwd'] };
});
afterAll(async () => {
	await town.close();
	await provider.close();
});

async function begin(
	browser: Browser,
	name: OidcProvider = 'franceconnect',
	options: Parameters<IdentityTown['identity']['oidc']['start']>[2] = {},
): Promise<URL> {
	const started = await town.identity.oidc.start(browser.visit(), name, options);
	browser.take(started);
	if (!started.ok) throw new Error(started.error);
	return new URL(started.value.location);
}

const finish = (browser: Browser, url: URL, name: OidcProvider = 'franceconnect') =>
	town.identity.oidc.finish(browser.visit(), name, url);

/** The whole way, as `accountId` at the provider. */
async function signIn(browser: Browser, accountId: string, name: OidcProvider = 'franceconnect') {
	provider.state.next = { ...provider.state.next, accountId };
	const back = await provider.visitor().follow((await begin(browser, name)).href);
	const signedIn = await finish(browser, back, name);
	browser.take(signedIn);
	if (!signedIn.ok) throw new Error(signedIn.error);
	return signedIn.value;
}

const refusals = async () =>
	(await town.platform.audit.list({ action: 'identity.sign_in.refused', limit: 1 }))[0]?.detail;

describe('FranceConnect', () => {
	test('signs a resident in, the same person each time, and keeps no more than a name', async () => {
		const browser = town.browser();
		const location = await begin(browser, 'franceconnect', { returnTo: '/budget?page=2' });
		const asked = location.searchParams;
		expect(asked.get('acr_values')).toBe('eidas1');
		expect(asked.get('scope')).toBe('openid given_name family_name');
		expect(asked.get('response_type')).toBe('code');
		expect(asked.get('redirect_uri')).toBe(`${here}/connexion/franceconnect/retour`);
		expect(asked.has('code_challenge'), 'FranceConnect refuses what it does not know').toBe(false);
		expect(asked.get('state')?.length).toBeGreaterThanOrEqual(32);
		expect(asked.get('nonce')?.length).toBeGreaterThanOrEqual(32);

		const signedIn = await finish(browser, await provider.visitor().follow(location.href));
		browser.take(signedIn);
		expect(signedIn).toMatchObject({ ok: true, value: { next: 'done', returnTo: '/budget?page=2' } });
		const actor = await town.identity.authenticate(browser.visit().headers);
		expect(actor).toMatchObject({ kind: 'person', displayName: 'Camille ROY', roles: [] });
		expect(await town.identity.profile.get(browser.visit())).toMatchObject({
			value: { email: null, hasPassword: false, identities: [{ provider: 'franceconnect' }] },
		});

		const again = await signIn(town.browser(), 'camille');
		expect(again.personId).toBe(actor.id);
		const other = await signIn(town.browser(), 'dominique');
		expect(other.personId).not.toBe(actor.id);
	});

	test('ends the session there too, with id_token_hint, and comes back', async () => {
		const browser = town.browser();
		const visitor = provider.visitor();
		const back = await visitor.follow((await begin(browser)).href);
		browser.take(await finish(browser, back));
		const { cookies, location } = await town.identity.signOut(browser.visit());
		const out = new URL(location ?? '');
		expect(out.searchParams.get('id_token_hint')?.split('.')).toHaveLength(3);
		expect(out.searchParams.get('post_logout_redirect_uri')).toBe(`${here}/deconnexion`);
		expect((await town.identity.authenticate(browser.visit().headers)).kind, 'ended at once').toBe(
			'anonymous',
		);
		expect(cookies).toMatchObject([{ name: 'parvis.session_token', options: { maxAge: 0 } }]);
		const before = provider.state.ended;
		const landed = await visitor.follow(out.href);
		expect(landed.origin + landed.pathname).toBe(`${here}/deconnexion`);
		expect(landed.searchParams.get('state')).toBe(out.searchParams.get('state'));
		expect(provider.state.ended).toBe(before + 1);
	});

	test('refuses an unknown state, another browser, and the same answer twice', async () => {
		const browser = town.browser();
		const back = await provider.visitor().follow((await begin(browser)).href);
		const wrong = new URL(back);
		wrong.searchParams.set('state', 'x'.repeat(43));
		const unknown = { error: 'identity.oidc_attempt_unknown' };
		const requests = provider.state.tokenRequests;
		expect(await finish(browser, wrong)).toMatchObject(unknown);
		expect(await finish(town.browser(), back), 'begun in another browser').toMatchObject(unknown);
		expect(await finish(browser, back, 'proconnect'), 'begun at another provider').toMatchObject(unknown);
		expect(provider.state.tokenRequests, 'no code was spent on them').toBe(requests);
		expect(await finish(browser, back)).toMatchObject({ ok: true });
		expect(await finish(browser, back), 'replayed').toMatchObject(unknown);
	});

	test('refuses an attempt that took too long', async () => {
		const browser = town.browser();
		const back = await provider.visitor().follow((await begin(browser)).href);
		await town.platform.pool.query(
			"UPDATE identity.sign_in_attempt SET expires_at = now() - interval '1 second'",
		);
		expect(await finish(browser, back)).toMatchObject({ error: 'identity.oidc_attempt_unknown' });
	});

	test('refuses a code that was already spent, even in a new attempt', async () => {
		const first = town.browser();
		const spent = await provider.visitor().follow((await begin(first)).href);
		expect(await finish(first, spent)).toMatchObject({ ok: true });
		const second = town.browser();
		const back = await provider.visitor().follow((await begin(second)).href);
		back.searchParams.set('code', spent.searchParams.get('code') ?? '');
		expect(await finish(second, back)).toMatchObject({ error: 'identity.oidc_failed' });
		expect(await refusals()).toMatchObject({ method: 'franceconnect', reason: 'invalid_grant' });
	});

	test('refuses a nonce that is not the one it sent', async () => {
		const browser = town.browser();
		const location = await begin(browser);
		location.searchParams.set('nonce', 'another-nonce-put-in-on-the-way-to-the-provider');
		const back = await provider.visitor().follow(location.href);
		expect(await finish(browser, back)).toMatchObject({ error: 'identity.oidc_failed' });

		const other = town.browser();
		const returned = await provider.visitor().follow((await begin(other)).href);
		provider.state.tamper = ({ nonce: _nonce, ...claims }) => claims;
		expect(await finish(other, returned), 'none at all').toMatchObject({ error: 'identity.oidc_failed' });
	});

	const now = () => Math.floor(Date.now() / 1000);
	test.for([
		['an expired id_token', (claims) => ({ ...claims, exp: now() - 120 })],
		['an id_token for another client', (claims) => ({ ...claims, aud: 'another-site' })],
		['an id_token of another issuer', (claims) => ({ ...claims, iss: 'https://example.org' })],
		['another subject than the userinfo’s', (claims) => ({ ...claims, sub: 'someone-else' })],
	] satisfies [string, NonNullable<typeof provider.state.tamper>][])('refuses %s', async ([, tamper]) => {
		const browser = town.browser();
		const back = await provider.visitor().follow((await begin(browser)).href);
		provider.state.tamper = tamper;
		expect(await finish(browser, back)).toMatchObject({ error: 'identity.oidc_failed' });
		expect((await town.identity.authenticate(browser.visit().headers)).kind).toBe('anonymous');
	});

	test('refuses a userinfo that the provider did not sign', async () => {
		const browser = town.browser();
		const back = await provider.visitor().follow((await begin(browser)).href);
		provider.state.forgeUserinfo = true;
		expect(await finish(browser, back)).toMatchObject({ error: 'identity.oidc_failed' });
	});

	test('refuses a lower level than asked for, or none, and accepts a higher one', async () => {
		const outcome = async (acr: string | undefined) => {
			const browser = town.browser();
			const back = await provider.visitor().follow((await begin(browser)).href);
			provider.state.tamper = ({ acr: _acr, ...claims }) => (acr === undefined ? claims : { ...claims, acr });
			const signedIn = await finish(browser, back);
			provider.state.tamper = null;
			return signedIn.ok || signedIn.error;
		};
		expect(await outcome('eidas0')).toBe('identity.oidc_level_too_low');
		expect(await outcome('urn:eidas1')).toBe('identity.oidc_level_too_low');
		expect(await outcome(undefined)).toBe('identity.oidc_level_too_low');
		expect(await outcome('eidas3')).toBe(true);
	});

	test('says so when the person changes their mind', async () => {
		const browser = town.browser();
		const state = (await begin(browser)).searchParams.get('state') ?? '';
		const back = new URL(`${here}/connexion/franceconnect/retour?error=access_denied&state=${state}`);
		expect(await finish(browser, back)).toMatchObject({ error: 'identity.oidc_cancelled' });
	});

	test('never leads away from the site', async () => {
		for (const returnTo of [
			'https://evil.example/',
			'//evil.example',
			'/\\evil.example',
			'/\t/evil.example',
		]) {
			const browser = town.browser();
			const back = await provider
				.visitor()
				.follow((await begin(browser, 'franceconnect', { returnTo })).href);
			expect(await finish(browser, back)).toMatchObject({ ok: true, value: { returnTo: '/' } });
		}
	});
});

describe('linking', () => {
	test('joins an identity to the account signed in, on its owner’s wish, and cuts it again', async () => {
		const { personId, browser } = await town.person('lien@exemple.fr', 'Alix Lien');
		provider.state.next = { accountId: 'alix', acr: 'eidas1', amr: ['pwd'] };
		const back = await provider
			.visitor()
			.follow((await begin(browser, 'franceconnect', { link: true })).href);
		expect(await finish(browser, back)).toMatchObject({ ok: true, value: { personId } });
		expect((await signIn(town.browser(), 'alix')).personId).toBe(personId);

		const { browser: other } = await town.person('autre@exemple.fr', 'Sasha Autre');
		const taken = await provider.visitor().follow((await begin(other, 'franceconnect', { link: true })).href);
		expect(await finish(other, taken)).toMatchObject({ error: 'identity.oidc_linked_elsewhere' });

		expect(await town.identity.oidc.unlink(browser.visit(), 'franceconnect')).toEqual({
			ok: true,
			value: null,
		});
		expect((await signIn(town.browser(), 'alix')).personId).not.toBe(personId);
	});

	test('is refused to a visitor, and the only way in cannot be cut', async () => {
		const visitor = town.browser();
		expect(await town.identity.oidc.start(visitor.visit(), 'franceconnect', { link: true })).toMatchObject({
			error: 'platform.not_signed_in',
		});
		const browser = town.browser();
		await signIn(browser, 'seul');
		expect(await town.identity.oidc.unlink(browser.visit(), 'franceconnect')).toMatchObject({
			error: 'identity.last_way_in',
		});
	});
});

describe('ProConnect', () => {
	test('lets an invited agent in, with a second factor only when several were used there', async () => {
		const { identity } = town;
		const invited = await identity.invitations.invite(system, {
			email: 'agent.pro@exemple.fr',
			name: 'Agent Pro',
			roles: ['identity:data_officer'],
		});
		if (!invited.ok) throw new Error(invited.error);
		const [letter] = await town.lettersTo('agent.pro@exemple.fr');
		const invitation = town.tokenIn(letter);
		const browser = town.browser();
		provider.state.next = { accountId: 'agent-pro', acr: 'eidas1', amr: ['pwd'] };
		const location = await begin(browser, 'proconnect', { invitation });
		const asked = location.searchParams;
		expect(asked.get('scope')).toBe('openid given_name usual_name');
		expect(asked.get('code_challenge_method')).toBe('S256');
		expect(JSON.parse(asked.get('claims') ?? '')).toEqual({
			id_token: {
				acr: { essential: true, values: ['eidas1', 'eidas1-mfa', 'eidas2', 'eidas3'] },
				amr: { essential: true },
			},
		});
		const accepted = await finish(browser, await provider.visitor().follow(location.href), 'proconnect');
		browser.take(accepted);
		expect(accepted).toMatchObject({
			ok: true,
			value: { personId: invited.value.personId, next: 'second_factor_setup' },
		});
		expect(mayWork(await identity.authenticate(browser.visit().headers))).toBe(false);
		expect(await identity.invitations.view(invitation), 'used').toMatchObject({ ok: false });

		for (const next of [
			{ acr: 'eidas1', amr: ['pwd', 'mfa'] },
			{ acr: 'eidas1-mfa', amr: ['pwd'] },
			{ acr: 'eidas2', amr: ['pop'] },
		]) {
			provider.state.next = { accountId: 'agent-pro', ...next };
			const strong = town.browser();
			expect(await signIn(strong, 'agent-pro', 'proconnect')).toMatchObject({ next: 'done' });
			expect(mayWork(await identity.authenticate(strong.visit().headers))).toBe(true);
		}
	});

	test('does not count factors that FranceConnect claims', async () => {
		provider.state.next = { accountId: 'franc', acr: 'eidas2', amr: ['pwd', 'mfa'] };
		const browser = town.browser();
		await signIn(browser, 'franc');
		expect((await town.identity.authenticate(browser.visit().headers)).secondFactor).toBe(false);
	});
});

test('a provider that is not configured, or does not answer, is an ordinary refusal', async () => {
	const plain = await openTown({
		FRANCECONNECT_ISSUER: 'http://127.0.0.1:9',
		FRANCECONNECT_CLIENT_ID: clientId,
		FRANCECONNECT_CLIENT_SECRET: clientSecret,
	});
	try {
		const visit = plain.browser().visit();
		expect(plain.identity.oidc.providers()).toEqual(['franceconnect']);
		expect(await plain.identity.oidc.start(visit, 'proconnect')).toMatchObject({
			error: 'identity.oidc_not_configured',
		});
		expect(await plain.identity.oidc.start(visit, 'franceconnect')).toMatchObject({
			error: 'identity.oidc_unreachable',
		});
	} finally {
		await plain.close();
	}
});
