import { type Actor, ok, type Result, refuse } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import type { Context, Db } from './context.ts';
import { mayManage, mayModerate, mayReview } from './policies.ts';
import type { DB } from './tables.ts';

/** What one account may do within an hour; more is a machine, or a person who should take a breath. */
export const mostAnHour = { ideas: 5, comments: 30, reports: 20 } as const;

const counted = {
	ideas: sql`participation.idea WHERE status <> 'draft' AND author_id = `,
	comments: sql`participation.comment WHERE author_id = `,
	reports: sql`participation.report WHERE reporter_id = `,
};

/** Refuse what goes beyond the hour's measure. One transaction a person at a time, so that the count holds. */
export async function withinRate(
	context: Context,
	trx: Transaction<DB>,
	personId: string,
	kind: keyof typeof mostAnHour,
): Promise<Result<null>> {
	await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`participation ${personId}`}, 0))`.execute(trx);
	const hourAgo = new Date(context.now().getTime() - 3_600_000);
	const { rows } = await sql<{ count: number }>`
		SELECT count(*)::int AS count FROM ${counted[kind]} ${personId} AND created_at > ${hourAgo}`.execute(trx);
	return (rows[0]?.count ?? 0) < mostAnHour[kind] ? ok(null) : refuse('participation.too_many');
}

/** Whether what somebody writes waits for a moderator: their first contribution does, agents' do not. */
export async function waitsForModerator(trx: Db, actor: Actor & { id: string }): Promise<boolean> {
	if (mayModerate(actor) || mayReview(actor) || mayManage(actor)) return false;
	const { rows } = await sql<{ known: boolean }>`
		SELECT EXISTS (SELECT FROM participation.idea WHERE author_id = ${actor.id} AND published_at IS NOT NULL
				AND status <> 'hidden')
			OR EXISTS (SELECT FROM participation.comment WHERE author_id = ${actor.id} AND status = 'published') AS known`.execute(
		trx,
	);
	return !rows[0]?.known;
}

/** Whether ideas of a call may be supported and joined now: from the first proposal until the vote or the works begin. */
export async function isShaping(context: Context, db: Db, callId: string): Promise<boolean> {
	const now = context.now();
	const { rows } = await sql<{ open: boolean }>`
		SELECT bool_or(phase.kind IN ('proposing', 'reviewing') AND starts_at <= ${now})
			AND NOT bool_or(phase.kind IN ('voting', 'executing') AND starts_at <= ${now})
			AND bool_or(ends_at IS NULL OR ends_at > ${now}) AS open
		FROM participation.phase JOIN participation.call ON call.id = call_id
		WHERE call_id = ${callId} AND status = 'published'`.execute(db);
	return rows[0]?.open ?? false;
}

/** Whether a call is going on: people may comment from its first phase to its last. */
export async function isGoingOn(context: Context, db: Db, callId: string): Promise<boolean> {
	const now = context.now();
	const { rows } = await sql<{ open: boolean }>`
		SELECT bool_or(starts_at <= ${now}) AND bool_or(ends_at IS NULL OR ends_at > ${now}) AS open
		FROM participation.phase JOIN participation.call ON call.id = call_id
		WHERE call_id = ${callId} AND status = 'published'`.execute(db);
	return rows[0]?.open ?? false;
}
