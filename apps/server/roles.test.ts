import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, system } from '@parvis/platform';
import { createTestPlatform, type TestPlatform, until } from '@parvis/platform/testing';
import mqtt from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from './commands/command.ts';
import { portalBuilt } from './testing.ts';
import { buildRooms, type Rooms } from './town.ts';

/**
 * One town in five programs: two `web` and two `ingest` processes on one PostgreSQL and one Mosquitto. One of each is
 * killed while messages come in by MQTT and by HTTP and pages are read.
 */

const broker = '/usr/sbin/mosquitto';
const secret = randomBytes(32).toString('hex');
let town: TestPlatform<Rooms>;
let directory: string;
let mosquitto: ChildProcess;
let mqttUrl: string;
const processes: { role: 'web' | 'ingest'; url: string; child: ChildProcess; errors: () => string }[] = [];

async function startProcess(role: 'web' | 'ingest', index: number): Promise<void> {
	const port = await freePort();
	const child = spawn(
		process.execPath,
		['--disable-warning=ExperimentalWarning', `${root}apps/server/cli.ts`, 'start', '--empty'],
		{
			stdio: ['ignore', 'ignore', 'pipe'],
			env: {
				PATH: process.env.PATH,
				PARVIS_DATA: join(directory, `${role}-${index}`),
				PARVIS_ROLES: role,
				PARVIS_PORT: String(port),
				PARVIS_SECRET: secret,
				PARVIS_LOG_LEVEL: 'warn',
				DATABASE_URL: town.databaseUrl,
				DATABASE_POOL_SIZE: '6',
				MQTT_URL: mqttUrl,
			},
		},
	);
	let errors = '';
	child.stderr?.on('data', (chunk: Buffer) => {
		errors += chunk;
	});
	const url = `http://127.0.0.1:${port}`;
	processes.push({ role, url, child, errors: () => errors });
	await until(
		async () => {
			if (child.exitCode !== null) throw new Error(`${role} left with ${child.exitCode}:\n${errors}`);
			return fetch(`${url}/ready`).then(
				({ ok }) => ok,
				() => false,
			);
		},
		{ timeoutMilliseconds: 60_000 },
	);
}

const processesOf = (role: 'web' | 'ingest') => processes.filter((one) => one.role === role);

/** As a load balancer would: the first process that answers. @throws when none does */
async function ask(role: 'web' | 'ingest', path: string, init: RequestInit = {}): Promise<Response> {
	let last: unknown;
	for (const { url } of processesOf(role)) {
		try {
			const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(10_000) });
			if (response.status < 500) return response;
			last = new Error(`${path}: ${response.status}`);
		} catch (error) {
			last = error;
		}
	}
	throw last;
}

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'parvis-roles-'));
	if (!existsSync(broker))
		throw new Error('this test needs Mosquitto: apt-get install mosquitto, or let ./parvis test install it');
	await portalBuilt();
	const port = await freePort();
	mqttUrl = `mqtt://127.0.0.1:${port}`;
	const configuration = join(directory, 'mosquitto.conf');
	await writeFile(
		configuration,
		`listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\npersistence false\nlog_type none\n`,
	);
	mosquitto = spawn(broker, ['-c', configuration], { stdio: 'ignore' });
	town = await createTestPlatform((platform) => buildRooms(platform).rooms, {
		PARVIS_ROLES: 'web',
		PARVIS_SECRET: secret,
		MQTT_URL: mqttUrl,
	});
	for (const index of [1, 2]) await Promise.all([startProcess('ingest', index), startProcess('web', index)]);
}, 180_000);

afterAll(async () => {
	for (const { child } of processes) if (child.exitCode === null) child.kill('SIGTERM');
	await Promise.all(
		processes.map(({ child }) => until(() => child.exitCode !== null || child.signalCode !== null)),
	);
	mosquitto?.kill();
	await town?.close();
	await rm(directory, { recursive: true, force: true });
});

