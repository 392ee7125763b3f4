import type { Actor } from '@parvis/platform';
import { sql } from 'kysely';
import type { Db } from '../context.ts';

/** Whether a position of every reference is known among rows with an id and an external id. */
export function byReference<Row extends { id: string; external_id: string | null }>(
	rows: readonly Row[],
): (reference: string) => Row | undefined {
	const known = new Map<string, Row>();
	for (const row of rows) {
		known.set(row.id, row);
		if (row.external_id) known.set(row.external_id, row);
	}
	return (reference) => known.get(reference);
}

/** Those who save what has this external id at once come one after the other: the second finds what the first made. */
export async function oneByOne(trx: Db, externalId: string | null | undefined): Promise<void> {
	if (!externalId) return;
	await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`operations waste ${externalId}`}, 0))`.execute(
		trx,
	);
}

/** Who an action is written down as. */
export const nameOf = (actor: Actor): string => actor.displayName || 'Parvis';

/** Plans of today and later no longer fit what was changed; their pages say so until they are made anew. */
export async function markPlansStale(
	db: Db,
	today: string,
	reason: string,
	until: string | null = null,
): Promise<void> {
	await db
		.updateTable('operations.waste_plan')
		.set({ stale_reason: reason, version: sql`version + 1` })
		.where('day', '>=', today)
		.$if(until !== null, (query) => query.where('day', '<=', until ?? ''))
		.execute();
}
