import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigurationError, readConfiguration, variableNames } from './index.ts';

let PARVIS_DATA: string;
beforeEach(async () => {
	PARVIS_DATA = await mkdtemp(join(tmpdir(), 'parvis-configuration-'));
});
afterEach(() => rm(PARVIS_DATA, { recursive: true }));

describe('settings', () => {
	test('all have a default, and a secret is made once, for this account only', async () => {
		const first = readConfiguration({ PARVIS_DATA, DATABASE_URL: '' });
		expect(first).toMatchObject({
			port: 8080,
			publicUrl: 'http://localhost:8080',
			databaseUrl: null,
			demo: false,
		});
		expect(readConfiguration({ PARVIS_DATA }).secret).toBe(first.secret);
		expect((await stat(join(PARVIS_DATA, 'secret'))).mode & 0o777).toBe(0o600);
	});

	test('that do not hold are all named, without their value', () => {
		const read = () =>
			readConfiguration({
				PARVIS_DATA,
				PARVIS_PORT: '99999',
				PARVIS_SECRET: 'hunter2',
				DATABASE_URL: 'mysql://root:hunter2@db',
				PARVIS_ROLES: 'web,chef',
			});
		expect(read).toThrow(ConfigurationError);
		for (const name of ['PARVIS_PORT', 'PARVIS_SECRET', 'DATABASE_URL', 'PARVIS_ROLES'])
			expect(read).toThrow(name);
		expect(read).not.toThrow('hunter2');
	});

	test('that only work together say which one lacks', () => {
		expect(() => readConfiguration({ PARVIS_DATA, FRANCECONNECT_ISSUER: 'https://fc.example' })).toThrow(
			'FRANCECONNECT_CLIENT_ID, FRANCECONNECT_CLIENT_SECRET',
		);
		expect(() => readConfiguration({ PARVIS_DATA, S3_ENDPOINT: 'https://s3.example' })).toThrow('S3_BUCKET');
	});

	test('are all explained in .env.example, and no other is', async () => {
		const example = await readFile(new URL('../.env.example', import.meta.url), 'utf8');
		const named = [...example.matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name);
		expect(named.toSorted()).toEqual([...variableNames].toSorted());
	});
});
