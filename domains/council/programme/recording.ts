import { asId } from '@parvis/platform';
import { sql } from 'kysely';
import type { Db } from '../context.ts';
import type { MeetingEvent } from '../record.ts';
import { readSitting } from '../sitting.ts';
import type { Names } from './chapters.ts';
import type { RunSource } from './recorder.ts';
import type { Run } from './tape.ts';

export interface RecordedSegment {
	number: number;
	startsAtSeconds: number;
	durationSeconds: number;
	bytes: number;
	fileKey: string;
}

export interface RecordedRun {
	id: string;
	number: number;
	source: RunSource;
	startedAt: Date;
	endedAt: Date | null;
	initKey: string;
	codecs: string;
	width: number;
	height: number;
	segments: RecordedSegment[];
}

/** The runs of a meeting with their segments, in order. @param after leave out segments up to this number, by run */
export async function readRuns(
	from: Db,
	meetingId: string,
	after: ReadonlyMap<string, number> = new Map(),
): Promise<RecordedRun[]> {
	const { rows: runs } = await sql<Omit<RecordedRun, 'segments'>>`
		SELECT id, number, source, started_at AS "startedAt", ended_at AS "endedAt", init_key AS "initKey", codecs, width,
			height
		FROM council.run WHERE meeting_id = ${asId(meetingId)} ORDER BY number`.execute(from);
	return Promise.all(
		runs.map(async (run) => {
			const { rows: segments } = await sql<RecordedSegment>`
				SELECT number, starts_at_seconds AS "startsAtSeconds", duration_seconds AS "durationSeconds", bytes,
					file_key AS "fileKey"
				FROM council.segment WHERE run_id = ${run.id} AND number > ${after.get(run.id) ?? -1} ORDER BY number`.execute(
				from,
			);
			return { ...run, segments };
		}),
	);
}

/** All that chapters are made of. */
export interface Recording {
	title: string;
	runs: RecordedRun[];
	tape: Run[];
	/** Runs that show a card instead of the room. */
	cards: Set<string>;
	events: MeetingEvent[];
	names: Names;
}

/** Of segments the length of their run alone, as `tape.ts` has it. */
export function tapeOf(runs: readonly RecordedRun[]): Run[] {
	return runs.map(({ id, startedAt, segments }) => {
		const last = segments.at(-1);
		return { id, startedAt, seconds: last ? last.startsAtSeconds + last.durationSeconds : 0 };
	});
}

/** Null when there is no such meeting. */
export async function readRecording(from: Db, meetingId: string): Promise<Recording | null> {
	const sitting = await readSitting(from, meetingId, new Date());
	if (!sitting) return null;
	const [runs, { rows: documents }] = await Promise.all([
		readRuns(from, sitting.meeting.id),
		sql<{ id: string; title: string }>`
			SELECT annex.id, annex.title FROM council.annex LEFT JOIN council.item ON item.id = item_id
			WHERE annex.meeting_id = ${sitting.meeting.id} AND annex.public AND coalesce(item.public, true)
				AND withdrawn_at IS NULL`.execute(from),
	]);
	return {
		title: `${sitting.meeting.body} : ${sitting.meeting.title}`,
		runs,
		tape: tapeOf(runs),
		cards: new Set(runs.filter(({ source }) => source === 'card').map(({ id }) => id)),
		events: sitting.events,
		names: {
			items: new Map(sitting.items.map(({ id, title }) => [id, title])),
			seats: new Map(sitting.seats.map(({ id, name }) => [id, name])),
			documents: new Map(documents.map(({ id, title }) => [id, title])),
		},
	};
}
