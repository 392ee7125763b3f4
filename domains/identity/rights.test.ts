import { type Actor, anonymous, newId, system } from '@parvis/platform';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IdentityTown, openTown } from './test-town.ts';

let town: IdentityTown;
beforeAll(async () => {
	town = await openTown();
	town.identity.declare({
		roles: ['sensing:manager', 'sensing:agent', 'town:editor'],
		scopes: ['observations:write'],
	});
});
afterAll(() => town.close());

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

/** Someone in the tables, as the actor they are once signed in with a second factor. */
async function agent(name: string, ...roles: string[]): Promise<Actor & { id: string }> {
	const id = newId();
	await town.platform.pool.query(
		'INSERT INTO identity.person (id, name, email, email_verified) VALUES ($1, $2, $3, true)',
		[id, name, `${id}@exemple.fr`],
	);
	for (const role of roles) {
		const granted = await town.identity.roles.grant(system, id, role);
		if (!granted.ok) throw new Error(granted.error);
	}
	return { ...anonymous, kind: 'person', id, displayName: name, roles, secondFactor: true };
}

const rolesOf = async (id: string) => {
	const got = await town.identity.people.get(system, id);
	if (!got.ok) throw new Error(got.error);
	return got.value.roles;
};

describe('roles', () => {
	test('are given and taken by administrators only, each time on the record', async () => {
		const { roles } = town.identity;
		const administrator = await agent('Admin', 'identity:administrator');
		const person = await agent('Personne');
		expect(await roles.grant(administrator, person.id, 'sensing:manager')).toMatchObject({ ok: true });
		expect(await rolesOf(person.id)).toEqual(['sensing:manager']);
		const refused = { error: 'platform.not_allowed' };
		expect(await roles.grant(person, person.id, 'identity:administrator')).toMatchObject(refused);
		expect(await roles.revoke(anonymous, person.id, 'sensing:manager')).toMatchObject(refused);
		expect(
			await roles.grant({ ...administrator, secondFactor: false }, person.id, 'town:editor'),
			'without second factor',
		).toMatchObject(refused);
		expect(await roles.grant(administrator, person.id, 'sensing:emperor')).toMatchObject({
			error: 'identity.role_unknown',
		});
		expect(await roles.grant(administrator, newId(), 'town:editor')).toMatchObject({
			error: 'identity.person_unknown',
		});
		expect(await roles.revoke(administrator, person.id, 'sensing:manager')).toMatchObject({ ok: true });
		expect(await rolesOf(person.id)).toEqual([]);
		const entries = await town.platform.audit.list({ action: 'identity.role.', actorId: administrator.id });
		expect(entries.map(({ action, subject, detail }) => [action, subject, detail])).toEqual([
			['identity.role.revoked', `person:${person.id}`, { role: 'sensing:manager' }],
			['identity.role.granted', `person:${person.id}`, { role: 'sensing:manager' }],
		]);
	});

	test('the last administrator stays, even when two leave at once', async () => {
		const { roles, people } = town.identity;
		await town.platform.pool.query("DELETE FROM identity.role_grant WHERE role = 'identity:administrator'");
		const [one, two] = [
			await agent('Une', 'identity:administrator'),
			await agent('Deux', 'identity:administrator'),
		];
		const outcomes = await Promise.all([
			roles.revoke(two, one.id, 'identity:administrator'),
			roles.revoke(one, two.id, 'identity:administrator'),
		]);
		expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
		const { rows } = await town.platform.pool.query<{ person_id: string }>(
			"SELECT person_id FROM identity.role_grant WHERE role = 'identity:administrator'",
		);
		expect(rows).toHaveLength(1);
		expect(await people.suspend(system, rows[0]?.person_id ?? '')).toMatchObject({
			error: 'identity.last_administrator',
		});
	});
});

