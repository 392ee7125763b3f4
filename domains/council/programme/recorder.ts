import { Readable } from 'node:stream';
import { newId } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { InitSegment, MediaSegment } from './fragments.ts';

export type RunSource = 'room' | 'rtmp' | 'srt' | 'file' | 'card';

/** Writes one run: each segment first whole into the files, then as a row, then followers hear of it. */
export interface Recorder {
	runId: string;
	/** @returns false when it was not kept: behind closed doors only the card is */
	write(segment: MediaSegment): Promise<boolean>;
	end(): Promise<void>;
}

const folder = (meetingId: string, runId: string) => `council/recording/${meetingId}/${runId}`;

/** @param startedAt the instant of the first picture */
export async function startRun(
	{ db, platform }: Pick<Context, 'db' | 'platform'>,
	meetingId: string,
	source: RunSource,
	startedAt: Date,
	init: InitSegment,
): Promise<Recorder> {
	const runId = newId();
	const video = init.tracks.find(({ kind }) => kind === 'video');
	const initKey = `${folder(meetingId, runId)}/init.mp4`;
	await platform.files.put(initKey, Readable.from([init.data]), { contentType: 'video/mp4' });
	await sql`
		INSERT INTO council.run (id, meeting_id, number, source, started_at, init_key, codecs, width, height)
		SELECT ${runId}, ${meetingId}, coalesce(max(number), 0) + 1, ${source}, ${startedAt}, ${initKey},
			${init.tracks.map(({ codec }) => codec).join(',')}, ${video?.width ?? 0}, ${video?.height ?? 0}
		FROM council.run WHERE meeting_id = ${meetingId}`.execute(db);
	let number = 0;

	return {
		runId,
		async write({ data, startsAtSeconds, durationSeconds }) {
			const key = `${folder(meetingId, runId)}/${number}.m4s`;
			await platform.files.put(key, Readable.from([data]), { contentType: 'video/mp4' });
			// The record is asked with each segment: nothing of the room is kept once it says that the doors are closed.
			const { rows } = await sql`
				WITH kept AS (
					INSERT INTO council.segment (run_id, number, starts_at_seconds, duration_seconds, bytes, file_key)
					SELECT ${runId}, ${number}, ${startsAtSeconds}, ${durationSeconds}, ${data.length}, ${key}
					WHERE ${source === 'card' || source === 'file'} OR NOT coalesce((
						SELECT (data->>'closed')::boolean FROM council.event
						WHERE meeting_id = ${meetingId} AND kind = 'doors' ORDER BY id DESC LIMIT 1), false)
					RETURNING run_id
				) SELECT pg_notify('council_meeting', ${`${meetingId} recorded`}) FROM kept`.execute(db);
			if (!rows.length) {
				await platform.files.delete(key);
				return false;
			}
			number++;
			return true;
		},
		async end() {
			await sql`
				WITH ended AS (UPDATE council.run SET ended_at = now() WHERE id = ${runId} RETURNING id)
				SELECT pg_notify('council_meeting', ${meetingId}) FROM ended`.execute(db);
		},
	};
}
