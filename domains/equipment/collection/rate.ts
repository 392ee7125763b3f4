import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import type { Context } from '../context.ts';

const windowSeconds = 3600;

/**
 * Take one, counted in the database so that all web processes count together; false when none is left in this hour. Whom it
 * is about is kept as a hash keyed by our secret and the day: it names nobody, and cannot be followed from day to day.
 */
export async function takeRate(context: Context, what: string, whom: string, most: number): Promise<boolean> {
	const now = context.now();
	const key = createHmac('sha256', context.platform.config.secret)
		.update(`parvis equipment rate\n${what}\n${now.toISOString().slice(0, 10)}\n${whom}`)
		.digest('base64url');
	const { taken } = await context.db
		.insertInto('equipment.rate')
		.values({ key, taken: 1, window_ends_at: new Date(now.getTime() + windowSeconds * 1000) })
		.onConflict((conflict) =>
			conflict.column('key').doUpdateSet({
				taken: sql`CASE WHEN rate.window_ends_at <= ${now}::timestamptz THEN 1 ELSE rate.taken + 1 END`,
				window_ends_at: sql`CASE WHEN rate.window_ends_at <= ${now}::timestamptz
					THEN excluded.window_ends_at ELSE rate.window_ends_at END`,
			}),
		)
		.returning('taken')
		.executeTakeFirstOrThrow();
	return taken <= most;
}
