import { createIdentity } from '@parvis/identity';
import { type Actor, newId, system } from '@parvis/platform';
import { createTestPlatform } from '@parvis/platform/testing';
import { createTown } from '@parvis/town';
import type { Context } from './context.ts';
import { createCouncil } from './index.ts';
import type { DB } from './tables.ts';

/** The room on a fresh database, with a clock that tests move. */
export async function createTestCouncil(env: Record<string, string> = {}) {
	const clock = { now: new Date('2026-10-01T08:00:00Z') };
	const town = await createTestPlatform(
		(platform) => {
			const identity = createIdentity(platform, { passwordCost: { memoryCost: 64, timeCost: 1 } });
			const place = createTown(platform);
			return {
				identity,
				town: place,
				council: createCouncil(platform, { identity, town: place }, { now: () => clock.now }),
			};
		},
		{ PARVIS_ROLES: 'web', ...env },
	);
	const context: Context = {
		platform: town.platform,
		db: town.platform.db<DB>(),
		town: town.built.town,
		identity: town.built.identity,
		now: () => clock.now,
	};
	return {
		...town,
		...town.built,
		clock,
		/** For what a worker does, which tests do by hand. */
		context,
		/** An account with a confirmed address. */
		async person(name: string, ...roles: string[]): Promise<Actor & { id: string }> {
			const id = newId();
			await town.platform.pool.query(
				'INSERT INTO identity.person (id, name, email, email_verified) VALUES ($1, $2, $3, true)',
				[id, name, `${id}@example.org`],
			);
			return { kind: 'person', id, displayName: name, roles, scopes: [], secondFactor: roles.length > 0 };
		},
	};
}

export type TestCouncil = Awaited<ReturnType<typeof createTestCouncil>>;

/** A council of so many members with accounts, the first in the chair. */
export async function assemble(test: TestCouncil, members: number, body: Record<string, unknown> = {}) {
	const { bodies } = test.council;
	const made = await bodies.create(system, {
		name: `Conseil ${newId().slice(-4)}`,
		kind: 'council',
		inhabitants: 14_100,
		...body,
	});
	if (!made.ok) throw new Error(made.error);
	const people: { actor: Actor & { id: string }; seatId: string; name: string }[] = [];
	for (let n = 0; n < members; n++) {
		const actor = await test.person(`Membre ${n + 1}`);
		const seat = await bodies.seat(system, made.value.id, {
			name: actor.displayName,
			role: n === 0 ? 'chair' : 'member',
			personId: actor.id,
			startsOn: '2026-03-22',
		});
		if (!seat.ok) throw new Error(seat.error);
		people.push({ actor, seatId: seat.value.id, name: actor.displayName });
	}
	return { bodyId: made.value.id, people };
}

/** A meeting of a body with items of these titles, convened ten days before. */
export async function convene(
	test: TestCouncil,
	bodyId: string,
	titles: readonly string[],
	change: Record<string, unknown> = {},
) {
	const { meetings } = test.council;
	const startsAt = new Date(test.clock.now.getTime() + 10 * 86_400_000);
	const made = await meetings.create(system, {
		bodyId,
		title: 'Séance ordinaire',
		startsAt,
		synthesis: 'Ce dont il s’agit.',
		...change,
	});
	if (!made.ok) throw new Error(made.error);
	for (const title of titles) {
		const item = await meetings.addItem(system, made.value.id, {
			kind: 'deliberation',
			title,
			draft: `Projet : ${title}`,
		});
		if (!item.ok) throw new Error(item.error);
	}
	const sent = await meetings.convene(system, made.value.id);
	if (!sent.ok) throw new Error(sent.error);
	const meeting = await meetings.get(system, made.value.id);
	if (!meeting) throw new Error('a meeting is missing');
	return meeting;
}
