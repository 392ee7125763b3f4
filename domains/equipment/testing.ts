import { createFootprint } from '@parvis/footprint';
import { createIdentity } from '@parvis/identity';
import { type Actor, newId } from '@parvis/platform';
import { createTestPlatform } from '@parvis/platform/testing';
import { createTown } from '@parvis/town';
import type { Context } from './context.ts';
import { createEquipment } from './index.ts';
import type { DB } from './tables.ts';

/** The room and its neighbours on a fresh database, with a clock that tests move. */
export async function createTestEquipment(env: Record<string, string> = {}) {
	const clock = { now: new Date('2026-11-24T08:00:00Z') };
	const made = await createTestPlatform(
		(platform) => {
			const identity = createIdentity(platform, { passwordCost: { memoryCost: 64, timeCost: 1 } });
			const town = createTown(platform);
			const footprint = createFootprint(platform);
			const equipment = createEquipment(platform, { identity, town, footprint }, { now: () => clock.now });
			return { identity, town, footprint, equipment };
		},
		{ PARVIS_ROLES: 'web', ...env },
	);
	const { equipment: _face, ...neighbours } = made.built;
	const context: Context = {
		platform: made.platform,
		db: made.platform.db<DB>(),
		...neighbours,
		now: () => clock.now,
	};
	return {
		...made,
		...made.built,
		clock,
		/** For what a worker does, which tests do by hand. */
		context,
		/** An account with a confirmed address. */
		async person(name: string, ...roles: string[]): Promise<Actor & { id: string }> {
			const id = newId();
			await made.platform.pool.query(
				'INSERT INTO identity.person (id, name, email, email_verified) VALUES ($1, $2, $3, true)',
				[id, name, `${id}@example.org`],
			);
			return { kind: 'person', id, displayName: name, roles, scopes: [], secondFactor: roles.length > 0 };
		},
	};
}

export type TestEquipment = Awaited<ReturnType<typeof createTestEquipment>>;