describe('delegations', () => {
	test('lend a role until a date, by its holder, with a reason', async () => {
		const { delegations } = town.identity;
		const holder = await agent('Titulaire', 'sensing:manager');
		const stand = await agent('Remplaçante');
		const input = {
			fromPersonId: holder.id,
			toPersonId: stand.id,
			role: 'sensing:manager',
			endsAt: inDays(10),
			reason: 'Congés',
		};
		const granted = await delegations.grant(holder, input);
		if (!granted.ok) throw new Error(granted.error);
		expect(await rolesOf(stand.id)).toEqual(['sensing:manager']);
		expect(await delegations.list(stand)).toMatchObject({
			value: [{ fromName: 'Titulaire', toName: 'Remplaçante', inForce: true, reason: 'Congés' }],
		});
		const errorOf = async (actor: Actor, changes: object) => {
			const outcome = await delegations.grant(actor, { ...input, ...changes });
			return outcome.ok || outcome.error;
		};
		expect(await errorOf(stand, {}), 'lent by the one it was lent to').toBe('platform.not_allowed');
		const third = await agent('Tierce');
		expect(
			await errorOf(
				{ ...stand, roles: ['sensing:manager'] },
				{ fromPersonId: stand.id, toPersonId: third.id },
			),
			'what is lent is not lent on',
		).toBe('identity.role_not_held');
		expect(await errorOf(holder, { role: 'town:editor' })).toBe('identity.role_not_held');
		expect(await errorOf(holder, { role: 'identity:administrator' })).toBe('identity.role_not_delegable');
		expect(await errorOf(holder, { endsAt: inDays(-1) })).toBe('identity.invalid_end');
		expect(await errorOf(holder, { endsAt: inDays(400) })).toBe('identity.invalid_end');
		expect(await errorOf(holder, { endsAt: new Date(Number.NaN) })).toBe('identity.invalid_end');
		expect(await errorOf(holder, { reason: '  ' })).toBe('identity.reason_needed');
		expect(await errorOf(holder, { toPersonId: holder.id })).toBe('identity.not_oneself');
		expect(await errorOf(holder, { toPersonId: 'nobody' })).toBe('identity.person_unknown');

		expect(await delegations.revoke(third, granted.value.id)).toMatchObject({
			error: 'platform.not_allowed',
		});
		expect(await delegations.revoke(holder, granted.value.id)).toMatchObject({ ok: true });
		expect(await rolesOf(stand.id)).toEqual([]);
	});

	test('end when the lender loses the role', async () => {
		const holder = await agent('Perd', 'town:editor');
		const stand = await agent('Emprunte');
		await town.identity.delegations.grant(holder, {
			fromPersonId: holder.id,
			toPersonId: stand.id,
			role: 'town:editor',
			endsAt: inDays(1),
			reason: 'Mission',
		});
		await town.identity.roles.revoke(system, holder.id, 'town:editor');
		expect(await rolesOf(stand.id)).toEqual([]);
		await town.identity.roles.grant(system, holder.id, 'town:editor');
		expect(await rolesOf(stand.id), 'and do not come back with it').toEqual([]);
	});

	test('effective roles are exactly those granted, and those lent in time by unsuspended holders', async () => {
		const people = await Promise.all([0, 1, 2, 3].map((n) => agent(`Propriété ${n}`)));
		const ids = people.map(({ id }) => id);
		const names = ['sensing:manager', 'sensing:agent', 'town:editor'];
		const who = fc.nat({ max: 3 });
		const role = fc.constantFrom(...names);
		const loan = fc
			.record({
				from: who,
				to: who,
				role,
				start: fc.integer({ min: -3, max: 2 }),
				hours: fc.integer({ min: 1, max: 4 }),
				revoked: fc.boolean(),
			})
			.filter(({ from, to }) => from !== to);
		const { pool } = town.platform;
		await fc.assert(
			fc.asyncProperty(
				fc.uniqueArray(fc.tuple(who, role), { maxLength: 6, selector: (grant) => grant.join() }),
				fc.array(loan, { maxLength: 6 }),
				fc.uniqueArray(who, { maxLength: 2 }),
				async (grants, loans, suspended) => {
					const client = await pool.connect();
					try {
						await client.query('BEGIN');
						await client.query('DELETE FROM identity.role_grant WHERE person_id = ANY ($1)', [ids]);
						await client.query('DELETE FROM identity.delegation WHERE from_person_id = ANY ($1)', [ids]);
						for (const [person, name] of grants)
							await client.query('INSERT INTO identity.role_grant (person_id, role) VALUES ($1, $2)', [
								ids[person],
								name,
							]);
						for (const { from, to, role: name, start, hours, revoked } of loans)
							await client.query(
								`INSERT INTO identity.delegation (id, from_person_id, to_person_id, role, reason,
									starts_at, ends_at, revoked_at)
								VALUES ($1, $2, $3, $4, 'x', now() + make_interval(hours => $5),
									now() + make_interval(hours => $6), CASE WHEN $7 THEN now() END)`,
								[newId(), ids[from], ids[to], name, start, start + hours, revoked],
							);
						await client.query('UPDATE identity.person SET suspended_at = now() WHERE id = ANY ($1)', [
							suspended.map((person) => ids[person]),
						]);
						const holds = (person: number, name: string) =>
							grants.some(([holder, held]) => holder === person && held === name);
						const expected = new Set(grants.map(([person, name]) => `${ids[person]} ${name}`));
						for (const { from, to, role: name, start, hours, revoked } of loans)
							if (
								!revoked &&
								start <= 0 &&
								start + hours > 0 &&
								holds(from, name) &&
								!suspended.includes(from)
							)
								expected.add(`${ids[to]} ${name}`);
						const { rows } = await client.query<{ held: string }>(
							`SELECT DISTINCT person_id || ' ' || role AS held FROM identity.role_in_force
							WHERE person_id = ANY ($1)`,
							[ids],
						);
						expect(new Set(rows.map(({ held }) => held))).toEqual(expected);
					} finally {
						await client.query('ROLLBACK');
						client.release();
					}
				},
			),
			{ numRuns: 60 },
		);
	});
});

