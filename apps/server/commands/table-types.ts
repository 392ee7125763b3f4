import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlatform, migrate, readConfiguration } from '@parvis/platform';
import pg from 'pg';
import { openDatabase } from '../host.ts';
import { migrationSources } from '../main.ts';
import { buildRooms } from '../town.ts';
import { root } from './command.ts';

interface Column {
	table_schema: string;
	table_name: string;
	column_name: string;
	udt_name: string;
	nullable: boolean;
	/** PostgreSQL fills it in by itself when it is left out. */
	defaulted: boolean;
	/** Never given by an insert: an identity or a computed column. */
	generated: boolean;
	/** Values of a CHECK (column IN (…)) constraint. */
	choices: string[] | null;
}

const scalar: Record<string, string> = {
	bool: 'boolean',
	bytea: 'Buffer',
	date: 'string',
	float4: 'number',
	float8: 'number',
	inet: 'string',
	int2: 'number',
	int4: 'number',
	int8: 'number',
	interval: 'string',
	jsonb: 'Json',
	numeric: 'string',
	regconfig: 'string',
	text: 'string',
	time: 'string',
	timestamptz: 'Date',
	tsvector: 'string',
	uuid: 'string',
};

function typeOf(column: Column): string {
	const array = column.udt_name.startsWith('_');
	const name = array ? column.udt_name.slice(1) : column.udt_name;
	const base = column.choices?.length
		? column.choices.map((choice) => `'${choice}'`).join(' | ')
		: (scalar[name] ?? 'unknown');
	const value = array ? (base.includes('|') ? `(${base})[]` : `${base}[]`) : base;
	const nullable = column.nullable ? `${value} | null` : value;
	if (column.generated) return `Generated<${nullable}>`;
	return column.defaulted ? `Defaulted<${nullable}>` : nullable;
}

/** Row types of one schema, as `tables.ts` holds them. */
function render(columns: readonly Column[]): string {
	const tables = Map.groupBy(columns, ({ table_schema, table_name }) => `${table_schema}.${table_name}`);
	const body = [...tables].map(
		([table, list]) =>
			`\t'${table}': {\n${list.map((column) => `\t\t${column.column_name}: ${typeOf(column)};`).join('\n')}\n\t};`,
	);
	const text = body.join('\n');
	const helpers = [
		text.includes('Json') && `type Json = ColumnType<unknown, string, string>;`,
		text.includes('Defaulted<') &&
			`type Defaulted<T> = T extends ColumnType<infer S, infer I, infer U>\n\t? ColumnType<S, I | undefined, U>\n\t: ColumnType<T, T | undefined, T>;`,
		text.includes('Generated<') && `type Generated<T> = ColumnType<T, never, never>;`,
	].filter((helper) => helper !== false);
	return `// Generated from the database by \`./parvis check --write\`.\n${
		helpers.length ? `import type { ColumnType } from 'kysely';\n\n${helpers.join('\n')}\n\n` : ''
	}export interface DB {\n${text}\n}\n`;
}

async function readColumns(url: string): Promise<Column[]> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		const { rows } = await client.query<Column>(`
			SELECT n.nspname AS table_schema, c.relname AS table_name, a.attname AS column_name, t.typname AS udt_name,
				NOT a.attnotnull AS nullable,
				d.oid IS NOT NULL AND a.attgenerated = '' AS defaulted,
				a.attidentity = 'a' OR a.attgenerated <> '' AS generated,
				(SELECT array(SELECT (regexp_matches(pg_get_constraintdef(k.oid), '''([A-Za-z_]+)''::text', 'g'))[1])
					FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]
						AND pg_get_constraintdef(k.oid) LIKE '%ANY (ARRAY%' LIMIT 1) AS choices
			FROM pg_attribute a
			JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
			JOIN pg_namespace n ON n.oid = c.relnamespace
			JOIN pg_type t ON t.oid = a.atttypid
			LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
			WHERE a.attnum > 0 AND NOT a.attisdropped
			ORDER BY 1, 2, a.attnum`);
		return rows;
	} finally {
		await client.end();
	}
}

/**
 * Compare each room's `tables.ts` with a freshly migrated database, or write it.
 * @throws with the rooms whose file differs
 */
export async function checkTableTypes(write: boolean): Promise<void> {
	const directory = await mkdtemp(join(tmpdir(), 'parvis-tables-'));
	await chmod(directory, 0o755);
	const { config, postgres } = await openDatabase(
		readConfiguration({ PARVIS_DATA: directory, PARVIS_LOG_LEVEL: 'error' }),
	);
	const platform = createPlatform(config);
	try {
		const { all } = buildRooms(platform);
		await migrate(platform.pool, migrationSources(all));
		const columns = await readColumns(config.databaseUrl ?? '');
		const stale: string[] = [];
		for (const { name, folder } of [
			{ name: 'platform', folder: 'platform' },
			...all.map((room) => ({ name: room.name, folder: `domains/${room.name}` })),
		]) {
			const path = `${root}${folder}/tables.ts`;
			const wanted = render(
				columns.filter(({ table_schema, table_name }) => table_schema === name && table_name !== 'migration'),
			);
			if ((await readFile(path, 'utf8').catch(() => '')) === wanted) continue;
			if (write) await writeFile(path, wanted);
			else stale.push(`${folder}/tables.ts`);
		}
		if (stale.length)
			throw new Error(`not as the database is: ${stale.join(', ')}; run ./parvis check --write`);
	} finally {
		await platform.stop();
		await postgres?.stop();
		await rm(directory, { recursive: true, force: true });
	}
}
