import { createOutgoing, createSealing } from '@parvis/platform';
import { until } from '@parvis/platform/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealedFor } from '../context.ts';
import { createLeader } from './control/leader.ts';
import { createLoop } from './control/loop.ts';
import { createLitTown, type LitTown } from './testing.ts';

let town: LitTown;
beforeAll(async () => {
	town = await createLitTown(6);
});
afterAll(async () => {
	await town?.close();
});

const names = Array.from({ length: 6 }, (_, index) => `rue-${index}`);
const leaders = async () => {
	const { rows } = await town.platform.pool.query<{ pid: number }>(
		// The server's other databases have leaders of their own.
		`SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
			WHERE datname = current_database() AND locktype = 'advisory' AND objid = 7263102 AND granted`,
	);
	return rows.map(({ pid }) => pid);
};

test('one process leads; when it is cut off another takes over and tells all lamps again', async () => {
	await until(() => names.every((name) => town.lamps.levels.get(name) === 20));
	const [first] = await leaders();
	expect(first).toBeDefined();
	// Another process, as far as the database and the broker can tell.
	const desk = { settle: async () => {} };
	let leads = 0;
	const loop = createLoop(
		{
			...town.context,
			platform: { ...town.platform, metrics: new (await import('prom-client')).Registry() },
			sensing: town.sensing,
		},
		desk,
		createOutgoing([]),
		createSealing('essai', sealedFor),
	);
	const second = createLeader(
		town.platform,
		async (leading) => {
			leads++;
			await loop.lead(leading);
		},
		town.context.now,
	);
	second.start();
	try {
		await until(async () => (await leaders()).length === 1);
		expect(leads).toBe(0);
		// What lamps do without a controller: one is dimmed by hand, and nobody knows.
		const before = town.lamps.heard.length;
		await town.platform.pool.query('SELECT pg_terminate_backend($1)', [first]);
		await until(async () => {
			const now = await leaders();
			return now.length === 1 && now[0] !== first;
		});
		await until(() => {
			const fresh = new Set(town.lamps.heard.slice(before).map(({ lamp }) => lamp));
			return names.every((name) => fresh.has(name));
		});
	} finally {
		await second.stop();
	}
});

test('a lamp that says something else is told again', async () => {
	town.clock.now = new Date(town.clock.now.getTime() + 90_000);
	const before = town.lamps.heard.length;
	await until(async () => {
		await town.lamps.say('rue-2', { level: 0 });
		return town.lamps.heard.slice(before).some(({ lamp, level }) => lamp === 'rue-2' && level === 20);
	});
});

test('what is no report changes nothing', async () => {
	const client = town.lamps.client;
	const send = (topic: string, payload: string | Buffer) => client.publishAsync(topic, payload, { qos: 1 });
	await send('lighting/rue-1/state', 'kein JSON');
	await send('lighting/rue-1/state', JSON.stringify({ level: 400 }));
	await send('lighting/rue-1/state', JSON.stringify([1]));
	await send('lighting/rue-1/state', Buffer.alloc(5000, 123));
	await send('lighting/nobody/state', JSON.stringify({ level: 10 }));
	await send('lighting/nobody/presence', '{}');
	await send('lighting/rue-presence-2/presence', '{"direction":{"a":1}}');
	await until(() => town.lamps.levels.get('rue-2') === 90);
	const lamp = await town.operations.lighting.luminaire(town.manager, 'rue-1');
	expect(lamp.ok && lamp.value.status).not.toBe('failed');
	// Lamps are told by the platform alone.
	await expect(
		new Promise((resolve, reject) => {
			client.once('close', () => reject(new Error('sent away')));
			client.publish('lighting/rue-1/setpoint', '{}', { qos: 1 }, (error) =>
				error ? reject(error) : resolve(null),
			);
		}),
	).rejects.toThrow();
});
