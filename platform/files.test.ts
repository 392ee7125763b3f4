import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import S3rver from 's3rver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFiles, type Files, readConfiguration } from './index.ts';

let directory: string;
let s3: S3rver;
const stores: { name: string; files(): Files }[] = [];
let local: Files;
let bucket: Files;

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'parvis-files-'));
	s3 = new S3rver({
		port: 0,
		address: '127.0.0.1',
		silent: true,
		directory: join(directory, 's3'),
		configureBuckets: [{ name: 'parvis', configs: [] }],
	});
	const { port } = await s3.run();
	local = createFiles(readConfiguration({ PARVIS_DATA: directory }));
	bucket = createFiles(
		readConfiguration({
			PARVIS_DATA: directory,
			S3_BUCKET: 'parvis',
			S3_ENDPOINT: `http://127.0.0.1:${port}`,
			S3_ACCESS_KEY_ID: 'S3RVER',
			S3_SECRET_ACCESS_KEY: 'S3RVER',
		}),
	);
	stores.push({ name: 'directory', files: () => local }, { name: 'S3', files: () => bucket });
});
afterAll(async () => {
	await s3.close();
	await rm(directory, { recursive: true });
});

describe.each(['directory', 'S3'])('files in a %s', (name) => {
	const files = () => stores.find((store) => store.name === name)?.files() ?? local;

	test('come back as they went in, and can go', async () => {
		const content = Buffer.from('Délibération n° 12 – été');
		const stored = await files().put(
			'council/annex/a.pdf',
			Readable.from([content.subarray(0, 5), content.subarray(5)]),
		);
		expect(stored.size).toBe(content.length);
		expect(stored.sha256).toMatch(/^[0-9a-f]{64}$/);
		expect(await files().stat('council/annex/a.pdf')).toEqual({ size: content.length });
		const read = await files().get('council/annex/a.pdf');
		expect(read && (await buffer(read))).toEqual(content);
		await files().delete('council/annex/a.pdf');
		await files().delete('council/annex/a.pdf');
		expect(await files().get('council/annex/a.pdf')).toBeNull();
		expect(await files().stat('council/annex/a.pdf')).toBeNull();
	});

	test('stay within: a key that climbs is refused', async () => {
		for (const key of ['../secret', 'a/../../secret', '/etc/passwd', 'a//b', '.hidden', 'a\0b', ''])
			await expect(files().put(key, Readable.from(['x'])), key).rejects.toThrow('not a file key');
	});
});

test('a file whose source breaks off is not there, and leaves nothing', async () => {
	const broken = new Readable({ read() {} });
	broken.push('half');
	setImmediate(() => broken.destroy(new Error('the line went dead')));
	await expect(local.put('half/file', broken)).rejects.toThrow('the line went dead');
	expect(await local.stat('half/file')).toBeNull();
	expect(await readdir(join(directory, 'files', 'half'))).toEqual([]);
});
