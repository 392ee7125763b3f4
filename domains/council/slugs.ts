import { sql } from 'kysely';
import type { Db } from './context.ts';

/** What stands in an address for a name, not taken yet: lower case, no accents, words joined by `-`. */
export async function slugFor(
	trx: Db,
	table: 'council.body' | 'council.meeting',
	name: string,
): Promise<string> {
	const base =
		name
			.replaceAll(/[œŒ]/g, 'oe')
			.normalize('NFD')
			.replaceAll(/\p{M}/gu, '')
			.toLowerCase()
			.replaceAll(/[^a-z0-9]+/g, '-')
			.slice(0, 80)
			.replaceAll(/^-+|-+$/g, '') || 'seance';
	const { rows } = await sql<{ slug: string }>`SELECT slug FROM ${sql.table(table)}
		WHERE slug = ${base} OR slug LIKE ${`${base}-%`}`.execute(trx);
	const taken = new Set(rows.map(({ slug }) => slug));
	let slug = base;
	for (let n = 2; taken.has(slug); n++) slug = `${base}-${n}`;
	return slug;
}
