import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createLogger, createPool } from '@parvis/platform';
import { startEmbeddedPostgres } from '@parvis/platform/embedded-postgres';
import mqtt, { type MqttClient } from 'mqtt';
import type { Ready } from './lighting/server.ts';
import { lampName, lampsInStreet, luminaireCount, sensorName, streets } from './lighting/workload.ts';

interface Measure {
	sent: number;
	/** Milliseconds from the PUBLISH of a presence to the receipt of the set-point of the lamp above it. */
	latencies: number[];
	setPoints: number;
}

/**
 * From a presence to its set-point, with 10,000 luminaires and 200 presences a second: sender and lamps are real MQTT
 * clients in this process; broker and controller are others. Measured on the embedded broker, on Mosquitto where it is
 * installed, and beside it the same messages on Mosquitto without anything being decided.
 * Options: --seconds 20, --rate 200.
 */
export async function run(args: string[]): Promise<void> {
	const { values } = parseArgs({
		args,
		options: { seconds: { type: 'string', default: '20' }, rate: { type: 'string', default: '200' } },
	});
	const seconds = Number(values.seconds);
	const rate = Number(values.rate);
	const directory = await mkdtemp(join(tmpdir(), 'parvis-bench-'));
	const postgres = await startEmbeddedPostgres({
		dataDir: join(directory, 'postgres'),
		log: createLogger('error'),
	});
	const mosquitto = await startMosquitto(directory);
	try {
		console.log(`${luminaireCount} luminaires, ${rate} presences a second for ${seconds} s\n`);
		await measureProgram('embedded broker', postgres.url, '', directory, seconds, rate);
		if (mosquitto) {
			await measureProgram('Mosquitto', `${postgres.url}2`, mosquitto.url, directory, seconds, rate);
			await measureEcho(mosquitto.url, seconds, rate);
		} else console.log('Mosquitto is not installed: no measure with it, and none without decision');
	} finally {
		mosquitto?.stop();
		await postgres.stop();
		await rm(directory, { recursive: true, force: true });
	}
}

async function measureProgram(
	name: string,
	databaseUrl: string,
	mqttUrl: string,
	directory: string,
	seconds: number,
	rate: number,
): Promise<void> {
	if (databaseUrl.endsWith('2')) await createDatabase(databaseUrl);
	const server = fork(new URL('./lighting/server.ts', import.meta.url), {
		execArgv: ['--disable-warning=ExperimentalWarning'],
		env: {
			...process.env,
			PARVIS_DATA: directory,
			PARVIS_ROLES: 'ingest,broker',
			PARVIS_LOG_LEVEL: 'error',
			DATABASE_URL: databaseUrl,
			MQTT_PORT: '0',
			MQTT_URL: mqttUrl,
		},
	});
	try {
		const [ready] = (await once(server, 'message')) as [Ready];
		const lamps = await mqtt.connectAsync(ready.url, { username: ready.username, password: ready.password });
		const sender = await mqtt.connectAsync(ready.url, { username: ready.username, password: ready.password });
		const measure = await listen(lamps);
		// All lamps are told their level first.
		while (measure.known.size < luminaireCount) await pause(100);
		await pause(2000);
		const before = await usage(server);
		const started = performance.now();
		await send(sender, measure, seconds, rate);
		await pause(1500);
		const after = await usage(server);
		const elapsed = (performance.now() - started) / 1000;
		report(name, measure, elapsed);
		console.log(
			`  program ${(((after.processor - before.processor) / 1e6 / elapsed) * 100).toFixed(0)} % of one core; ${after.count} set-points in the database, ${after.acknowledged} acknowledged\n`,
		);
		await Promise.all([lamps.endAsync(true), sender.endAsync(true)]);
	} finally {
		server.send('stop');
		await once(server, 'exit');
	}
}

