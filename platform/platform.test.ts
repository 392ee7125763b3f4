import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMessages, newId, type Platform, system } from './index.ts';
import { createTestPlatform, type TestPlatform, until } from './testing.ts';

let town: TestPlatform<object>;
let platform: Platform;
const delivered: { id: string; payload: { n: number } }[] = [];
let refusals = 1;

beforeAll(async () => {
	town = await createTestPlatform((platform) => {
		platform.events.subscribe<{ n: number }>('test', 'test.thing.happened', async (event) => {
			if (refusals-- > 0) throw new Error('not yet');
			delivered.push(event);
		});
		platform.jobs.define('test.later', {}, async () => {});
		return {};
	});
	platform = town.platform;
});
afterAll(() => town.close());

describe('ids', () => {
	test('sort in the order they were made and never repeat', () => {
		const ids = Array.from({ length: 20_000 }, newId);
		expect(ids.toSorted()).toEqual(ids);
		expect(new Set(ids).size).toBe(ids.length);
		expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	});
});

test('transactions that ask something beside themselves do not wait for each other', async () => {
	const db = platform.db<unknown>();
	const done = await Promise.all(
		Array.from({ length: 30 }, () =>
			db.transaction().execute(async (trx) => {
				await sql`SELECT 1`.execute(trx);
				return sql<{ one: number }>`SELECT 1 AS one`.execute(db);
			}),
		),
	);
	expect(done.every(({ rows }) => rows[0]?.one === 1)).toBe(true);
});

describe('events', () => {
	test('reach their subscriber after the commit, though it fails at first', async () => {
		await platform
			.db<unknown>()
			.transaction()
			.execute((trx) => platform.events.publish(trx, 'test.thing.happened', { n: 1 }));
		const [event] = await until(() => delivered.length > 0 && delivered);
		expect(event?.payload).toEqual({ n: 1 });
	});

	test('are never delivered when the transaction is rolled back', async () => {
		// The queue's own housekeeping is there too, at any moment.
		const jobsOf = async (n: number) => {
			const { rows } = await sql<{ count: number }>`
				SELECT count(*)::int AS count FROM pgboss.job WHERE data -> 'payload' ->> 'n' = ${String(n)}`.execute(
				platform.db(),
			);
			return rows[0]?.count;
		};
		await expect(
			platform
				.db<unknown>()
				.transaction()
				.execute(async (trx) => {
					await platform.events.publish(trx, 'test.thing.happened', { n: 2 });
					throw new Error('undone');
				}),
		).rejects.toThrow('undone');
		expect(await jobsOf(1)).toBe(1);
		expect(await jobsOf(2)).toBe(0);
	});
});

describe('jobs', () => {
	test('of the same key wait once, within a transaction too; without a key each waits for itself', async () => {
		const startAfter = new Date(Date.now() + 3_600_000);
		const send = (singletonKey?: string) =>
			platform.jobs.send('test.later', {}, { startAfter, ...(singletonKey && { singletonKey }) });
		expect(await send('a')).toBeTruthy();
		expect(await send('a')).toBeNull();
		expect(await send('b')).toBeTruthy();
		expect(await Promise.all([send(), send()])).not.toContain(null);
		await platform
			.db<unknown>()
			.transaction()
			.execute(async (trx) => {
				const within = { trx, startAfter, singletonKey: 'c' };
				expect(await platform.jobs.send('test.later', {}, within)).toBeTruthy();
				expect(await platform.jobs.send('test.later', {}, within)).toBeNull();
			});
	});
});

describe('audit log', () => {
	test('chains entries written at once by several transactions', async () => {
		await Promise.all(
			Array.from({ length: 20 }, (_, n) =>
				platform.audit.record(null, {
					actor: system,
					action: 'test.thing.done',
					subject: `thing:${n}`,
					detail: { n },
				}),
			),
		);
		const verification = await platform.audit.verify();
		expect(verification).toMatchObject({ intact: true, entries: 20 });
		expect(await platform.audit.list({ action: 'test.', limit: 5 })).toHaveLength(5);
	});

	test('refuses change, and shows one made behind its back', async () => {
		await expect(sql`UPDATE platform.audit_entry SET action = 'x'`.execute(platform.db())).rejects.toThrow(
			'append-only',
		);
		await expect(sql`DELETE FROM platform.audit_entry`.execute(platform.db())).rejects.toThrow('append-only');
		await sql`ALTER TABLE platform.audit_entry DISABLE TRIGGER append_only`.execute(platform.db());
		await sql`UPDATE platform.audit_entry SET detail = '{"n": 99}' WHERE sequence = 7`.execute(platform.db());
		expect(await platform.audit.verify()).toEqual({ intact: false, entries: 20, brokenAt: 7 });
	});
});

describe('mail', () => {
	test('without a server is kept for the outbox page, once its transaction commits', async () => {
		const letter = { to: 'camille@example.org', subject: 'Bonjour', text: 'Corps' };
		await platform
			.db<unknown>()
			.transaction()
			.execute(async (trx) => {
				await platform.mail.send(letter, trx);
				throw new Error('undone');
			})
			.catch(() => {});
		expect(await platform.mail.list()).toEqual([]);
		await platform.mail.send(letter);
		expect(await platform.mail.list()).toMatchObject([{ ...letter, status: 'kept' }]);
	});
});

describe('messages', () => {
	test('fill blanks, choose the plural, and fall back to the key', () => {
		const messages = createMessages();
		messages.add({
			fr: { 'x.n_one': '{count} capteur', 'x.n_other': '{count} capteurs' },
			en: { 'x.n_one': '{count} sensor', 'x.n_other': '{count} sensors' },
		});
		expect(messages.t('fr', 'x.n', { count: 0 })).toBe('0 capteur');
		expect(messages.t('en', 'x.n', { count: 0 })).toBe('0 sensors');
		expect(messages.t('fr', 'x.unknown')).toBe('x.unknown');
		fc.assert(fc.property(fc.string(), (name) => messages.t('fr', `x.${name}?`) === `x.${name}?`));
	});

	test('refuse a sentence in one language only', () => {
		expect(() => createMessages().add({ fr: { a: 'a' }, en: {} })).toThrow('a');
	});
});
