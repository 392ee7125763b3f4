import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, newId, readConfiguration, system } from '@parvis/platform';
import { createTestDatabase, until } from '@parvis/platform/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../server/main.ts';
import { createApi } from './api.ts';
import { partOf, pointAlong, startDriver } from './driver.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let dataDir: string;
let server: RunningServer;
let key: string;
const depot = [2.2136, 46.7421] as const;

beforeAll(async () => {
	database = await createTestDatabase();
	dataDir = await mkdtemp(join(tmpdir(), 'parvis-driver-'));
	server = await startServer(
		readConfiguration({
			PARVIS_DATA: dataDir,
			PARVIS_PORT: String(await freePort()),
			PARVIS_ROLES: 'ingest',
			PARVIS_LOG_LEVEL: 'error',
			DATABASE_URL: database.url,
			DATABASE_POOL_SIZE: '10',
			MQTT_PORT: '0',
		}),
	);
	key = await server.rooms.identity.createSystemApiKey(['operations:write']);
	const { waste } = server.rooms.operations;
	const at = { longitude: depot[0], latitude: depot[1] };
	await waste.sites.save(system, { externalId: 'depot', kind: 'depot', name: 'Dépôt', ...at });
	await waste.vehicles.save(system, {
		externalId: 'verre',
		name: 'Camion verre',
		compartments: [{ flow: 'glass', cubicMeters: 20 }],
		payloadKilograms: 9000,
		heightMeters: 3.6,
		weightTonnes: 19,
		litersPer100Kilometers: 42,
		depot: 'depot',
	});
});
afterAll(async () => {
	await server?.stop();
	await database?.drop();
	await rm(dataDir, { recursive: true, force: true });
});

/** A round that should have begun hours ago, on a day of its own for its truck. */
async function round(stops: number): Promise<string> {
	const { waste } = server.rooms.operations;
	const { pool } = server.platform;
	const id = newId();
	await pool.query('DELETE FROM operations.waste_round');
	await pool.query(
		`INSERT INTO operations.waste_round (id, day, vehicle_id, planned_start, created_at, updated_at)
		SELECT $1, $2, id, now() - interval '8 hours', now(), now() FROM operations.waste_vehicle`,
		[id, waste.today()],
	);
	for (let position = 0; position < stops; position++) {
		const saved = await waste.containers.save(system, {
			externalId: `c${position}`,
			name: `Colonne ${position}`,
			flow: 'glass',
			volumeLiters: 3000,
			longitude: depot[0] + 0.004 * (position + 1),
			latitude: depot[1] + 0.002,
		});
		if (!saved.ok) throw new Error(saved.error);
		await pool.query(
			`INSERT INTO operations.waste_round_stop (id, round_id, day, position, kind, container_id, level_percent)
			VALUES ($1, $2, $3, $4, 'container', $5, 70)`,
			[newId(), id, waste.today(), position, saved.value.id],
		);
	}
	return id;
}
const read = async (id: string) => {
	const found = await server.rooms.operations.waste.rounds.get(system, id);
	if (!found.ok) throw new Error(found.error);
	return found.value;
};
const drive = (pace: number, said: string[] = []) =>
	startDriver({ api: createApi(server.url ?? '', key), say: (line) => said.push(line), pace });

test('drives what is due to the end, tells where it is, and its times are the round’s', async () => {
	const id = await round(4);
	const said: string[] = [];
	const driver = drive(20_000, said);
	const done = await until(async () => {
		const found = await read(id);
		return found.status === 'done' && found;
	});
	await driver.stop();
	expect(done.counts.done + done.counts.couldNot).toBe(4);
	expect(said[0]).toContain('simulated driver');
	const hours = ((done.finishedAt?.getTime() ?? 0) - (done.startedAt?.getTime() ?? 0)) / 3_600_000;
	expect(hours).toBeGreaterThan(0.1);
	expect(hours).toBeLessThan(4);
	const trail = await server.rooms.operations.field.trail(system, id);
	expect(trail.ok && trail.value.length).toBeGreaterThan(8);
	expect(trail.ok && trail.value.every(({ simulated }) => simulated)).toBe(true);
});

test('leaves a round to whoever else reports on it, and stops when it is told to', async () => {
	const id = await round(5);
	const said: string[] = [];
	const driver = drive(2000, said);
	await until(async () => (await read(id)).counts.done > 0);
	const last = (await read(id)).stops.at(-1);
	const { rounds } = server.rooms.operations.waste;
	await rounds.act(system, {
		id: newId(),
		roundId: id,
		stopId: last?.id ?? null,
		kind: 'done',
		at: new Date(),
	});
	await until(() => said.some((line) => line.includes('somebody else')));
	expect((await read(id)).status).toBe('under_way');
	await driver.stop();
});

test('waits for the planned hour, unless it is asked to begin early when nothing is due', async () => {
	const id = await round(2);
	await server.platform.pool.query(
		`UPDATE operations.waste_round SET planned_start = now() + interval '5 hours'`,
	);
	const api = createApi(server.url ?? '', key);
	const said: string[] = [];
	const say = (line: string) => said.push(line);
	const patient = startDriver({ api, say });
	const driver = startDriver({ api, say, early: true });
	await until(async () => (await read(id)).status === 'under_way');
	await Promise.all([patient.stop(), driver.stop()]);
	expect(said).toEqual([expect.stringContaining('before the planned hour')]);
});

test('goes along the line, and straight where there is none', () => {
	const line = [depot, [2.22, 46.745], [2.23, 46.745]] as const;
	expect(partOf(line, depot, [2.23, 46.745])).toHaveLength(5);
	expect(partOf([], depot, [2.23, 46.745])).toEqual([depot, [2.23, 46.745]]);
	expect(pointAlong(line, 0)).toEqual(depot);
	expect(pointAlong(line, 1e9)).toEqual([2.23, 46.745]);
});
