import { asId } from '@parvis/platform';
import { sql } from 'kysely';
import type { Db } from '../context.ts';

/** What was recorded of a meeting: its runs one after the other, without the time between them. */
export interface Run {
	id: string;
	startedAt: Date;
	/** How much of it is recorded. */
	seconds: number;
}

/** Read the runs of a meeting, in order. */
export async function readTape(from: Db, meetingId: string): Promise<Run[]> {
	const { rows } = await sql<Run>`
		SELECT run.id, started_at AS "startedAt", coalesce(max(starts_at_seconds + duration_seconds), 0) AS seconds
		FROM council.run LEFT JOIN council.segment ON run_id = run.id
		WHERE meeting_id = ${asId(meetingId)} GROUP BY run.id ORDER BY run.number`.execute(from);
	return rows;
}

/**
 * Where an instant is in the recording, in seconds from its beginning. An instant that was not recorded is where the next
 * run begins; one before the recording is its beginning, one after it its end. Null when nothing is recorded.
 */
export function positionOf(tape: readonly Run[], at: Date): number | null {
	let before = 0;
	for (const { startedAt, seconds } of tape) {
		const into = (at.getTime() - startedAt.getTime()) / 1000;
		if (into < 0) return before;
		if (into < seconds) return before + into;
		before += seconds;
	}
	return tape.length ? before : null;
}

/** The instant that a position shows; the last one recorded for what lies behind the end. Null when nothing is recorded. */
export function instantOf(tape: readonly Run[], position: number): Date | null {
	let left = Math.max(0, position);
	for (const { startedAt, seconds } of tape) {
		if (left < seconds) return new Date(startedAt.getTime() + left * 1000);
		left -= seconds;
	}
	const last = tape.at(-1);
	return last ? new Date(last.startedAt.getTime() + last.seconds * 1000) : null;
}