describe('API keys', () => {
	test('are shown once, carry their scopes, and end at once when revoked', async () => {
		const { identity, platform } = town;
		const administrator = await agent('Clés', 'identity:administrator');
		const input = { name: 'Passerelle', scopes: ['observations:write'], expiresAt: inDays(30) };
		const created = await identity.apiKeys.create(administrator, input);
		if (!created.ok) throw new Error(created.error);
		const headers = new Headers({ authorization: `Bearer ${created.value.key}` });
		const actor = await identity.authenticate(headers);
		expect(actor).toEqual({
			kind: 'key',
			id: created.value.id,
			displayName: 'Passerelle',
			roles: [],
			scopes: ['observations:write'],
			secondFactor: false,
		});
		const { rows } = await platform.pool.query<{ row: string }>(
			'SELECT row_to_json(api_key)::text AS row FROM identity.api_key',
		);
		expect(rows.some(({ row }) => row.includes(created.value.key))).toBe(false);
		const listed = await identity.apiKeys.list(administrator);
		expect(listed).toMatchObject({ value: [{ hint: created.value.key.slice(0, 9), name: 'Passerelle' }] });
		expect(listed.ok && listed.value[0]?.lastUsedAt).toBeInstanceOf(Date);
		expect(await identity.apiKeys.create(actor, input), 'a key makes no keys').toMatchObject({ ok: false });
		expect(await identity.apiKeys.revoke(administrator, created.value.id)).toMatchObject({ ok: true });
		expect((await identity.authenticate(headers)).kind).toBe('anonymous');
	});

	test('need scopes and an end within two years, and do nothing once it is past', async () => {
		const { identity, platform } = town;
		const administrator = await agent('Clés bis', 'identity:administrator');
		const input = { name: 'X', scopes: ['observations:write'], expiresAt: inDays(30) };
		for (const changes of [{ scopes: [] }, { scopes: ['everything'] }, { scopes: ['places:write'] }])
			expect(await identity.apiKeys.create(administrator, { ...input, ...changes })).toMatchObject({
				error: 'identity.invalid_scopes',
			});
		for (const expiresAt of [inDays(-1), inDays(800), new Date(Number.NaN)])
			expect(await identity.apiKeys.create(administrator, { ...input, expiresAt })).toMatchObject({
				error: 'identity.invalid_end',
			});
		const key = await identity.createSystemApiKey(['places:write', 'devices:write']);
		const headers = new Headers({ authorization: `Bearer ${key}` });
		expect(await identity.authenticate(headers)).toMatchObject({
			kind: 'key',
			scopes: ['places:write', 'devices:write'],
		});
		await platform.pool.query("UPDATE identity.api_key SET expires_at = now() - interval '1 second'");
		expect((await identity.authenticate(headers)).kind).toBe('anonymous');
		for (const bearer of ['pk_', 'pk_x', 'nonsense', ''])
			expect((await identity.authenticate(new Headers({ authorization: `Bearer ${bearer}` }))).kind).toBe(
				'anonymous',
			);
	});
});

describe('people', () => {
	test('are found by part of a name, without accents and with a typing error', async () => {
		await agent('Zoé Kéravec', 'town:editor');
		const names = async (search: string) => {
			const found = await town.identity.people.list(system, { search });
			return found.ok ? found.value.people.map(({ name }) => name) : found.error;
		};
		for (const search of ['keravec', 'Kéra', 'zoe k', 'Keravek'])
			expect(await names(search)).toEqual(['Zoé Kéravec']);
		expect(await names('%')).toEqual([]);
		expect(await town.identity.people.list(anonymous)).toMatchObject({ error: 'platform.not_allowed' });
		const agents = await town.identity.people.list(system, { agents: true, role: 'town:editor' });
		expect(agents.ok && agents.value.people.every(({ roles }) => roles.includes('town:editor'))).toBe(true);
	});
});
