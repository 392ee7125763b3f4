import type { Kysely, Transaction } from 'kysely';
import { type Result, refuse } from './result.ts';

/** A refusal thrown from deep inside a transaction, which it undoes. */
export class Refusal extends Error {
	readonly detail: Record<string, string | number> | undefined;
	constructor(error: string, detail?: Record<string, string | number>) {
		super(error);
		this.detail = detail;
	}
}

/** A transaction that a refusal, returned or thrown, undoes. */
export async function changing<Tables, Value>(
	db: Kysely<Tables>,
	work: (trx: Transaction<Tables>) => Promise<Result<Value>>,
): Promise<Result<Value>> {
	try {
		return await db.transaction().execute(async (trx) => {
			const outcome = await work(trx);
			if (!outcome.ok) throw new Refusal(outcome.error, outcome.detail);
			return outcome;
		});
	} catch (error) {
		if (error instanceof Refusal) return refuse(error.message, error.detail);
		throw error;
	}
}
