import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	type Configuration,
	createLogger,
	freePort,
	type Platform,
	readConfiguration,
} from '@parvis/platform';
import { createTestDatabase, oneAtATime } from '@parvis/platform/testing';
import { type Browser, chromium } from 'playwright-core';
import { root } from './commands/command.ts';
import { buildPortal, isPortalBuilt } from './commands/portal-build.ts';
import { type EmbeddedLivekit, startEmbeddedLivekit } from './embedded-livekit.ts';
import { ensureLivekit } from './livekit-program.ts';
import { startServer } from './main.ts';
import type { Rooms } from './town.ts';

export interface TestTown {
	/** Where browsers find it, without a trailing slash. */
	url: string;
	rooms: Rooms;
	platform: Platform;
	/** With `room` only. */
	livekit: EmbeddedLivekit | null;
	accounts: { email: string; password: string; roles: readonly string[] }[];
	stop(): Promise<void>;
}

/** Have the portal built, once though several test files ask. */
export async function portalBuilt(): Promise<void> {
	if (!(await isPortalBuilt()))
		await oneAtATime(async () => {
			if (!(await isPortalBuilt())) await buildPortal();
		});
}

/**
 * A whole town on a fresh database: the built portal, the API, the demonstration's accounts, and with `fill` the
 * small demonstration town, `'places'` only its places, sensors and roads; with `room` LiveKit for its meetings. To be used under Vitest, whose set-up runs PostgreSQL.
 */
export async function startTestTown({
	fill = true,
	room = false,
}: {
	fill?: boolean | 'places';
	room?: boolean;
} = {}): Promise<TestTown> {
	await portalBuilt();
	const database = await createTestDatabase();
	const dataDir = await mkdtemp(join(tmpdir(), 'parvis-town-'));
	const port = await freePort();
	const config = readConfiguration({
		PARVIS_DATA: dataDir,
		PARVIS_PORT: String(port),
		PARVIS_DEMO: 'true',
		PARVIS_LOG_LEVEL: 'error',
		DATABASE_URL: database.url,
		DATABASE_POOL_SIZE: '10',
		MQTT_PORT: '0',
		LIVEKIT_TCP_PORT: '0',
		LIVEKIT_UDP_PORT: '0',
	});
	const livekit = room ? await startLivekit(config) : null;
	const server = await startServer({ ...config, livekit: livekit?.settings ?? null });
	const stop = async () => {
		await server.stop();
		await livekit?.stop();
		await database.drop();
		await rm(dataDir, { recursive: true, force: true });
	};
	try {
		const { identity, sensing, participation, council, operations, equipment } = server.rooms;
		const accounts = await identity.ensureDemoAccounts();
		if (fill) {
			const key = await identity.createSystemApiKey([
				'settings:write',
				'places:write',
				'devices:write',
				'observations:write',
				'operations:write',
			]);
			await runFill(config.publicUrl, key);
			await sensing.flush();
		}
		if (fill === true) {
			await participation.fillDemo();
			await council.fillDemo();
			await operations.fillDemo();
			await equipment.fillDemo();
		}
		return { url: config.publicUrl, rooms: server.rooms, platform: server.platform, livekit, accounts, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

async function startLivekit(config: Configuration): Promise<EmbeddedLivekit> {
	const program = await ensureLivekit();
	if (!program) throw new Error('the room needs livekit-server');
	return startEmbeddedLivekit(config, program, createLogger(config.logLevel));
}

function runFill(url: string, key: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn(
			process.execPath,
			['--disable-warning=ExperimentalWarning', `${root}apps/demo-town/main.ts`, 'fill', 'small'],
			{
				stdio: ['ignore', 'ignore', 'pipe'],
				env: { PATH: process.env.PATH, PARVIS_URL: url, PARVIS_API_KEY: key },
			},
		);
		let errors = '';
		child.stderr.on('data', (chunk: Buffer) => {
			errors += chunk;
		});
		child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`filling failed: ${errors}`))));
	});
}

/** For pages that need a camera and a microphone: invented ones, given without asking. */
export const fakeMedia = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** Debian's Chromium, asking nothing of the network by itself. */
export function openBrowser(more: readonly string[] = []): Promise<Browser> {
	return chromium.launch({
		executablePath: '/usr/bin/chromium',
		args: [
			'--headless',
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			...more,
		],
	});
}
