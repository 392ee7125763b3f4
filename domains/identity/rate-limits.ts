import { type Kysely, sql } from 'kysely';
import type { Secrets } from './secrets.ts';
import type { DB } from './tables.ts';

export interface Limit {
	/** What is limited: `sign-in.email`. */
	what: string;
	/** How many within a window. */
	most: number;
	windowSeconds: number;
}

/** Counted in the database, so that all web processes count together. */
export interface RateLimits {
	/** Take one; false when none is left in this window. `whom` is kept as a keyed hash only. */
	take(limit: Limit, whom: string): Promise<boolean>;
	/** Forget what was taken: a right password clears the wrong ones before it. */
	clear(limit: Limit, whom: string): Promise<void>;
}

export const limits = {
	/** Passwords tried on one account since the last right one, from wherever. Its other ways in stay open. */
	attemptsOnAccount: { what: 'attempt.account', most: 10, windowSeconds: 900 },
	/** From one address: a whole town hall may share it. */
	attemptsFromAddress: { what: 'attempt.address', most: 120, windowSeconds: 900 },
	lettersToAddress: { what: 'letter.email', most: 5, windowSeconds: 3600 },
	lettersFromAddress: { what: 'letter.address', most: 30, windowSeconds: 3600 },
	codes: { what: 'code', most: 8, windowSeconds: 900 },
} satisfies Record<string, Limit>;

export function createRateLimits(db: Kysely<DB>, secrets: Secrets): RateLimits {
	const keyOf = ({ what }: Limit, whom: string) => `${what}:${secrets.keyedHash(whom)}`;
	return {
		async take(limit, whom) {
			const end = sql<Date>`now() + make_interval(secs => ${limit.windowSeconds})`;
			const { taken } = await db
				.insertInto('identity.rate')
				.values({ key: keyOf(limit, whom), taken: 1, window_ends_at: end })
				.onConflict((conflict) =>
					conflict.column('key').doUpdateSet({
						taken: sql`CASE WHEN rate.window_ends_at <= now() THEN 1 ELSE rate.taken + 1 END`,
						window_ends_at: sql`CASE WHEN rate.window_ends_at <= now() THEN excluded.window_ends_at ELSE rate.window_ends_at END`,
					}),
				)
				.returning('taken')
				.executeTakeFirstOrThrow();
			return taken <= limit.most;
		},
		async clear(limit, whom) {
			await db.deleteFrom('identity.rate').where('key', '=', keyOf(limit, whom)).execute();
		},
	};
}
