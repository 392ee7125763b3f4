import { sql, type Transaction } from 'kysely';
import type { DB } from '../tables.ts';

export type Trx = Transaction<DB>;

/** The next number that people say aloud: `D-2026-0042`. Made within the transaction: none is left out, none comes twice. */
export async function nextNumber(trx: Trx, kind: 'D' | 'C', year: number): Promise<string> {
	const { last } = await trx
		.insertInto('equipment.policy_counter')
		.values({ kind, year, last: 1 })
		.onConflict((conflict) =>
			conflict.columns(['kind', 'year']).doUpdateSet({ last: sql`policy_counter.last + 1` }),
		)
		.returning('last')
		.executeTakeFirstOrThrow();
	return `${kind}-${year}-${String(last).padStart(4, '0')}`;
}