test('one of each killed: pages and API answer, nothing acknowledged is lost, nothing counts twice', async () => {
	const { sensing, identity } = town.built;
	const type = await sensing.types.create(system, {
		vendor: 'Parvis',
		model: 'Roles',
		name: 'Capteur',
		mapping: [{ field: 'temperature', property: 'temperature', unit: 'Cel' }],
		expectedIntervalSeconds: 60,
	});
	if (!type.ok) throw new Error(type.error);
	for (const name of ['by-mqtt', 'by-http']) {
		const device = await sensing.devices.create(system, {
			name,
			typeId: type.value.id,
			externalId: name,
			visibility: 'public',
		});
		if (!device.ok) throw new Error(device.error);
	}
	const key = await identity.createSystemApiKey(['observations:write']);

	const start = Date.now() - 6 * 3_600_000;
	const timeOf = (index: number) => new Date(start + index * 1000).toISOString();
	const acknowledged = { mqtt: new Set<number>(), http: new Set<number>() };
	let sending = true;

	const publisher = await mqtt.connectAsync(mqttUrl, { protocolVersion: 5 });
	const byMqtt = (async () => {
		for (let next = 0; sending; next += 20)
			await Promise.all(
				Array.from({ length: 20 }, async (_, offset) => {
					const payload = JSON.stringify({ time: timeOf(next + offset), values: { temperature: next } });
					await publisher.publishAsync('devices/by-mqtt/observations', payload, { qos: 1 });
					acknowledged.mqtt.add(next + offset);
				}),
			);
	})();
	const byHttp = (async () => {
		for (let next = 0; sending; next++) {
			const response = await ask('ingest', '/api/v1/ingest/devices/by-http', {
				method: 'POST',
				headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
				body: JSON.stringify({ time: timeOf(next), values: { temperature: next } }),
			});
			if (response.status === 200) acknowledged.http.add(next);
			else if (response.status !== 429) throw new Error(`${response.status}: ${await response.text()}`);
		}
	})();
	let reads = 0;
	const reading = (async () => {
		while (sending) {
			const page = await ask('web', '/');
			const api = await ask('web', '/api/v1/series?property=temperature');
			if (page.status !== 200 || (api.status !== 200 && api.status !== 429))
				throw new Error(`pages: ${page.status}, API: ${api.status}`);
			await Promise.all([page.text(), api.text()]);
			reads++;
		}
	})();
	const all = Promise.all([byMqtt, byHttp, reading]);
	const enough = (mqttCount: number, httpCount: number, readCount: number) =>
		Promise.race([
			until(
				() =>
					acknowledged.mqtt.size >= mqttCount && acknowledged.http.size >= httpCount && reads >= readCount,
				{ timeoutMilliseconds: 60_000 },
			),
			all,
		]);

	await enough(400, 50, 5);
	const killed = [processesOf('ingest')[0], processesOf('web')[0]];
	for (const one of killed) one?.child.kill('SIGKILL');
	await until(() => killed.every((one) => one?.child.signalCode === 'SIGKILL'));
	await enough(acknowledged.mqtt.size + 400, acknowledged.http.size + 50, reads + 5);
	sending = false;
	await all;
	await publisher.endAsync();

	const stored = async (name: string) => {
		const { rows } = await town.platform.pool.query<{ at: Date; count: number }>(
			`SELECT observed_at AS at, count(*)::int AS count FROM sensing.observation
			JOIN sensing.series ON series.id = series_id JOIN sensing.device ON device.id = device_id
			WHERE external_id = $1 GROUP BY 1`,
			[name],
		);
		expect(rows.every(({ count }) => count === 1)).toBe(true);
		return new Set(rows.map(({ at }) => Math.round((at.getTime() - start) / 1000)));
	};
	const missingOf = async (name: string, wanted: ReadonlySet<number>) =>
		wanted.difference(await stored(name));
	// HTTP said 200: it is there now. MQTT's acknowledgement is the broker's: it will get here.
	expect([...(await missingOf('by-http', acknowledged.http))]).toEqual([]);
	await until(async () => (await missingOf('by-mqtt', acknowledged.mqtt)).size === 0, {
		timeoutMilliseconds: 60_000,
	});

	await until(async () => {
		const { rows } = await town.platform.pool.query<{ same: boolean }>(
			`SELECT (SELECT count(*) FROM sensing.observation) = (SELECT sum(count) FROM sensing.observation_hour)
				AND NOT EXISTS (SELECT FROM sensing.pending_rollup) AS same`,
		);
		return rows[0]?.same;
	});
	expect((await ask('web', '/')).status).toBe(200);
}, 300_000);
