import { sql } from 'kysely';
import type { Db } from '../context.ts';
import type { RecordedPart } from './audio.ts';

/** A run of a recording, and how far it is put in words. */
export interface RecordedRun {
	id: string;
	startedAt: Date;
	initKey: string;
	/** Nothing is added to it any more. */
	ended: boolean;
	recordedSeconds: number;
	doneSeconds: number;
}

/** Runs of a meeting that are not wholly in words, in order. */
export async function unfinishedRuns(from: Db, meetingId: string): Promise<RecordedRun[]> {
	const { rows } = await sql<RecordedRun>`
		SELECT run.id, started_at AS "startedAt", init_key AS "initKey",
			run.ended_at IS NOT NULL OR started_at + recorded * interval '1 second' < now() - interval '2 minutes' OR EXISTS (
				SELECT FROM council.run later WHERE later.meeting_id = run.meeting_id AND later.number > run.number) AS ended,
			recorded AS "recordedSeconds", coalesce(until_seconds, 0) AS "doneSeconds"
		FROM council.run LEFT JOIN council.caption_progress progress ON progress.run_id = run.id
		CROSS JOIN LATERAL (SELECT coalesce(max(starts_at_seconds + duration_seconds), 0) AS recorded
			FROM council.segment WHERE run_id = run.id) AS tape
		WHERE run.meeting_id = ${meetingId} AND NOT coalesce(finished, false) ORDER BY number`.execute(from);
	return rows;
}

/** Meetings with something to put in words, those that are held now first. */
export async function meetingsToCaption(from: Db): Promise<{ id: string; live: boolean }[]> {
	const { rows } = await sql<{ id: string; live: boolean }>`
		SELECT meeting.id, meeting.status = 'open' AS live FROM council.meeting
		WHERE EXISTS (SELECT FROM council.run LEFT JOIN council.caption_progress progress ON progress.run_id = run.id
				WHERE run.meeting_id = meeting.id AND NOT coalesce(finished, false))
			OR (meeting.status <> 'open' AND EXISTS (SELECT FROM council.caption_skip JOIN council.run ON run.id = run_id
				WHERE run.meeting_id = meeting.id))
		ORDER BY live DESC, starts_at DESC LIMIT 50`.execute(from);
	return rows;
}

/** Segments of a run that overlap a time of it. */
export async function partsOf(
	from: Db,
	runId: string,
	fromSeconds: number,
	untilSeconds: number,
): Promise<RecordedPart[]> {
	const { rows } = await sql<RecordedPart>`
		SELECT file_key AS "fileKey", starts_at_seconds AS "startsAtSeconds", duration_seconds AS "durationSeconds"
		FROM council.segment WHERE run_id = ${runId} AND starts_at_seconds < ${untilSeconds}
			AND starts_at_seconds + duration_seconds > ${fromSeconds + 0.001} ORDER BY number`.execute(from);
	return rows;
}
