import { hasRole, system } from '@parvis/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayWork, needsSecondFactor } from './index.ts';
import { createAuthenticator } from './test-passkey.ts';
import { type Browser, type IdentityTown, openTown } from './test-town.ts';
import { matchTotp, totpCode, totpStep } from './totp.ts';

let town: IdentityTown;
beforeAll(async () => {
	town = await openTown();
});
afterAll(() => town.close());

const actorOf = (browser: Browser) => town.identity.authenticate(browser.visit().headers);
const code = (secret: string, ahead = 0) => totpCode(secret, totpStep(new Date()) + ahead);

test('codes are those of RFC 6238, appendix B', () => {
	// "12345678901234567890" in base32; the RFC gives 8 digits, of which authenticator applications show the last 6.
	const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
	const vectors = [
		[59, '287082'],
		[1111111109, '081804'],
		[1111111111, '050471'],
		[1234567890, '005924'],
		[2000000000, '279037'],
		[20000000000, '353130'],
	] as const;
	for (const [seconds, expected] of vectors) {
		expect(totpCode(secret, totpStep(new Date(seconds * 1000)))).toBe(expected);
		expect(matchTotp(secret, expected, new Date((seconds + 30) * 1000))).toBe(Math.floor(seconds / 30));
		expect(matchTotp(secret, expected, new Date((seconds + 90) * 1000))).toBeNull();
	}
});

describe('an agent', () => {
	test('works only once a second factor is set up, and later sessions wait for its code', async () => {
		const { identity } = town;
		const { personId, browser, credentials } = await town.person('agent@exemple.fr', 'Nadia Benali');
		await identity.roles.grant(system, personId, 'identity:data_officer');
		const before = await actorOf(browser);
		expect(before).toMatchObject({ kind: 'person', roles: ['identity:data_officer'], secondFactor: false });
		expect([mayWork(before), needsSecondFactor(before), hasRole(before, 'identity:data_officer')]).toEqual([
			false,
			true,
			false,
		]);

		const abandoned = await identity.secondFactor.enable(browser.visit());
		const enabled = await identity.secondFactor.enable(browser.visit());
		if (!enabled.ok || !abandoned.ok) throw new Error('not enabled');
		expect(
			await identity.secondFactor.confirm(browser.visit(), code(abandoned.value.secret)),
			'begun again since',
		).toMatchObject({ error: 'identity.wrong_code' });
		expect(enabled.value.uri).toContain(`secret=${enabled.value.secret}`);
		expect(enabled.value.qrCode.length).toBeGreaterThan(20);
		expect(await identity.secondFactor.confirm(browser.visit(), '000000x')).toMatchObject({
			error: 'identity.wrong_code',
		});
		const confirmed = await identity.secondFactor.confirm(browser.visit(), code(enabled.value.secret));
		if (!confirmed.ok) throw new Error(confirmed.error);
		expect(new Set(confirmed.value.recoveryCodes).size).toBe(10);
		expect(mayWork(await actorOf(browser))).toBe(true);

		const other = town.browser('Chromium');
		const signedIn = await identity.signInWithPassword(other.visit(), credentials);
		expect(signedIn).toMatchObject({ ok: true, value: { next: 'second_factor' } });
		other.take(signedIn);
		expect((await actorOf(other)).kind).toBe('anonymous');
		expect(await identity.profile.get(other.visit())).toMatchObject({
			error: 'identity.second_factor_needed',
		});
		expect(await identity.secondFactor.disable(other.visit(), code(enabled.value.secret))).toMatchObject({
			error: 'identity.second_factor_needed',
		});

		const now = code(enabled.value.secret, 1);
		expect(await identity.secondFactor.verify(other.visit(), now)).toMatchObject({ ok: true });
		expect(mayWork(await actorOf(other))).toBe(true);

		const third = town.browser('Safari');
		third.take(await identity.signInWithPassword(third.visit(), credentials));
		expect(await identity.secondFactor.verify(third.visit(), now), 'a code is good once').toMatchObject({
			error: 'identity.wrong_code',
		});
		const [recovery = ''] = confirmed.value.recoveryCodes;
		expect(await identity.secondFactor.verify(third.visit(), recovery.toUpperCase())).toMatchObject({
			ok: true,
		});
		const fourth = town.browser('Edge');
		fourth.take(await identity.signInWithPassword(fourth.visit(), credentials));
		expect(await identity.secondFactor.verify(fourth.visit(), recovery)).toMatchObject({
			error: 'identity.wrong_code',
		});
		expect(await identity.profile.get(other.visit())).toMatchObject({
			value: { secondFactor: { enabled: true, recoveryCodesLeft: 9 } },
		});
	});

	test('gives a code anew after a working day, and stops working without one', async () => {
		const { identity, platform } = town;
		const { personId, browser } = await town.person('journee@exemple.fr', 'Une Journée');
		await identity.roles.grant(system, personId, 'identity:data_officer');
		const enabled = await identity.secondFactor.enable(browser.visit());
		if (!enabled.ok) throw new Error(enabled.error);
		await identity.secondFactor.confirm(browser.visit(), code(enabled.value.secret));
		const passedBefore = (hours: number) =>
			platform.pool.query(
				'UPDATE identity.session SET second_factor_at = now() - make_interval(hours => $2) WHERE person_id = $1',
				[personId, hours],
			);
		await passedBefore(11);
		expect(mayWork(await actorOf(browser))).toBe(true);
		await passedBefore(12);
		const tired = await actorOf(browser);
		expect([tired.kind, mayWork(tired), needsSecondFactor(tired)]).toEqual(['person', false, true]);
		const again = await identity.secondFactor.verify(browser.visit(), code(enabled.value.secret, 1));
		expect(again).toMatchObject({ ok: true });
		expect(mayWork(await actorOf(browser))).toBe(true);
		expect(await identity.secondFactor.disable(browser.visit(), 'wrong')).toMatchObject({ ok: false });
		await platform.pool.query('UPDATE identity.second_factor SET last_step = 0 WHERE person_id = $1', [
			personId,
		]);
		expect(await identity.secondFactor.disable(browser.visit(), code(enabled.value.secret))).toMatchObject({
			ok: true,
		});
		expect(mayWork(await actorOf(browser))).toBe(false);
		expect((await town.lettersTo('journee@exemple.fr'))[0]?.subject).toBe(
			'La vérification en deux étapes est retirée',
		);
	});

	test('cannot try codes without end', async () => {
		const { identity } = town;
		const { browser, credentials } = await town.person('devine@exemple.fr', 'Paul Devin');
		const enabled = await identity.secondFactor.enable(browser.visit());
		if (!enabled.ok) throw new Error(enabled.error);
		await identity.secondFactor.confirm(browser.visit(), code(enabled.value.secret));
		const other = town.browser('Chromium');
		other.take(await identity.signInWithPassword(other.visit(), credentials));
		const answers: unknown[] = [];
		for (let n = 0; n < 9; n++) {
			const answer = await identity.secondFactor.verify(other.visit(), 'nonsense');
			answers.push(answer.ok || answer.error);
		}
		expect(answers.slice(0, 8)).toEqual(Array(8).fill('identity.wrong_code'));
		expect(answers[8]).toBe('identity.too_many_attempts');
		expect(await identity.secondFactor.verify(other.visit(), code(enabled.value.secret))).toMatchObject({
			error: 'identity.too_many_attempts',
		});
	});
});

