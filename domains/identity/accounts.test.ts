import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkPassword } from './passwords.ts';
import { type IdentityTown, openTown } from './test-town.ts';
import { safeReturnTo } from './visit.ts';

let town: IdentityTown;
beforeAll(async () => {
	town = await openTown();
});
afterAll(() => town.close());

const audited = async (action: string) => (await town.platform.audit.list({ action, limit: 1 }))[0];

describe('an account', () => {
	test('is made, confirmed by mail, and opens a session', async () => {
		const { identity, browser } = town;
		const camille = browser();
		const who = { email: 'Camille@Exemple.fr ', name: ' Camille  Roy ', password: 'quatre mots sans lien' };
		expect(await identity.signUp(camille.visit(), who)).toEqual({ ok: true, value: null });
		expect(await identity.signInWithPassword(camille.visit(), who)).toMatchObject({
			error: 'identity.email_not_verified',
		});
		const [letter] = await town.lettersTo('camille@exemple.fr');
		expect(letter?.subject).toBe('Confirmez votre adresse');
		expect(letter?.text).toContain('Bonjour Camille Roy');
		expect(await identity.verifyEmail(town.tokenIn(letter))).toMatchObject({ ok: true });
		expect(await identity.verifyEmail(town.tokenIn(letter))).toMatchObject({
			error: 'identity.link_expired',
		});
		const signedIn = await identity.signInWithPassword(camille.visit(), who);
		camille.take(signedIn);
		expect(signedIn).toMatchObject({ ok: true, value: { next: 'done' } });
		const actor = await identity.authenticate(camille.visit().headers);
		expect(actor).toMatchObject({ kind: 'person', displayName: 'Camille Roy', secondFactor: false });
		expect(await audited('identity.session.opened')).toMatchObject({
			actorId: actor.id,
			detail: { method: 'password' },
		});
		const again = await identity.signInWithPassword(camille.visit(), who);
		expect(again, 'from a browser that has a session already').toMatchObject({ ok: true });
	});

	test('keeps its password as argon2id, its session and links as hashes', async () => {
		const { browser, personId } = await town.person('hash@exemple.fr', 'Hache');
		const { rows } = await town.platform.pool.query<{ password: string; token: string }>(
			`SELECT password, token FROM identity.account JOIN identity.session USING (person_id)
			WHERE person_id = $1`,
			[personId],
		);
		expect(rows[0]?.password).toMatch(/^\$argon2id\$v=19\$/);
		const [token = ''] = browser.jar.get('parvis.session_token')?.split('.') ?? [];
		expect(token.length).toBeGreaterThanOrEqual(32);
		const dump = await town.platform.pool.query<{ row: string }>(
			`SELECT row_to_json(session)::text AS row FROM identity.session
			UNION ALL SELECT row_to_json(one_time_link)::text FROM identity.one_time_link
			UNION ALL SELECT row_to_json(verification)::text FROM identity.verification`,
		);
		const [letter] = await town.lettersTo('hash@exemple.fr');
		for (const { row } of dump.rows) {
			expect(row).not.toContain(token);
			expect(row).not.toContain(town.tokenIn(letter));
		}
	});

	test('that exists already gives the same answer, and only its owner learns of it', async () => {
		const { credentials } = await town.person('deja@exemple.fr', 'Déjà Là');
		const stranger = town.browser();
		const attempt = { ...credentials, name: 'Quelqu’un', password: 'un autre mot de passage' };
		expect(await town.identity.signUp(stranger.visit(), attempt)).toEqual({ ok: true, value: null });
		expect((await town.lettersTo(credentials.email))[0]?.subject).toBe('Vous avez déjà un compte');
		expect(await town.identity.signInWithPassword(stranger.visit(), attempt)).toMatchObject({
			error: 'identity.wrong_credentials',
		});
		expect(await town.identity.signInWithPassword(stranger.visit(), credentials)).toMatchObject({ ok: true });
	});

	test('never confirmed gives way to the next sign-up, whose password counts', async () => {
		const { identity, browser } = town;
		const first = { email: 'pris@exemple.fr', name: 'Malin', password: 'je prends ton adresse' };
		const second = { email: 'pris@exemple.fr', name: 'Propriétaire', password: 'elle est bien à moi' };
		await identity.signUp(browser().visit(), first);
		const [stale] = await town.lettersTo('pris@exemple.fr');
		await identity.signUp(browser().visit(), second);
		const [letter] = await town.lettersTo('pris@exemple.fr');
		expect(await identity.verifyEmail(town.tokenIn(stale)), 'of the first sign-up').toMatchObject({
			ok: false,
		});
		expect(await identity.verifyEmail(town.tokenIn(letter))).toMatchObject({ ok: true });
		expect(await identity.signInWithPassword(browser().visit(), first)).toMatchObject({ ok: false });
		expect(await identity.signInWithPassword(browser().visit(), second)).toMatchObject({ ok: true });
	});

	test.for([
		['half an address', { email: 'sans-arobase' }, 'identity.invalid_email'],
		['an address that leads nowhere', { email: 'x@sans-adresse.invalid' }, 'identity.invalid_email'],
		['no name', { name: '   ' }, 'identity.invalid_name'],
		['a control character in the name', { name: 'a\u0000b' }, 'identity.invalid_name'],
		['a short password', { password: 'court' }, 'identity.password_too_short'],
		['an endless password', { password: 'x'.repeat(201) }, 'identity.password_too_long'],
		['a common password', { password: 'motdepasse123' }, 'identity.password_too_common'],
	] as const)('is not made with %s', async ([, wrong, error]) => {
		const right = { email: 'juste@exemple.fr', name: 'Juste', password: 'quatre mots sans lien' };
		expect(await town.identity.signUp(town.browser().visit(), { ...right, ...wrong })).toMatchObject({
			error,
		});
	});
});

