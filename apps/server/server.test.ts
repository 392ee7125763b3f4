import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { readConfiguration, system } from '@parvis/platform';
import { createTestDatabase } from '@parvis/platform/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ArchiveError, readArchive, writeArchive } from './archive.ts';
import { holderOf, lockData } from './lock.ts';
import { type RunningServer, startServer } from './main.ts';

let directory: string;
let server: RunningServer;
let database: Awaited<ReturnType<typeof createTestDatabase>>;

async function configuration(databaseUrl: string, data: string) {
	return readConfiguration({
		PARVIS_DATA: join(directory, data),
		PARVIS_LOG_LEVEL: 'silent',
		PARVIS_PORT: '0',
		PARVIS_ROLES: 'ingest,worker,broker',
		MQTT_PORT: '0',
		DATABASE_URL: databaseUrl,
		DATABASE_POOL_SIZE: '6',
	});
}

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'parvis-server-'));
	database = await createTestDatabase();
	server = await startServer(await configuration(database.url, 'one'));
	const places = JSON.stringify({
		type: 'FeatureCollection',
		features: [
			{
				type: 'Feature',
				properties: { id: 'a', kind: 'park', name: 'Parc "des; Berges"\n' },
				geometry: { type: 'Point', coordinates: [2, 47] },
			},
		],
	});
	await server.rooms.town.import(system, 'places', places);
	await server.platform.files.put('council/annex/a.pdf', Readable.from(['contenu']));
});
afterAll(async () => {
	await server.stop();
	await database.drop();
	await rm(directory, { recursive: true, force: true });
});

const get = (path: string, options?: RequestInit) => fetch(`${server.url}${path}`, options);

describe('the server', () => {
	test('says that it lives, whether it is ready, and what it measures', async () => {
		expect(await (await get('/health')).json()).toEqual({ status: 'alive' });
		expect(await (await get('/ready')).json()).toEqual({ status: 'ready' });
		const metrics = await (await get('/metrics')).text();
		for (const name of [
			'parvis_http_request_duration_seconds',
			'parvis_sensing_observations_total',
			'process_resident_memory_bytes',
		])
			expect(metrics).toContain(name);
	});

	test('describes its whole API as OpenAPI 3.1', async () => {
		const document = (await (await get('/api/v1/openapi.json')).json()) as {
			openapi: string;
			paths: Record<string, object>;
		};
		expect(document.openapi).toBe('3.1.0');
		for (const path of [
			'/api/v1/places',
			'/api/v1/devices',
			'/api/v1/observations',
			'/api/v1/alarms',
			'/api/v1/search',
		])
			expect(Object.keys(document.paths)).toContain(path);
		for (const [path, methods] of Object.entries(document.paths))
			for (const [method, operation] of Object.entries(methods))
				expect(operation.summary, `${method} ${path}`).toBeTruthy();
	});

	test('refuses in words, in the visitor’s language, without telling its insides', async () => {
		const unknown = await get('/api/v1/places/nulle-part', { headers: { 'accept-language': 'en' } });
		expect(unknown.status).toBe(404);
		expect(await unknown.json()).toMatchObject({
			type: 'town.place_unknown',
			detail: 'This place does not exist, or no longer.',
		});
		const wrong = await get('/api/v1/places/nearest?longitude=800&latitude=x');
		expect(wrong.status).toBe(400);
		expect(await wrong.json()).toMatchObject({ type: 'platform.invalid_input' });
		const huge = await get('/api/v1/alarm-rules', {
			method: 'POST',
			body: `"${'x'.repeat(2_000_000)}"`,
			headers: { 'content-type': 'application/json' },
		});
		expect(huge.status).toBe(413);
		const denied = await get('/api/v1/imports/places', {
			method: 'POST',
			body: '{}',
			headers: { 'content-type': 'application/json' },
		});
		expect(denied.status).toBe(403);
		expect(JSON.stringify(await denied.json())).not.toMatch(/node_modules|\.ts|SELECT/);
	});

	test('takes no change from another site’s page that carries our cookies', async () => {
		const attempt = (headers: Record<string, string>) =>
			get('/api/v1/alarm-rules', {
				method: 'POST',
				body: '{}',
				headers: { 'content-type': 'application/json', cookie: 'session=x', ...headers },
			});
		for (const headers of [
			{ 'sec-fetch-site': 'cross-site' },
			{ origin: 'https://ailleurs.example' },
			{ 'sec-fetch-site': 'same-site' },
		]) {
			const answer = await attempt(headers);
			expect(answer.status).toBe(403);
			expect(await answer.json()).toMatchObject({ type: 'platform.cross_site_request' });
		}
		expect(await (await attempt({ 'sec-fetch-site': 'same-origin' })).json()).not.toMatchObject({
			type: 'platform.cross_site_request',
		});
	});

	test('sends the headers that keep browsers safe, and counts requests', async () => {
		const { headers } = await get('/api/v1/places');
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		expect(headers.get('content-security-policy')).toContain("default-src 'none'");
		expect(headers.get('x-ratelimit-limit')).toBe('600');
	});
});

