import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlatform, freePort, readConfiguration, system } from '@parvis/platform';
import { urlOfRunning } from '@parvis/platform/embedded-postgres';
import { createTestDatabase, until } from '@parvis/platform/testing';
import mqtt from 'mqtt';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from './commands/command.ts';
import { buildRooms } from './town.ts';

/** What the platform says it has, it has: the program, its database, and the way between them fail under load. */

const inFlight = 100;
let directory: string;
let mqttPort: number;
let httpPort: number;
let program: ChildProcess | null = null;
let said = '';
const closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'parvis-endurance-'));
	[mqttPort, httpPort] = [await freePort(), await freePort()];
	said = '';
});

afterEach(async ({ task }) => {
	if (task.result?.state === 'fail') console.error(said.slice(-4000));
	for (const close of closers.splice(0).toReversed()) await close();
	await end('SIGTERM');
	await rm(directory, { recursive: true, force: true });
});

/** Start the program as an administrator would, without pages. */
async function start(databaseUrl = ''): Promise<void> {
	const child = spawn(
		process.execPath,
		[
			'--disable-warning=ExperimentalWarning',
			`${root}apps/server/cli.ts`,
			'start',
			'--empty',
			'--data',
			directory,
		],
		{
			env: {
				PATH: process.env.PATH,
				PARVIS_ROLES: 'ingest,broker,worker',
				PARVIS_PORT: String(httpPort),
				PARVIS_LOG_LEVEL: 'warn',
				MQTT_PORT: String(mqttPort),
				DATABASE_URL: databaseUrl,
			},
		},
	);
	for (const stream of [child.stdout, child.stderr])
		stream?.on('data', (chunk: Buffer) => {
			said += chunk;
		});
	program = child;
	await until(
		async () => {
			if (child.exitCode !== null) throw new Error(`the program left with ${child.exitCode}:\n${said}`);
			return isReady();
		},
		{ timeoutMilliseconds: 60_000 },
	);
}

const isReady = () =>
	fetch(`http://127.0.0.1:${httpPort}/ready`).then(
		({ ok }) => ok,
		() => false,
	);

async function end(signal: NodeJS.Signals): Promise<void> {
	const child = program;
	if (!child) return;
	program = null;
	if (child.exitCode === null && child.signalCode === null) child.kill(signal);
	await until(() => child.exitCode !== null || child.signalCode !== null, { timeoutMilliseconds: 30_000 });
}

/** Declare a sensor and a gateway, as a manager would. */
async function declare(databaseUrl: string): Promise<{ username: string; password: string }> {
	const platform = createPlatform(
		readConfiguration({
			PARVIS_DATA: join(directory, 'manager'),
			PARVIS_LOG_LEVEL: 'error',
			DATABASE_URL: databaseUrl,
		}),
	);
	try {
		const { sensing } = buildRooms(platform).rooms;
		const type = await sensing.types.create(system, {
			vendor: 'Parvis',
			model: 'Endurance',
			name: 'Capteur',
			mapping: [{ field: 'level', property: 'fillingLevel', unit: '%' }],
			expectedIntervalSeconds: 60,
		});
		if (!type.ok) throw new Error(type.error);
		const device = await sensing.devices.create(system, {
			name: 'Bac',
			typeId: type.value.id,
			externalId: 'bac',
		});
		if (!device.ok) throw new Error(device.error);
		const integration = await sensing.integrations.create(system, { name: 'passerelle' });
		if (!integration.ok) throw new Error(integration.error);
		return integration.value;
	} finally {
		await platform.pool.end();
	}
}

interface Sender {
	/** Numbers of the messages that were acknowledged. */
	acknowledged: Set<number>;
	/** Wait for so many more acknowledgements. */
	more(count: number): Promise<void>;
	/** Send no more; resolves when all that was sent is acknowledged. @returns how many were sent */
	finish(): Promise<number>;
}

const firstInstant = Date.now() - 6 * 3_600_000;

/** A gateway that keeps messages on the way all the time, and sends again after a reconnection what was not acknowledged. */
async function send(credentials: { username: string; password: string }): Promise<Sender> {
	const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {
		...credentials,
		reconnectPeriod: 100,
	});
	closers.push(() => client.endAsync(true));
	client.on('error', () => {});
	const acknowledged = new Set<number>();
	let sent = 0;
	let sending = true;
	const lanes = Array.from({ length: inFlight }, async () => {
		while (sending) {
			const number = sent++;
			const time = new Date(firstInstant + number * 100).toISOString();
			await client.publishAsync(
				'devices/bac/observations',
				`{"time":"${time}","values":{"level":${number % 100}}}`,
				{
					qos: 1,
				},
			);
			acknowledged.add(number);
		}
	});
	const failed = Promise.all(lanes);
	const more = async (count: number) => {
		const goal = acknowledged.size + count;
		await Promise.race([until(() => acknowledged.size >= goal, { timeoutMilliseconds: 60_000 }), failed]);
	};
	return {
		acknowledged,
		more,
		async finish() {
			sending = false;
			await failed;
			return sent;
		},
	};
}