describe('signing in', () => {
	test('tells no difference between an unknown address and a wrong password', async () => {
		const { credentials } = await town.person('connu@exemple.fr', 'Connue');
		const { identity, browser } = town;
		const wrong = await identity.signInWithPassword(browser().visit(), { ...credentials, password: 'raté' });
		const unknown = await identity.signInWithPassword(browser().visit(), {
			email: 'inconnu@exemple.fr',
			password: 'raté',
		});
		expect(wrong).toEqual({ ok: false, error: 'identity.wrong_credentials' });
		expect(unknown).toEqual(wrong);
		const entry = await audited('identity.sign_in.refused');
		expect(JSON.stringify(entry)).not.toContain('inconnu');
	});

	test('closes for a quarter of an hour after ten wrong passwords; the link by mail stays open', async () => {
		const { credentials, personId } = await town.person('cible@exemple.fr', 'Cible');
		const { identity, browser } = town;
		const tries = await Promise.all(
			Array.from({ length: 12 }, (_, n) =>
				identity.signInWithPassword(browser().visit(`198.51.100.${n}`), {
					...credentials,
					password: `essai numéro ${n}`,
				}),
			),
		);
		const refused = tries.map((answer) => (answer.ok ? 'ok' : answer.error)).sort();
		expect(refused.filter((error) => error === 'identity.wrong_credentials')).toHaveLength(10);
		expect(refused.filter((error) => error === 'identity.too_many_attempts')).toHaveLength(2);
		expect(await identity.signInWithPassword(browser().visit(), credentials)).toMatchObject({
			error: 'identity.too_many_attempts',
		});
		expect(await identity.magicLinks.request(browser().visit(), credentials.email)).toMatchObject({
			ok: true,
		});
		const [letter] = await town.lettersTo(credentials.email);
		expect(await identity.magicLinks.complete(browser().visit(), town.tokenIn(letter))).toMatchObject({
			ok: true,
			value: { personId },
		});
		await town.platform.pool.query("UPDATE identity.rate SET window_ends_at = now() - interval '1 second'");
		expect(await identity.signInWithPassword(browser().visit(), credentials)).toMatchObject({ ok: true });
	});

	test('by a link works once, soon, and writes to nobody unknown', async () => {
		const { identity, browser } = town;
		const { personId, credentials } = await town.person('lien@exemple.fr', 'Lien');
		expect(await identity.magicLinks.request(browser().visit(), 'personne@exemple.fr')).toEqual({
			ok: true,
			value: null,
		});
		expect(await town.lettersTo('personne@exemple.fr')).toEqual([]);
		await identity.magicLinks.request(browser().visit(), credentials.email);
		const [letter] = await town.lettersTo(credentials.email);
		const token = town.tokenIn(letter);
		const own = browser();
		const signedIn = await identity.magicLinks.complete(own.visit(), token, '//evil.example');
		own.take(signedIn);
		expect(signedIn).toMatchObject({ value: { personId, returnTo: '/' } });
		expect(await identity.magicLinks.complete(own.visit(), token)).toMatchObject({
			error: 'identity.link_expired',
		});
		await identity.magicLinks.request(browser().visit(), credentials.email);
		const [late] = await town.lettersTo(credentials.email);
		await town.platform.pool.query(
			"UPDATE identity.verification SET expires_at = now() - interval '1 second'",
		);
		expect(await identity.magicLinks.complete(own.visit(), town.tokenIn(late))).toMatchObject({ ok: false });
	});

	test('from a new device is told by mail', async () => {
		const { credentials } = await town.person('appareil@exemple.fr', 'Appareil');
		const count = async () => (await town.lettersTo(credentials.email)).length;
		const before = await count();
		await town.identity.signInWithPassword(town.browser('Firefox').visit(), credentials);
		expect(await count(), 'same browser').toBe(before);
		await town.identity.signInWithPassword(town.browser('Inconnu').visit(), credentials);
		expect((await town.lettersTo(credentials.email))[0]?.subject).toBe('Nouvelle connexion à votre compte');
	});
});

