import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type pg from 'pg';

export interface MigrationSource {
	room: string;
	/** Folder of `NNNN_what.sql` files, run in the order of their names, each in one transaction. */
	folder: URL;
}

export interface Migration {
	room: string;
	name: string;
	sql: string;
	hash: string;
}

const lockKey = 7_263_001;

/** The migrations of the sources, in the order they run: source by source, then by name. */
export async function readMigrations(sources: readonly MigrationSource[]): Promise<Migration[]> {
	const found: Migration[] = [];
	for (const { room, folder } of sources) {
		const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
		for (const name of names) {
			const sql = await readFile(new URL(name, folder), 'utf8');
			found.push({ room, name, sql, hash: createHash('sha256').update(sql).digest('hex') });
		}
	}
	return found;
}

/**
 * Bring the database to the newest migrations. Several processes may call it at once: one works, the others wait.
 * @returns the migrations that ran, as `room/name`
 * @throws when a migration that already ran was changed since, or when one fails (it leaves no trace then)
 */
export async function migrate(pool: pg.Pool, sources: readonly MigrationSource[]): Promise<string[]> {
	const client = await pool.connect();
	try {
		await client.query('SELECT pg_advisory_lock($1)', [lockKey]);
		await client.query(`
			CREATE SCHEMA IF NOT EXISTS platform;
			CREATE TABLE IF NOT EXISTS platform.migration (
				room text NOT NULL, name text NOT NULL, hash text NOT NULL,
				ran_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (room, name)
			);
			CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
			CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;
			CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;
			CREATE EXTENSION IF NOT EXISTS cube SCHEMA public;
			CREATE EXTENSION IF NOT EXISTS earthdistance SCHEMA public;
		`);
		const { rows } = await client.query<{ room: string; name: string; hash: string }>(
			'SELECT room, name, hash FROM platform.migration',
		);
		const done = new Map(rows.map((row) => [`${row.room}/${row.name}`, row.hash]));
		const ran: string[] = [];
		for (const migration of await readMigrations(sources)) {
			const key = `${migration.room}/${migration.name}`;
			const hash = done.get(key);
			if (hash === migration.hash) continue;
			if (hash !== undefined)
				throw new Error(
					`migration ${key} was changed after it ran on this database; write a new one instead`,
				);
			try {
				await client.query('BEGIN');
				await client.query(migration.sql);
				await client.query('INSERT INTO platform.migration (room, name, hash) VALUES ($1, $2, $3)', [
					migration.room,
					migration.name,
					migration.hash,
				]);
				await client.query('COMMIT');
			} catch (error) {
				await client.query('ROLLBACK');
				throw new Error(`migration ${key} failed: ${(error as Error).message}`, { cause: error });
			}
			ran.push(key);
		}
		return ran;
	} finally {
		await client.query('SELECT pg_advisory_unlock($1)', [lockKey]).catch(() => {});
		client.release();
	}
}