describe('a passkey', () => {
	test('signs in; one that recognised its owner counts as second factor', async () => {
		const { identity, platform } = town;
		const { personId, browser } = await town.person('cle@exemple.fr', 'Inès Leroy');
		await identity.roles.grant(system, personId, 'identity:data_officer');
		for (const userVerified of [true, false]) {
			const authenticator = createAuthenticator(platform.config.publicUrl, { userVerified });
			const offered = await identity.passkeys.registrationOptions(browser.visit());
			browser.take(offered);
			if (!offered.ok) throw new Error(offered.error);
			const answer = authenticator.register(offered.value.options);
			expect(await identity.passkeys.register(browser.visit(), answer, 'Téléphone')).toMatchObject({
				ok: true,
			});
			expect(
				await identity.passkeys.register(browser.visit(), answer, 'encore'),
				'a challenge is good once',
			).toMatchObject({ error: 'identity.passkey_refused' });

			const phone = town.browser('Téléphone');
			const asked = await identity.passkeys.authenticationOptions(phone.visit());
			phone.take(asked);
			if (!asked.ok) throw new Error(asked.error);
			const proof = authenticator.signIn(asked.value.options);
			const signedIn = await identity.passkeys.signIn(phone.visit(), proof);
			phone.take(signedIn);
			expect(signedIn).toMatchObject({ value: { next: userVerified ? 'done' : 'second_factor_setup' } });
			expect(await actorOf(phone)).toMatchObject({ id: personId, secondFactor: userVerified });
			expect(await identity.passkeys.signIn(phone.visit(), proof), 'replayed').toMatchObject({
				error: 'identity.passkey_refused',
			});
		}
		expect(await identity.passkeys.list(browser.visit())).toMatchObject({
			value: [{ name: 'Téléphone' }, { name: 'Téléphone' }],
		});
	});

	test('of another site, another challenge or no shape at all is refused', async () => {
		const { identity } = town;
		const { browser } = await town.person('cle2@exemple.fr', 'Lou Petit');
		const elsewhere = createAuthenticator('https://autre.example', { userVerified: true });
		const offered = await identity.passkeys.registrationOptions(browser.visit());
		browser.take(offered);
		if (!offered.ok) throw new Error(offered.error);
		expect(
			await identity.passkeys.register(browser.visit(), elsewhere.register(offered.value.options), 'x'),
		).toMatchObject({ error: 'identity.passkey_refused' });
		for (const answer of [null, {}, { id: 1 }, 'x', { response: {} }]) {
			expect(await identity.passkeys.register(browser.visit(), answer, 'x')).toMatchObject({ ok: false });
			expect(await identity.passkeys.signIn(browser.visit(), answer)).toMatchObject({ ok: false });
		}
	});
});