describe('passwords', () => {
	test('are chosen anew by a link, which ends all sessions', async () => {
		const { identity, browser } = town;
		const { credentials, browser: old } = await town.person('oubli@exemple.fr', 'Oubli');
		expect(await identity.requestPasswordReset(browser().visit(), 'rien@exemple.fr')).toEqual({
			ok: true,
			value: null,
		});
		await identity.requestPasswordReset(browser().visit(), credentials.email);
		const [letter] = await town.lettersTo(credentials.email);
		const token = town.tokenIn(letter);
		expect(await identity.resetPassword({ token, password: 'court' })).toMatchObject({ ok: false });
		expect(await identity.resetPassword({ token, password: 'un tout nouveau secret' })).toMatchObject({
			ok: true,
		});
		expect(await identity.resetPassword({ token, password: 'encore un autre secret' })).toMatchObject({
			error: 'identity.link_expired',
		});
		expect((await identity.authenticate(old.visit().headers)).kind).toBe('anonymous');
		expect(await identity.signInWithPassword(browser().visit(), credentials)).toMatchObject({ ok: false });
		const renewed = { ...credentials, password: 'un tout nouveau secret' };
		expect(await identity.signInWithPassword(browser().visit(), renewed)).toMatchObject({ ok: true });
	});

	test('are changed with the old one, which ends the other sessions', async () => {
		const { identity } = town;
		const { credentials, browser } = await town.person('change@exemple.fr', 'Change');
		const elsewhere = town.browser();
		elsewhere.take(await identity.signInWithPassword(elsewhere.visit(), credentials));
		const next = 'girafe nuage cymbale';
		expect(await identity.changePassword(browser.visit(), { current: 'faux', next })).toMatchObject({
			error: 'identity.wrong_password',
		});
		expect(
			await identity.changePassword(browser.visit(), { current: credentials.password, next }),
		).toMatchObject({ ok: true });
		expect((await identity.authenticate(elsewhere.visit().headers)).kind).toBe('anonymous');
		expect((await identity.authenticate(browser.visit().headers)).kind).toBe('person');
	});

	test('that guessers try first are refused, ordinary passphrases are not', () => {
		const refused = (password: string) => !checkPassword(password, 'Camille Roy', 'camille@exemple.fr').ok;
		for (const password of [
			'password1234',
			'P@ssw0rd1234',
			'motdepasse!!',
			'azertyuiop12',
			'123456789012',
			'aaaaaaaaaaaa',
			'abcabcabcabc',
			'camille12345',
			'Bienvenue2026',
			'mnbvcxwmlkjh',
		])
			expect(refused(password), password).toBe(true);
		for (const password of [
			'quatre mots sans lien',
			'girafe nuage tambour',
			'place-du-village-42',
			'xK9#mQ2$vL7p',
			'le chat de ma soeur',
		])
			expect(refused(password), password).toBe(false);
		fc.assert(
			fc.property(fc.string({ maxLength: 11 }), (password) => refused(password)),
			{ numRuns: 50 },
		);
	});
});

