import { newId } from '@parvis/platform';
import { createTestPlatform, type TestPlatform } from '@parvis/platform/testing';
import { getAuthTables } from 'better-auth/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuth } from './auth.ts';
import { createIdentity } from './index.ts';
import { createSecrets } from './secrets.ts';

let town: TestPlatform<object>;
beforeAll(async () => {
	town = await createTestPlatform((platform) => ({ identity: createIdentity(platform) }));
});
afterAll(() => town.close());

const silent = { async magicLink() {}, async passwordReset() {}, async passwordWasReset() {} };

test('our tables hold what this release of better-auth expects, and ask for nothing it does not give', async () => {
	const { platform } = town;
	const auth = createAuth(
		platform,
		createSecrets(platform.config.secret),
		{ memoryCost: 64, timeCost: 1 },
		silent,
	);
	const { rows } = await platform.pool.query<{
		table_name: string;
		column_name: string;
		data_type: string;
		is_nullable: string;
		column_default: string | null;
	}>("SELECT * FROM information_schema.columns WHERE table_schema = 'identity'");
	const types: Record<string, string[]> = {
		string: ['text', 'uuid'],
		boolean: ['boolean'],
		date: ['timestamp with time zone'],
		number: ['bigint', 'integer'],
	};
	const tables = Object.values(getAuthTables(auth.options));
	expect(tables.map(({ modelName }) => modelName).sort()).toEqual([
		'account',
		'passkey',
		'person',
		'session',
		'verification',
	]);
	for (const { modelName, fields } of tables) {
		const columns = rows.filter(({ table_name }) => table_name === modelName);
		const expected = Object.entries(fields).map(([name, field]) => ({
			column: field.fieldName ?? name,
			type: String(field.type),
			required: field.required !== false,
		}));
		for (const { column, type, required } of expected) {
			const there = columns.find(({ column_name }) => column_name === column);
			expect(there, `${modelName}.${column}`).toBeDefined();
			expect(types[type], `${modelName}.${column} as ${type}`).toContain(there?.data_type);
			if (!required)
				expect(there?.is_nullable === 'YES' || there?.column_default !== null, column).toBe(true);
		}
		const given = new Set(['id', ...expected.map(({ column }) => column)]);
		const unasked = columns.filter(
			({ column_name, is_nullable, column_default }) =>
				!given.has(column_name) && is_nullable === 'NO' && column_default === null,
		);
		expect(unasked, modelName).toEqual([]);
	}
});

test('the nightly job deletes what has served and keeps what lives', async () => {
	const { platform } = town;
	const identity = (town as TestPlatform<{ identity: ReturnType<typeof createIdentity> }>).built.identity;
	const person = async (name: string, days: number, verified: boolean) => {
		const id = newId();
		await platform.pool.query(
			`INSERT INTO identity.person (id, name, email, email_verified, created_at)
			VALUES ($1, $2, $3, $4, now() - make_interval(days => $5))`,
			[id, name, `${id}@exemple.fr`, verified, days],
		);
		return id;
	};
	await person('never confirmed', 8, false);
	await person('not yet confirmed', 6, false);
	await person('old', 4000, true);
	const invited = await person('invited', 30, false);
	await platform.pool.query("INSERT INTO identity.role_grant (person_id, role) VALUES ($1, 'town:editor')", [
		invited,
	]);
	for (const [id, interval] of [
		['one', "'-1 hour'"],
		['two', "'1 hour'"],
	] as const)
		await platform.pool.query(
			`INSERT INTO identity.verification (id, identifier, value, expires_at)
			VALUES ($1, $2, '', now() + interval ${interval})`,
			[newId(), id],
		);
	await identity.purge();
	const left = async (sql: string) => (await platform.pool.query<{ x: string }>(sql)).rows.map(({ x }) => x);
	expect(await left('SELECT name AS x FROM identity.person ORDER BY name')).toEqual([
		'invited',
		'not yet confirmed',
		'old',
	]);
	expect(await left('SELECT identifier AS x FROM identity.verification')).toEqual(['two']);
});