describe('a backup', () => {
	test('comes back whole in another town, with files, and refuses a town that is there', async () => {
		const archive = join(directory, 'archive');
		const written = await writeArchive(server.platform.config, archive);
		expect(written.files).toBe(1);
		await expect(writeArchive(server.platform.config, archive)).rejects.toThrow(ArchiveError);
		const other = await createTestDatabase();
		const config = await configuration(other.url, 'two');
		expect(await readArchive(config, archive)).toEqual(written);
		await expect(readArchive(config, archive)).rejects.toThrow('a town is there already');
		const restored = await startServer(config);
		try {
			const found = await restored.rooms.town.search.find('berges');
			expect(found.total).toBe(1);
			expect(await restored.platform.audit.verify()).toMatchObject({ intact: true });
			expect((await restored.platform.audit.verify()).entries).toBe(
				(await server.platform.audit.verify()).entries,
			);
			expect(await restored.platform.files.stat('council/annex/a.pdf')).toEqual({ size: 7 });
			// What continues counting continues where it was.
			await restored.platform.audit.record(null, { actor: system, action: 'test.thing.done' });
			expect(await restored.platform.audit.verify()).toMatchObject({ intact: true });
		} finally {
			await restored.stop();
			await other.drop();
		}
	});

	test('that is damaged is refused before anything is written', async () => {
		const archive = join(directory, 'damaged');
		await writeArchive(server.platform.config, archive);
		const manifest = JSON.parse(await readFile(join(archive, 'manifest.json'), 'utf8')) as {
			tables: { file: string }[];
		};
		await writeFile(join(archive, manifest.tables[0]?.file ?? ''), 'not what it was');
		const other = await createTestDatabase();
		const config = await configuration(other.url, 'three');
		await expect(readArchive(config, archive)).rejects.toThrow('is damaged; nothing was changed');
		await expect(readArchive(config, join(directory, 'one'))).rejects.toThrow('no archive');
		await other.drop();
	});
});

describe('a data directory', () => {
	test('belongs to one live process; the lock of a dead one counts for nothing', async () => {
		const data = join(directory, 'locked');
		const lock = lockData(data);
		expect(() => lockData(data)).toThrow('a town already runs');
		lock.note('http://127.0.0.1:1');
		expect(holderOf(data)).toMatchObject({ pid: process.pid, url: 'http://127.0.0.1:1' });
		// The pid lives, but it is another process now.
		await writeFile(
			join(data, 'parvis.lock'),
			JSON.stringify({ pid: process.pid, startedAt: '1', url: null }),
		);
		expect(holderOf(data)).toBeNull();
		lockData(data).release();
		expect(holderOf(data)).toBeNull();
	});
});

describe('the command', () => {
	const parvis = (...args: string[]) =>
		promisify(execFile)(
			process.execPath,
			['--disable-warning=ExperimentalWarning', new URL('cli.ts', import.meta.url).pathname, ...args],
			{
				env: {
					...process.env,
					PARVIS_DATA: join(directory, 'command'),
					DATABASE_URL: database.url,
					PARVIS_LOG_LEVEL: 'silent',
				},
			},
		).then(
			({ stdout }) => ({ code: 0, text: stdout }),
			({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
				code,
				text: stdout + stderr,
			}),
		);

	test('says what is wrong with a call, and how it would be right', async () => {
		expect(await parvis('dance')).toMatchObject({
			code: 2,
			text: expect.stringContaining('no command "dance"'),
		});
		expect(await parvis('start', '--prot', '1')).toMatchObject({
			code: 2,
			text: expect.stringContaining('--port N'),
		});
		expect(await parvis('import', 'dragons', 'x')).toMatchObject({ code: 2 });
		expect(await parvis('import', 'places', '/nowhere.json')).toMatchObject({
			code: 1,
			text: expect.stringContaining('ENOENT'),
		});
	});

	test('imports and exports beside a running town', async () => {
		const file = join(directory, 'lieux.csv');
		await writeFile(
			file,
			'id,name,kind,longitude,latitude\nb,École du Pont,school,2.01,47.01\nc,Perdu,school,,\n',
		);
		expect(await parvis('import', 'places', file)).toMatchObject({
			code: 1,
			text: expect.stringContaining('1 added, 0 changed, 0 as they were, 1 refused'),
		});
		const exported = await parvis('export', 'lieux');
		expect(exported.text).toContain('École du Pont');
		expect(await parvis('export', 'lieux', '--format', 'json')).toMatchObject({
			code: 0,
			text: expect.stringContaining('"name":"École du Pont"'),
		});
	});
});