describe('the profile', () => {
	test('changes name and language at once, the address once it is confirmed', async () => {
		const { identity } = town;
		const { browser, credentials } = await town.person('ancienne@exemple.fr', 'Avant');
		expect(await identity.profile.update(browser.visit(), { name: 'Après', locale: 'en' })).toMatchObject({
			ok: true,
		});
		expect(await identity.profile.changeEmail(browser.visit(), 'nouvelle@exemple.fr')).toMatchObject({
			ok: true,
		});
		expect(await identity.profile.get(browser.visit())).toMatchObject({
			value: { name: 'Après', locale: 'en', email: 'ancienne@exemple.fr', hasPassword: true },
		});
		const [letter] = await town.lettersTo('nouvelle@exemple.fr');
		expect(await identity.verifyEmail(town.tokenIn(letter))).toMatchObject({ ok: true });
		expect(await identity.profile.get(browser.visit())).toMatchObject({
			value: { email: 'nouvelle@exemple.fr' },
		});
		expect((await town.lettersTo('ancienne@exemple.fr'))[0]?.subject).toBe(
			'The address of your account has changed',
		);
		const renamed = { ...credentials, email: 'nouvelle@exemple.fr' };
		expect(await identity.signInWithPassword(town.browser().visit(), renamed)).toMatchObject({ ok: true });
	});

	test('cannot take an address that has an account', async () => {
		const { identity } = town;
		await town.person('prise@exemple.fr', 'Prise');
		const { browser } = await town.person('voudrait@exemple.fr', 'Voudrait');
		expect(await identity.profile.changeEmail(browser.visit(), 'prise@exemple.fr')).toMatchObject({
			ok: true,
		});
		expect((await town.lettersTo('prise@exemple.fr'))[0]?.subject).toBe('Vous avez déjà un compte');
	});

	test('asks for a fresh sign-in before it changes what guards the account', async () => {
		const { identity } = town;
		const { browser, personId } = await town.person('vieille@exemple.fr', 'Vieille Session');
		await town.platform.pool.query(
			"UPDATE identity.session SET created_at = now() - interval '31 minutes' WHERE person_id = $1",
			[personId],
		);
		const again = { error: 'identity.sign_in_again' };
		expect(await identity.profile.changeEmail(browser.visit(), 'ailleurs@exemple.fr')).toMatchObject(again);
		expect(await identity.secondFactor.enable(browser.visit())).toMatchObject(again);
		expect(await identity.passkeys.registrationOptions(browser.visit())).toMatchObject(again);
		expect(await identity.profile.erase(browser.visit())).toMatchObject(again);
	});

	test('is exported, then erased in every room; the audit log stays whole', async () => {
		const { identity, platform } = town;
		const { browser, personId, credentials } = await town.person('efface@exemple.fr', 'À Effacer');
		for (const part of ['one', 'two'])
			platform.personalData.offer('of-two-parts', {
				export: async () => ({ [part]: true }),
				erase: async () => {},
			});
		expect(await identity.profile.exportData(browser.visit())).toMatchObject({
			value: {
				identity: { person: { email: 'efface@exemple.fr' }, sessions: [{ method: 'password' }] },
				'of-two-parts': { one: true, two: true },
			},
		});
		expect(await identity.profile.erase(browser.visit())).toMatchObject({ ok: true });
		expect((await identity.authenticate(browser.visit().headers)).kind).toBe('anonymous');
		expect(await identity.signInWithPassword(town.browser().visit(), credentials)).toMatchObject({
			ok: false,
		});
		const { rows } = await platform.pool.query<{ row: string }>(
			`SELECT row_to_json(person)::text AS row FROM identity.person WHERE id = $1
			UNION ALL SELECT row_to_json(account)::text FROM identity.account WHERE person_id = $1
			UNION ALL SELECT row_to_json(mail_outbox)::text FROM platform.mail_outbox WHERE recipient LIKE 'efface@%'`,
			[personId],
		);
		expect(rows).toHaveLength(1);
		expect(rows[0]?.row).not.toMatch(/efface@exemple|À Effacer/);
		expect(await platform.audit.verify()).toMatchObject({ intact: true });
		expect(JSON.stringify(await platform.audit.list({ limit: 1000 }))).not.toMatch(/@exemple\.fr/);
	});
});

test('an address to return to stays on the site', () => {
	fc.assert(
		fc.property(
			fc.oneof(
				fc.string(),
				fc.webUrl(),
				fc.string().map((text) => `/${text}`),
			),
			(address) => {
				const target = new URL(safeReturnTo(address), 'https://ville.example');
				return target.origin === 'https://ville.example';
			},
		),
		{ numRuns: 500 },
	);
});
