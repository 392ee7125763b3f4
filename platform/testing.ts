import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import {
	createLogger,
	createPlatform,
	migrate,
	newId,
	type Platform,
	platformMigrations,
	type Room,
	readConfiguration,
} from './index.ts';

export { lookAtPdf } from './documents/testing.ts';

declare module 'vitest' {
	export interface ProvidedContext {
		testDatabaseUrl: string;
	}
}

/** Vitest's global set-up: one PostgreSQL for the whole run, on a directory that is thrown away. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const directory = await mkdtemp(join(tmpdir(), 'parvis-test-'));
	// The database's own account has to reach its directory.
	const { chmod } = await import('node:fs/promises');
	await chmod(directory, 0o755);
	const postgres: EmbeddedPostgres = await startEmbeddedPostgres({
		dataDir: join(directory, 'postgres'),
		log: createLogger('warn'),
		// Test data need not outlive a power cut.
		settings: { fsync: 'off', full_page_writes: 'off', max_connections: 300, shared_buffers: '256MB' },
	});
	project.provide('testDatabaseUrl', postgres.url);
	return async () => {
		await postgres.stop();
		await rm(directory, { recursive: true, force: true });
	};
}

async function asServer(work: (client: pg.Client) => Promise<void>): Promise<void> {
	const client = new pg.Client({ connectionString: inject('testDatabaseUrl') });
	await client.connect();
	try {
		await work(client);
	} finally {
		await client.end();
	}
}

/** Of all test files of the run, one does such work at a time. */
export function oneAtATime(work: () => Promise<void>): Promise<void> {
	return asServer(async (client) => {
		await client.query('SELECT pg_advisory_lock(1)');
		await work();
	});
}

/** A new empty database on the run's PostgreSQL. */
export async function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
	const name = `test_${newId().replaceAll('-', '')}`;
	await asServer(async (client) => {
		await client.query(`CREATE DATABASE ${name}`);
	});
	const url = inject('testDatabaseUrl').replace(/\/[^/]*$/, `/${name}`);
	return {
		url,
		drop: () =>
			asServer(async (client) => {
				await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
			}),
	};
}

export interface TestPlatform<Built> {
	platform: Platform;
	built: Built;
	databaseUrl: string;
	close(): Promise<void>;
}

/**
 * A platform on a fresh, migrated database with the rooms that `build` makes, started in all roles unless
 * `env.PARVIS_ROLES` says otherwise. Call `close` when done.
 */
export async function createTestPlatform<Built extends object>(
	build: (platform: Platform) => Built,
	env: Record<string, string> = {},
): Promise<TestPlatform<Built>> {
	const database = await createTestDatabase();
	const dataDir = await mkdtemp(join(tmpdir(), 'parvis-data-'));
	const config = readConfiguration({
		PARVIS_DATA: dataDir,
		PARVIS_LOG_LEVEL: 'error',
		PARVIS_PUBLIC_URL: 'http://localhost:8080',
		DATABASE_URL: database.url,
		DATABASE_POOL_SIZE: '6',
		MQTT_PORT: '0',
		...env,
	});
	const platform = createPlatform(config);
	const built = build(platform);
	const rooms = Object.values(built).flatMap((value: unknown) =>
		typeof value === 'object' && value !== null && 'room' in value ? [value.room as Room] : [],
	);
	for (const { messages } of rooms) platform.messages.add(messages);
	await migrate(platform.pool, [
		platformMigrations,
		...rooms.map(({ name, migrations }) => ({ room: name, folder: migrations })),
	]);
	await platform.start();
	for (const room of rooms) await room.start?.(config.roles);
	return {
		platform,
		built,
		databaseUrl: database.url,
		async close() {
			for (const room of rooms.toReversed()) await room.stop?.();
			await platform.stop();
			await database.drop();
			await rm(dataDir, { recursive: true, force: true });
		},
	};
}

/** Wait until `check` answers something other than undefined, null or false; it is asked again every 25 ms. */
export async function until<T>(
	check: () => Promise<T> | T,
	{ timeoutMilliseconds = 30_000 } = {},
): Promise<Exclude<T, undefined | null | false>> {
	const deadline = Date.now() + timeoutMilliseconds;
	for (;;) {
		const value = await check();
		if (value !== undefined && value !== null && value !== false)
			return value as Exclude<T, undefined | null | false>;
		if (Date.now() > deadline) throw new Error(`not so after ${timeoutMilliseconds} ms: ${check}`);
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
}
