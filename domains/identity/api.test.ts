import { createHttp, type FastifyInstance, mountApi, system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthenticator } from './test-passkey.ts';
import { type IdentityTown, openTown } from './test-town.ts';
import { totpCode, totpStep } from './totp.ts';

let town: IdentityTown;
let http: FastifyInstance;
beforeAll(async () => {
	town = await openTown();
	const { authenticate, room } = town.identity;
	town.identity.declare({ scopes: ['observations:write'] });
	http = await createHttp(town.platform, { authenticate });
	await mountApi(http, room.api ? [room.api] : []);
	await http.ready();
});
afterAll(async () => {
	await http.close();
	await town.close();
});

const cookieOf = (browser: { visit(): { headers: Headers } }) => browser.visit().headers.get('cookie') ?? '';
const sameOrigin = { 'sec-fetch-site': 'same-origin' };

test('/me says who asks, by cookie or by key', async () => {
	const { browser, personId } = await town.person('api@exemple.fr', 'Api');
	const visitor = await http.inject('/api/v1/me');
	expect(visitor.json()).toMatchObject({ kind: 'anonymous', id: null });
	const person = await http.inject({ url: '/api/v1/me', headers: { cookie: cookieOf(browser) } });
	expect(person.json()).toMatchObject({ kind: 'person', id: personId, displayName: 'Api' });
	const key = await town.identity.createSystemApiKey(['observations:write']);
	const machine = await http.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${key}` } });
	expect(machine.json()).toMatchObject({ kind: 'key', scopes: ['observations:write'] });
});

test('an administrator makes, lists and revokes keys; others, and other sites, are refused', async () => {
	const { identity } = town;
	const { browser, personId } = await town.person('chef@exemple.fr', 'Chef');
	const body = {
		name: 'Passerelle',
		scopes: ['observations:write'],
		expiresAt: new Date(Date.now() + 86_400_000),
	};
	const headers = () => ({ cookie: cookieOf(browser), ...sameOrigin });
	const create = (given: Record<string, string>) =>
		http.inject({ method: 'POST', url: '/api/v1/api-keys', headers: given, payload: body });
	const refused = await create(headers());
	expect(refused.statusCode).toBe(403);
	expect(refused.json()).toMatchObject({ type: 'platform.not_allowed', status: 403 });

	await identity.roles.grant(system, personId, 'identity:administrator');
	const enabled = await identity.secondFactor.enable(browser.visit());
	if (!enabled.ok) throw new Error(enabled.error);
	const code = totpCode(enabled.value.secret, totpStep(new Date()));
	expect(await identity.secondFactor.confirm(browser.visit(), code)).toMatchObject({ ok: true });

	const crossSite = await create({ ...headers(), 'sec-fetch-site': 'cross-site' });
	expect([crossSite.statusCode, crossSite.json().type]).toEqual([403, 'platform.cross_site_request']);
	const created = await create(headers());
	expect(created.statusCode).toBe(201);
	const { id, key } = created.json();
	const listed = await http.inject({ url: '/api/v1/api-keys', headers: headers() });
	expect(listed.json()[0]).toMatchObject({ id, name: 'Passerelle' });
	expect(listed.body).not.toContain(key);
	const me = () => http.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${key}` } });
	expect((await me()).json()).toMatchObject({ kind: 'key' });
	const revoked = await http.inject({
		method: 'DELETE',
		url: `/api/v1/api-keys/${id}`,
		headers: headers(),
	});
	expect(revoked.statusCode).toBe(204);
	expect((await me()).json()).toMatchObject({ kind: 'anonymous' });
	const invalid = await http.inject({
		method: 'POST',
		url: '/api/v1/api-keys',
		headers: headers(),
		payload: { ...body, scopes: ['everything'] },
	});
	expect([invalid.statusCode, invalid.json().type]).toEqual([400, 'platform.invalid_input']);
});

test('the page’s script registers a passkey and signs in with it', async () => {
	const { browser, personId } = await town.person('cle@exemple.fr', 'Clé');
	const authenticator = createAuthenticator(town.platform.config.publicUrl, { userVerified: true });
	const post = (path: string, cookie: string, payload?: object) =>
		http.inject({
			method: 'POST',
			url: `/api/v1/passkeys${path}`,
			headers: { ...(cookie && { cookie }), ...sameOrigin },
			...(payload && { payload }),
		});
	const cookies = (answer: { cookies: { name: string; value: string }[] }) =>
		answer.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ');

	const offered = await post('/registration-options', cookieOf(browser));
	const registered = await post('', `${cookieOf(browser)}; ${cookies(offered)}`, {
		name: 'Téléphone',
		response: authenticator.register(offered.json()),
	});
	expect(registered.statusCode).toBe(201);

	const asked = await post('/authentication-options', '');
	const signedIn = await post('/sign-in', cookies(asked), { response: authenticator.signIn(asked.json()) });
	expect([signedIn.statusCode, signedIn.json()]).toEqual([200, { next: 'done' }]);
	expect(String(signedIn.headers['set-cookie'])).toMatch(
		/^parvis\.session_token=[^;]+; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax/,
	);
	const me = await http.inject({ url: '/api/v1/me', headers: { cookie: cookies(signedIn) } });
	expect(me.json()).toMatchObject({ kind: 'person', id: personId, secondFactor: true });

	expect((await post('/registration-options', '')).statusCode).toBe(401);
	expect((await post('/sign-in', '', { response: { id: 'x' } })).statusCode).toBe(401);
	expect((await post('/sign-in', '', { response: 'x' })).statusCode).toBe(400);
});
