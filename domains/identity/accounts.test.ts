import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IdentityTown, openTown } from './test-town.ts';

let town: IdentityTown;
beforeAll(async () => {
	town = await openTown();
});
afterAll(() => town.close());

test('an account is made, confirmed by mail, and opens a session', async () => {
	const { identity, browser } = town;
	const camille = browser();
	const who = { email: 'Camille@Exemple.fr', name: ' Camille  Roy ', password: 'quatre mots sans lien' };
	expect(await identity.signUp(camille.visit(), who)).toEqual({ ok: true, value: null });
	expect(await identity.signInWithPassword(camille.visit(), who)).toMatchObject({
		error: 'identity.email_not_verified',
	});
	const [letter] = await town.lettersTo('camille@exemple.fr');
	expect(letter?.subject).toContain('Confirmez');
	expect(await identity.verifyEmail(town.tokenIn(letter))).toMatchObject({ ok: true });
	expect(await identity.verifyEmail(town.tokenIn(letter))).toMatchObject({ error: 'identity.link_expired' });
	const signedIn = await identity.signInWithPassword(camille.visit(), who);
	camille.take(signedIn);
	expect(signedIn).toMatchObject({ ok: true, value: { next: 'done' } });
	expect(await identity.authenticate(camille.visit().headers)).toMatchObject({
		kind: 'person',
		displayName: 'Camille Roy',
		roles: [],
		secondFactor: false,
	});
});
