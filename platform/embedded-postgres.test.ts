import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres, urlOfRunning } from './embedded-postgres.ts';
import { createLogger } from './index.ts';
import { until } from './testing.ts';

let directory: string;
let dataDir: string;
let postgres: EmbeddedPostgres;
const start = () =>
	startEmbeddedPostgres({ dataDir, log: createLogger('silent'), settings: { shared_buffers: '32MB' } });

async function ask(text: string): Promise<Record<string, unknown>[]> {
	const client = new pg.Client({ connectionString: postgres.url });
	client.on('error', () => {});
	await client.connect();
	try {
		return (await client.query(text)).rows;
	} finally {
		await client.end();
	}
}

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'parvis-postgres-'));
	// Closed to everybody else, as a home directory may be.
	await chmod(directory, 0o700);
	dataDir = join(directory, 'data');
	postgres = await start();
});
afterAll(async () => {
	await postgres.stop();
	await rm(directory, { recursive: true, force: true });
});

test('what was committed is there after the server was killed: it comes back by itself', async () => {
	await ask('CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)');
	const before = postgres.pid;
	process.kill(before, 'SIGKILL');
	const rows = await until(() => ask('SELECT n FROM kept').catch(() => null));
	expect(rows).toEqual([{ n: 1 }]);
	expect(postgres.pid).not.toBe(before);
});

test('a server that an earlier process left running is stopped, and its data taken over', async () => {
	expect(await urlOfRunning(dataDir)).toBe(postgres.url);
	const orphan = postgres;
	postgres = await start();
	expect(postgres.url).not.toBe(orphan.url);
	expect(await ask('SELECT n FROM kept')).toEqual([{ n: 1 }]);
	await orphan.stop();
});

test('a lock file that no process holds is no hindrance', async () => {
	await postgres.stop();
	await writeFile(join(dataDir, 'postmaster.pid'), '999999\n');
	postgres = await start();
	expect(await ask('SELECT n FROM kept')).toEqual([{ n: 1 }]);
	expect(
		await ask(
			`SELECT current_setting('data_checksums') AS sums, current_setting('synchronous_commit') AS sync`,
		),
	).toEqual([{ sums: 'on', sync: 'on' }]);
});

test('data of another major version is refused, with what to do', async () => {
	await postgres.stop();
	await writeFile(join(dataDir, 'PG_VERSION'), '12\n');
	await expect(start()).rejects.toThrow('restore a backup');
	await writeFile(join(dataDir, 'PG_VERSION'), '18\n');
	postgres = await start();
});
