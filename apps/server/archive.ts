import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { type Configuration, createPlatform, migrate, readMigrations } from '@parvis/platform';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { migrationSources } from './main.ts';
import { buildRooms } from './town.ts';

/** What an archive holds; written last, so that a directory without it is no archive. */
interface Manifest {
	format: 1;
	createdAt: string;
	migrations: { room: string; name: string; hash: string }[];
	tables: { name: string; columns: string[]; rows: number; file: string; sha256: string }[];
	sequences: { name: string; value: number }[];
	files: { path: string; sha256: string }[];
}

export interface ArchiveSummary {
	tables: number;
	rows: number;
	files: number;
}

/** Thrown when an archive or a target does not fit; the message says what to do. */
export class ArchiveError extends Error {}

async function sha256(path: string): Promise<string> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(path), hash);
	return hash.digest('hex');
}

const quote = (name: string) =>
	name
		.split('.')
		.map((part) => `"${part.replaceAll('"', '""')}"`)
		.join('.');

/**
 * Write database and local files to a directory that must not exist yet: one gzipped COPY a table, all read from
 * one snapshot while the town runs on. Files in S3 are the bucket's own to back up.
 * @param config with a `databaseUrl`
 */
export async function writeArchive(config: Configuration, directory: string): Promise<ArchiveSummary> {
	if (await stat(directory).catch(() => null))
		throw new ArchiveError(`${directory} exists already: name a new one`);
	const partial = `${directory}.partial`;
	await rm(partial, { recursive: true, force: true });
	await mkdir(join(partial, 'tables'), { recursive: true, mode: 0o700 });
	const client = new pg.Client({ connectionString: config.databaseUrl ?? '' });
	await client.connect();
	try {
		await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
		const { rows: migrations } = await client.query<Manifest['migrations'][number]>(
			'SELECT room, name, hash FROM platform.migration ORDER BY ran_at, room, name',
		);
		const schemas = [...new Set(['platform', ...migrations.map(({ room }) => room)])];
		const { rows: tables } = await client.query<{ name: string; columns: string[] }>(
			`SELECT n.nspname || '.' || c.relname AS name,
				array(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0
					AND NOT attisdropped AND attgenerated = '' ORDER BY attnum) AS columns
			FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE (n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'migration')
				OR (n.nspname = 'pgboss' AND c.relname = 'job')
			ORDER BY name`,
			[schemas],
		);
		const manifest: Manifest = {
			format: 1,
			createdAt: new Date().toISOString(),
			migrations,
			tables: [],
			sequences: [],
			files: [],
		};
		for (const { name, columns } of tables) {
			const file = `tables/${name}.copy.gz`;
			// Jobs that ended need not come along, and those that ran are to run again.
			const condition = name === 'pgboss.job' ? ` WHERE state < 'completed'` : '';
			const copy = client.query(
				copyTo(`COPY (SELECT ${columns.map(quote).join(', ')} FROM ${quote(name)}${condition}) TO STDOUT`),
			);
			await pipeline(copy, createGzip({ level: 1 }), createWriteStream(join(partial, file)));
			manifest.tables.push({
				name,
				columns,
				rows: copy.rowCount,
				file,
				sha256: await sha256(join(partial, file)),
			});
		}
		const { rows: sequences } = await client.query<{ name: string; value: number | null }>(
			`SELECT schemaname || '.' || sequencename AS name, last_value AS value
			FROM pg_sequences WHERE schemaname = ANY ($1)`,
			[schemas],
		);
		for (const { name, value } of sequences) if (value !== null) manifest.sequences.push({ name, value });
		await client.query('COMMIT');

		const source = join(config.dataDir, 'files');
		const entries = config.s3
			? []
			: await readdir(source, { recursive: true, withFileTypes: true }).catch(() => []);
		for (const entry of entries) {
			if (!entry.isFile() || entry.name.endsWith('.partial')) continue;
			const path = relative(source, join(entry.parentPath, entry.name));
			const target = join(partial, 'files', path);
			await mkdir(dirname(target), { recursive: true });
			await pipeline(createReadStream(join(source, path)), createWriteStream(target));
			manifest.files.push({ path, sha256: await sha256(target) });
		}
		await writeFile(join(partial, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
		await rename(partial, directory);
		return summary(manifest);
	} catch (error) {
		await rm(partial, { recursive: true, force: true });
		throw error;
	} finally {
		await client.end();
	}
}

function summary({ tables, files }: Manifest): ArchiveSummary {
	return {
		tables: tables.length,
		rows: tables.reduce((sum, { rows }) => sum + rows, 0),
		files: files.length,
	};
}

/** The archive's table of contents, after every file in it was found whole. @throws {ArchiveError} naming what is damaged */
async function readManifest(directory: string): Promise<Manifest> {
	const text = await readFile(join(directory, 'manifest.json'), 'utf8').catch(() => {
		throw new ArchiveError(`${directory} is no archive: it has no manifest.json`);
	});
	let manifest: Manifest;
	try {
		manifest = JSON.parse(text) as Manifest;
	} catch {
		throw new ArchiveError(`${directory}/manifest.json is damaged; nothing was changed`);
	}
	if (manifest.format !== 1)
		throw new ArchiveError('this archive was written by a newer version; nothing was changed');
	const parts = [
		...manifest.tables.map(({ file, sha256 }) => ({ path: file, sha256 })),
		...manifest.files.map(({ path, sha256 }) => ({ path: join('files', path), sha256 })),
	];
	for (const part of parts) {
		const found = await sha256(join(directory, part.path)).catch(() => null);
		if (found !== part.sha256)
			throw new ArchiveError(
				`${part.path} in the archive is ${found ? 'damaged' : 'missing'}; nothing was changed`,
			);
	}
	return manifest;
}

/**
 * Read an archive into a database without a town, in one transaction: all of it or nothing.
 * @throws {ArchiveError} when the archive is damaged, comes from other migrations, or a town is there already
 */
export async function readArchive(config: Configuration, directory: string): Promise<ArchiveSummary> {
	const manifest = await readManifest(directory);
	const platform = createPlatform(config);
	try {
		const { all } = buildRooms(platform);
		const known = new Map(
			(await readMigrations(migrationSources(all))).map((m) => [`${m.room}/${m.name}`, m.hash]),
		);
		const foreign = manifest.migrations.find(({ room, name, hash }) => known.get(`${room}/${name}`) !== hash);
		if (foreign)
			throw new ArchiveError(
				`the archive needs the migration ${foreign.room}/${foreign.name}, which this version does not have; restore with the version that wrote it`,
			);
		const { rows: there } = await platform.pool.query<{ tables: number }>(
			`SELECT count(*) AS tables FROM pg_namespace WHERE nspname = ANY ($1)`,
			[all.map(({ name }) => name)],
		);
		if (there[0]?.tables)
			throw new ArchiveError(
				'a town is there already: restore into an empty database (a new --data DIR, or a new DATABASE_URL)',
			);
		await migrate(platform.pool, migrationSources(all));
		// Job queues are pg-boss' own tables, made when jobs start.
		await platform.jobs.start(false);
		await platform.jobs.stop();
		const client = await platform.pool.connect();
		try {
			await client.query('BEGIN');
			// Triggers and foreign keys saw these rows once; replica mode takes them as they are.
			await client.query('SET LOCAL session_replication_role = replica');
			for (const { name, columns, file, rows } of manifest.tables) {
				await client.query(`DELETE FROM ${quote(name)}`);
				const copy = client.query(
					copyFrom(`COPY ${quote(name)} (${columns.map(quote).join(', ')}) FROM STDIN`),
				);
				await pipeline(createReadStream(join(directory, file)), createGunzip(), copy);
				if (copy.rowCount !== rows)
					throw new ArchiveError(`${name}: ${copy.rowCount} rows instead of ${rows}`);
			}
			for (const { name, value } of manifest.sequences)
				await client.query('SELECT setval($1, $2)', [quote(name), value]);
			await client.query(`UPDATE pgboss.job SET state = 'retry' WHERE state = 'active'`);
			for (const { path } of manifest.files) {
				const target = join(config.dataDir, 'files', path);
				await mkdir(dirname(target), { recursive: true });
				await pipeline(createReadStream(join(directory, 'files', path)), createWriteStream(target));
			}
			await client.query('COMMIT');
		} catch (error) {
			await client.query('ROLLBACK');
			throw error;
		} finally {
			client.release();
		}
		return summary(manifest);
	} finally {
		await platform.stop();
	}
}
