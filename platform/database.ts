import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Logger } from './logging.ts';

export type { Transaction };

/** A transaction of any room's tables: what the ground's own writes (events, audit, jobs) join. */
// biome-ignore lint/suspicious/noExplicitAny: the tables differ by room and these writes name their own.
export type AnyTransaction = Transaction<any>;

// Counts and identity columns fit a double up to 2^53; a string there would be a trap in arithmetic.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
	const value = Number(text);
	if (!Number.isSafeInteger(value)) throw new RangeError(`bigint beyond 2^53: ${text}`);
	return value;
});
// A day is a day, `2026-11-24`: as a Date it would be the midnight of wherever the program runs.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

/**
 * A pool whose sessions speak UTC and whose lost connections are logged, not fatal: the next query gets a new one.
 * @param size most connections at once
 */
export function createPool(url: string, size: number, log: Logger): pg.Pool {
	const pool = new pg.Pool({
		connectionString: url,
		max: size,
		options: '-c timezone=UTC -c idle_in_transaction_session_timeout=60000',
		application_name: 'parvis',
		connectionTimeoutMillis: 10_000,
		keepAlive: true,
	});
	pool.on('error', (error) => {
		if (!pool.ending) log.warn({ reason: error.message }, 'database connection lost');
	});
	// A connection lost while it is borrowed says so itself, besides failing its query: unheard, that ends the process.
	pool.on('connect', (client) => client.on('error', () => {}));
	return pool;
}

/** Share of a process's connections that transactions may hold. */
const transactionShare = 0.4;

export interface Database {
	/** For single queries, and for connections that are kept. */
	pool: pg.Pool;
	/** Typed queries; its transactions have connections of their own. */
	kysely: Kysely<unknown>;
	end(): Promise<void>;
}

/**
 * Two pools: what a transaction asks beside itself, such as the names of people from another room, never waits for
 * transactions that wait for the same.
 * @param size most connections of both together
 */
export function createDatabase(url: string, size: number, log: Logger): Database {
	const held = Math.floor(size * transactionShare);
	const pool = createPool(url, size - held, log);
	const transactions = createPool(url, held, log);
	return {
		pool,
		kysely: new Queries(pool, transactions),
		end: async () => {
			await Promise.all([pool.end(), transactions.end()]);
		},
	};
}

class Queries extends Kysely<unknown> {
	readonly #transactions: Kysely<unknown>;

	constructor(pool: pg.Pool, transactions: pg.Pool) {
		super({ dialect: new PostgresDialect({ pool }) });
		this.#transactions = new Kysely({ dialect: new PostgresDialect({ pool: transactions }) });
	}

	override transaction() {
		return this.#transactions.transaction();
	}
}