/** The same messages with nobody thinking: a client in between answers each presence by two set-points at once. */
async function measureEcho(url: string, seconds: number, rate: number): Promise<void> {
	const relay = fork(new URL('./lighting/echo.ts', import.meta.url), [url], {
		execArgv: ['--disable-warning=ExperimentalWarning'],
	});
	await once(relay, 'message');
	const lamps = await mqtt.connectAsync(url);
	const sender = await mqtt.connectAsync(url);
	const measure = await listen(lamps, true);
	const started = performance.now();
	await send(sender, measure, seconds, rate);
	await pause(1000);
	report('Mosquitto, without decision', measure, (performance.now() - started) / 1000);
	await Promise.all([lamps.endAsync(true), sender.endAsync(true)]);
	relay.kill();
}

type Listening = Measure & { known: Set<string>; waiting: Map<string, number>; up: Set<string> };

async function listen(client: MqttClient, echo = false): Promise<Listening> {
	const measure: Listening = {
		sent: 0,
		latencies: [],
		setPoints: 0,
		known: new Set(),
		waiting: new Map(),
		up: new Set(),
	};
	client.on('message', (topic, payload) => {
		const lamp = topic.split('/')[1] ?? '';
		measure.setPoints++;
		measure.known.add(lamp);
		const { id, level, reason } = JSON.parse(payload.toString()) as Record<string, string | number>;
		if (reason === 'presence' && !echo) measure.up.add(lamp);
		else measure.up.delete(lamp);
		const sentAt = measure.waiting.get(lamp);
		if (reason === 'presence' && sentAt !== undefined) {
			measure.latencies.push(performance.now() - sentAt);
			measure.waiting.delete(lamp);
		}
		client.publish(`lighting/${lamp}/state`, JSON.stringify({ command: id, level }), { qos: 1 });
	});
	await client.subscribeAsync('lighting/+/setpoint', { qos: 1 });
	return measure;
}

async function send(client: MqttClient, measure: Listening, seconds: number, rate: number): Promise<void> {
	measure.setPoints = 0;
	const started = performance.now();
	for (let sent = 0; sent < seconds * rate; sent++) {
		const street = Math.floor(Math.random() * streets);
		const lamp = Math.floor((Math.random() * lampsInStreet) / 2) * 2;
		const above = lampName(street, lamp);
		// A lamp that is up already is told nothing: there is nothing to wait for.
		if (!measure.up.has(above)) measure.waiting.set(above, performance.now());
		client.publish(`lighting/${sensorName(street, lamp)}/presence`, '{"direction":"forward"}', { qos: 1 });
		measure.sent++;
		const due = started + ((sent + 1) / rate) * 1000;
		const ahead = due - performance.now();
		if (ahead > 1) await pause(ahead);
	}
}

function report(name: string, { latencies, sent, setPoints }: Measure, elapsed: number): void {
	const sorted = latencies.toSorted((a, b) => a - b);
	const at = (share: number) => (sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN).toFixed(1);
	console.log(
		`${name}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms\n  ${sent} presences, ${sorted.length} lamps that were down raised, ${Math.round(setPoints / elapsed)} set-points a second in all`,
	);
}

function usage(server: ChildProcess): Promise<{ processor: number; count: number; acknowledged: number }> {
	server.send('usage');
	return once(server, 'message').then(([answer]) => answer);
}

async function createDatabase(databaseUrl: string): Promise<void> {
	const pool = createPool(databaseUrl.slice(0, -1), 1, createLogger('error'));
	await pool.query(`CREATE DATABASE "${databaseUrl.split('/').at(-1)?.split('?')[0]}"`);
	await pool.end();
}

async function startMosquitto(directory: string): Promise<{ url: string; stop(): void } | null> {
	const probe = createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const address = probe.address();
	const port = typeof address === 'object' && address ? address.port : 0;
	await new Promise((resolve) => probe.close(resolve));
	const file = join(directory, 'mosquitto.conf');
	await writeFile(
		file,
		`listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nset_tcp_nodelay true\n`,
	);
	for (const program of ['/usr/sbin/mosquitto', 'mosquitto']) {
		const child = spawn(program, ['-c', file], { stdio: 'ignore' });
		const started = await Promise.race([
			once(child, 'error').then(() => false),
			pause(700).then(() => child.exitCode === null),
		]);
		if (started) return { url: `mqtt://127.0.0.1:${port}`, stop: () => child.kill() };
	}
	return null;
}
