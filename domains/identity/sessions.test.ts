import { system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, type IdentityTown, openTown } from './test-town.ts';

let town: IdentityTown;
beforeAll(async () => {
	town = await openTown();
});
afterAll(() => town.close());

const kindOf = async (browser: Browser) => (await town.identity.authenticate(browser.visit().headers)).kind;

test('sessions are listed, and end at once when revoked', async () => {
	const { identity } = town;
	const { browser, credentials } = await town.person('sessions@exemple.fr', 'Sessions');
	const [second, third] = [town.browser('Chromium'), town.browser('Safari')];
	for (const other of [second, third])
		other.take(await identity.signInWithPassword(other.visit(), credentials));
	const listed = await identity.sessions.list(browser.visit());
	if (!listed.ok) throw new Error(listed.error);
	expect(listed.value.map(({ userAgent, current }) => [userAgent, current])).toEqual([
		['Safari', false],
		['Chromium', false],
		['Firefox', true],
	]);
	const chromium = listed.value.find(({ userAgent }) => userAgent === 'Chromium')?.id ?? '';
	expect(await identity.sessions.revoke(browser.visit(), chromium)).toEqual({ ok: true, value: null });
	expect(await kindOf(second)).toBe('anonymous');
	expect(await identity.sessions.revokeOthers(browser.visit())).toEqual({ ok: true, value: { revoked: 1 } });
	expect([await kindOf(third), await kindOf(browser)]).toEqual(['anonymous', 'person']);
});

test('nobody ends the sessions of others', async () => {
	const { identity } = town;
	const { browser: own } = await town.person('mien@exemple.fr', 'Mien');
	const { browser: other } = await town.person('tien@exemple.fr', 'Tien');
	const listed = await identity.sessions.list(own.visit());
	if (!listed.ok) throw new Error(listed.error);
	for (const id of [listed.value[0]?.id ?? '', 'not-an-id'])
		expect(await identity.sessions.revoke(other.visit(), id)).toMatchObject({
			error: 'identity.session_unknown',
		});
	expect(await kindOf(own)).toBe('person');
});

test('signing out, expiry and suspension each end a session at once', async () => {
	const { identity, platform } = town;
	const { browser, credentials, personId } = await town.person('fin@exemple.fr', 'Fin');
	const { cookies, location } = await identity.signOut(browser.visit());
	expect(location).toBeNull();
	expect(cookies).toMatchObject([{ name: 'parvis.session_token', value: '', options: { maxAge: 0 } }]);
	expect(await kindOf(browser)).toBe('anonymous');

	browser.take(await identity.signInWithPassword(browser.visit(), credentials));
	await platform.pool.query(
		"UPDATE identity.session SET expires_at = now() - interval '1 second' WHERE person_id = $1",
		[personId],
	);
	expect(await kindOf(browser)).toBe('anonymous');

	browser.take(await identity.signInWithPassword(browser.visit(), credentials));
	expect(await identity.people.suspend(system, personId)).toMatchObject({ ok: true });
	expect(await kindOf(browser)).toBe('anonymous');
	expect(await identity.signInWithPassword(browser.visit(), credentials)).toMatchObject({
		error: 'identity.account_suspended',
	});
	await identity.people.reinstate(system, personId);
	expect(await identity.signInWithPassword(browser.visit(), credentials)).toMatchObject({ ok: true });
});

test('a made-up or malformed cookie is nobody', async () => {
	for (const cookie of ['', '.', 'x', 'x.y', '%', '%00.a', `${'a'.repeat(5000)}.b`]) {
		const headers = new Headers({ cookie: `parvis.session_token=${cookie}; other=%zz` });
		expect((await town.identity.authenticate(headers)).kind).toBe('anonymous');
	}
});

test('over https the cookie is Secure, HttpOnly, SameSite=Lax, with the __Secure- prefix', async () => {
	const https = await openTown({ PARVIS_PUBLIC_URL: 'https://ville.example' });
	try {
		const { browser, credentials } = await https.person('s@exemple.fr', 'Sécurité');
		const signedIn = await https.identity.signInWithPassword(https.browser().visit(), credentials);
		if (!signedIn.ok) throw new Error(signedIn.error);
		expect(signedIn.value.cookies).toEqual([
			{
				name: '__Secure-parvis.session_token',
				value: expect.stringMatching(/^[A-Za-z0-9]{32}\..+/),
				options: { path: '/', httpOnly: true, secure: true, sameSite: 'lax', maxAge: 30 * 86_400 },
			},
		]);
		expect((await https.identity.authenticate(browser.visit().headers)).kind).toBe('person');
	} finally {
		await https.close();
	}
});
