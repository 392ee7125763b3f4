import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayManagePeople, mayWork } from './index.ts';
import { type IdentityTown, openTown } from './test-town.ts';

let town: IdentityTown;
let demo: IdentityTown;
beforeAll(async () => {
	town = await openTown();
	demo = await openTown({ PARVIS_DEMO: 'true' });
});
afterAll(async () => {
	await town.close();
	await demo.close();
});

const tokenOf = (link: string | null) => new URL(link ?? '').searchParams.get('jeton') ?? '';

describe('an empty town', () => {
	test('gets its first administrator by a link that works once', async () => {
		const { identity, browser } = town;
		const stale = tokenOf(await identity.createFirstAdministratorLink());
		const link = await identity.createFirstAdministratorLink();
		expect(link).toMatch(/^http:\/\/localhost:8080\/connexion\/invitation\?jeton=/);
		expect(await identity.invitations.view(stale), 'the newest link counts').toMatchObject({ ok: false });
		const token = tokenOf(link);
		expect(await identity.invitations.view(token)).toMatchObject({ value: { name: null, email: null } });
		const own = browser();
		const input = { token, name: 'Maire', email: 'maire@exemple.fr', password: 'un mandat bien rempli' };
		expect(await identity.invitations.accept(own.visit(), { ...input, password: 'court' })).toMatchObject({
			ok: false,
		});
		const [accepted, second] = await Promise.all([
			identity.invitations.accept(own.visit(), input),
			identity.invitations.accept(browser().visit(), { ...input, email: 'rapide@exemple.fr' }),
		]);
		expect([accepted.ok, second.ok].sort()).toEqual([false, true]);
		const winner = accepted.ok ? accepted : second;
		own.take(winner);
		expect(winner).toMatchObject({ value: { next: 'second_factor_setup' } });
		const actor = await identity.authenticate(own.visit().headers);
		expect([actor.roles, mayManagePeople(actor)]).toEqual([['identity:administrator'], false]);
		expect(await identity.createFirstAdministratorLink()).toBeNull();
	});

	test('has no demonstration accounts', async () => {
		await expect(town.identity.ensureDemoAccounts()).rejects.toThrow('demonstration');
	});
});

describe('an invitation', () => {
	test('makes an agent, once; only administrators invite', async () => {
		const { identity, browser } = town;
		const { browser: resident } = await town.person('simple@exemple.fr', 'Simple');
		const input = { email: 'Invitee@exemple.fr', name: 'Invitée', roles: ['identity:data_officer'] };
		const nobody = await identity.authenticate(resident.visit().headers);
		expect(await identity.invitations.invite(nobody, input)).toMatchObject({ error: 'platform.not_allowed' });
		const administrator = {
			...nobody,
			displayName: 'Le Maire',
			roles: ['identity:administrator'],
			secondFactor: true,
		};
		expect(await identity.invitations.invite(administrator, { ...input, roles: ['a:b'] })).toMatchObject({
			error: 'identity.role_unknown',
		});
		expect(await identity.invitations.invite(administrator, input)).toMatchObject({ ok: true });
		expect(await identity.invitations.invite(administrator, input)).toMatchObject({
			error: 'identity.person_exists',
		});
		const [letter] = await town.lettersTo('invitee@exemple.fr');
		expect(letter?.text).toContain('Le Maire vous ouvre un accès');
		const own = browser();
		const accepted = await identity.invitations.accept(own.visit(), {
			token: town.tokenIn(letter),
			password: 'les données bien gardées',
		});
		own.take(accepted);
		expect(await identity.authenticate(own.visit().headers)).toMatchObject({
			displayName: 'Invitée',
			roles: ['identity:data_officer'],
		});
		expect(
			await identity.invitations.accept(own.visit(), {
				token: town.tokenIn(letter),
				password: 'les données bien gardées',
			}),
		).toMatchObject({ error: 'identity.link_expired' });
	});
});

describe('the demonstration', () => {
	test('has published accounts, whose second-step code is shown and really asked for', async () => {
		const { identity, browser } = demo;
		const accounts = await identity.ensureDemoAccounts();
		expect(await identity.ensureDemoAccounts(), 'made once').toEqual(accounts);
		for (const account of accounts) {
			const own = browser();
			const signedIn = await identity.signInWithPassword(own.visit(), account);
			own.take(signedIn);
			expect(signedIn).toMatchObject({
				value: { next: account.roles.length ? 'second_factor' : 'done' },
			});
			if (!account.roles.length) continue;
			expect((await identity.authenticate(own.visit().headers)).kind).toBe('anonymous');
			const prompt = await identity.secondFactor.prompt(own.visit());
			if (!prompt.ok || !prompt.value.demoCode) throw new Error('no code shown');
			expect(await identity.secondFactor.verify(own.visit(), prompt.value.demoCode)).toMatchObject({
				ok: true,
			});
			const actor = await identity.authenticate(own.visit().headers);
			expect([...actor.roles].sort()).toEqual([...account.roles].sort());
			expect(mayWork(actor)).toBe(true);
		}
	});

	test('shows no code to an account that is not one of them', async () => {
		const { browser } = await demo.person('vraie@exemple.fr', 'Vraie');
		await demo.identity.secondFactor.enable(browser.visit());
		expect(await demo.identity.secondFactor.prompt(browser.visit())).toMatchObject({
			value: { demoCode: null },
		});
	});
});