async function open(databaseUrl: string): Promise<pg.Pool> {
	const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
	pool.on('error', () => {});
	closers.push(() => pool.end());
	return pool;
}

async function storedNumbers(database: pg.Pool): Promise<number[]> {
	const { rows } = await database.query<{ at: Date }>('SELECT observed_at AS at FROM sensing.observation');
	return rows.map(({ at }) => (at.getTime() - firstInstant) / 100);
}

/** All that was acknowledged is there, each once, and the rollups count each once. */
async function expectAll(database: pg.Pool, acknowledged: ReadonlySet<number>): Promise<void> {
	const stored = await storedNumbers(database);
	expect(acknowledged.difference(new Set(stored))).toEqual(new Set());
	expect(stored.length).toBe(new Set(stored).size);
	await until(
		async () => {
			const { rows } = await database.query<{ same: boolean }>(`
				SELECT (SELECT sum(count) FROM sensing.observation_hour) = (SELECT count(*) FROM sensing.observation)
					AND (SELECT sum(count) FROM sensing.observation_day) = (SELECT count(*) FROM sensing.observation)
					AND NOT EXISTS (SELECT FROM sensing.pending_rollup) AS same`);
			return rows[0]?.same;
		},
		{ timeoutMilliseconds: 30_000 },
	);
}

test('kill -9 of the program, then of PostgreSQL: nothing acknowledged is missing, nothing is there twice', async () => {
	const postgresDirectory = join(directory, 'postgres');
	await start();
	const credentials = await declare((await urlOfRunning(postgresDirectory)) ?? '');
	const sender = await send(credentials);
	await sender.more(3000);

	await end('SIGKILL');
	const before = new Set(sender.acknowledged);
	await start();
	await sender.more(3000);
	const databaseUrl = (await urlOfRunning(postgresDirectory)) ?? '';
	expect(before.difference(new Set(await storedNumbers(await open(databaseUrl))))).toEqual(new Set());

	const postmaster = async () => {
		const file = await readFile(join(postgresDirectory, 'postmaster.pid'), 'utf8').catch(() => '');
		return Number(file.split('\n', 1)[0]);
	};
	const killed = await postmaster();
	process.kill(killed, 'SIGKILL');
	await until(async () => ![0, killed].includes(await postmaster()));
	await sender.more(3000);

	const sent = await sender.finish();
	expect(sender.acknowledged.size).toBe(sent);
	const database = await open((await urlOfRunning(postgresDirectory)) ?? '');
	await expectAll(database, sender.acknowledged);
	expect((await storedNumbers(database)).length).toBe(sent);
}, 150_000);

test('while the database is away nothing is acknowledged; when it is back, everything is', async () => {
	const { url, drop } = await createTestDatabase();
	closers.push(drop);
	const way = await openWay(url);
	closers.push(way.close);
	await start(way.url);
	closers.push(() => end('SIGTERM'));
	const database = await open(url);
	const sender = await send(await declare(url));
	await sender.more(2000);

	await way.cut();
	const retries = () => said.split('ingest waits for the database').length - 1;
	// What the database committed before may still be acknowledged; once ingest has tried again, nothing is.
	await until(() => retries() >= 1);
	const held = new Set(sender.acknowledged);
	expect(held.difference(new Set(await storedNumbers(database)))).toEqual(new Set());
	await until(() => retries() >= 5, { timeoutMilliseconds: 60_000 });
	expect(sender.acknowledged).toEqual(held);
	expect(await isReady()).toBe(false);
	expect(program?.exitCode).toBe(null);

	await way.open();
	await sender.more(2000);
	const sent = await sender.finish();
	await expectAll(database, sender.acknowledged);
	expect((await storedNumbers(database)).length).toBe(sent);
}, 150_000);

/** A way to a database that can be cut: connections end and new ones are refused. */
async function openWay(target: string) {
	const { hostname, port } = new URL(target);
	const ownPort = await freePort();
	const sockets = new Set<Socket>();
	let server: Server | null = null;
	const way = {
		url: target.replace(`${hostname}:${port}`, `127.0.0.1:${ownPort}`),
		async open() {
			const listening = createServer((near) => {
				const far = connect(Number(port), hostname);
				for (const [one, other] of [
					[near, far],
					[far, near],
				] as const) {
					sockets.add(one);
					one.on('error', () => {});
					one.on('close', () => {
						sockets.delete(one);
						other.destroy();
					});
					one.pipe(other);
				}
			});
			await new Promise<void>((resolve) => listening.listen(ownPort, '127.0.0.1', resolve));
			server = listening;
		},
		async cut() {
			const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
			server = null;
			for (const socket of sockets) socket.destroy();
			await closed;
		},
		close: async () => way.cut(),
	};
	await way.open();
	return way;
}
