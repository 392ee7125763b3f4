import { asId } from '@parvis/platform';
import { sql } from 'kysely';
import type { Db } from '../context.ts';
import { positionOf, type Run, readTape } from '../programme/tape.ts';
import type { Caption } from './face.ts';

export interface CaptionRow {
	id: string;
	starts_at: Date;
	duration_seconds: number;
	text: string;
	seat_id: string | null;
	speaker: string;
	version: number;
	machine: boolean;
}

export const captionColumns = sql`caption.id, starts_at, duration_seconds, text, seat_id,
	coalesce(seat.name, caption.speaker) AS speaker, version, provider <> '' AS machine`;

export const shownCaption = (row: CaptionRow, tape: readonly Run[]): Caption => ({
	id: row.id,
	startsAt: row.starts_at,
	durationSeconds: row.duration_seconds,
	position: positionOf(tape, row.starts_at),
	text: row.text,
	seatId: row.seat_id,
	speaker: row.speaker,
	corrected: row.version > 1 || !row.machine,
	version: row.version,
});

export async function readCaptions(
	from: Db,
	meetingId: string,
	{ after, limit, newest }: { after?: Date; limit?: number; newest?: number } = {},
): Promise<Caption[]> {
	const [tape, { rows }] = await Promise.all([
		readTape(from, meetingId),
		sql<CaptionRow>`
			SELECT ${captionColumns} FROM council.caption LEFT JOIN council.seat ON seat.id = seat_id
			WHERE meeting_id = ${asId(meetingId)} AND NOT removed ${after ? sql`AND starts_at >= ${after}` : sql``}
			ORDER BY starts_at ${newest ? sql`DESC` : sql``}, caption.id ${newest ? sql`DESC` : sql``}
			${(newest ?? limit) ? sql`LIMIT ${newest ?? limit}` : sql``}`.execute(from),
	]);
	const captions = rows.map((row) => shownCaption(row, tape));
	return newest ? captions.reverse() : captions;
}
