import { newId } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import type { Context } from '../context.ts';
import type { MeetingEvent } from '../record.ts';
import { readSitting } from '../sitting.ts';
import type { DB } from '../tables.ts';
import { heardThroughout, type SpeakerSpan, speakerOf, speakerSpans } from './attribution.ts';
import { decode, UnreadableSound } from './audio.ts';
import { linesOf } from './lines.ts';
import { cutAtPause, mostWindowSeconds } from './pauses.ts';
import { partsOf, type RecordedRun, unfinishedRuns } from './recorded.ts';
import { type SpokenText, samplesPerSecond, type Transcriber, TranscriptionError } from './transcriber.ts';

/** Live captions that trail by more leave out what is between, for after the meeting. */
const mostLagSeconds = 30;
/** Looked at beyond a window, to find the pause that ends it. */
const lookAheadSeconds = 2;
/** A change of the floor is clicked about when the other begins: the pause next to it is where to cut. */
const floorSlackSeconds = 1;
const shortestSeconds = 0.4;

/** A time of a run in words. */
interface Step {
	/** It is done up to here, in seconds of the run. */
	next: number;
	lines: SpokenText[];
}

/** A time of a run that is to be put in words. */
interface Stretch {
	run: RecordedRun;
	from: number;
	until: number;
	/** Nothing will be added behind `until`. */
	final: boolean;
}

/** Puts the recordings of meetings in words, piece by piece; each piece and how far it reaches are written together. */
export function createCaptioner(context: Context, transcriber: Transcriber, language: string) {
	const { db, platform } = context;
	const { log, files } = platform;

	/** The next piece of a stretch; null when it is wiser to wait for more. */
	async function piece(
		{ run, from, until, final }: Stretch,
		spans: readonly SpeakerSpan[],
		prompt: string,
		signal: AbortSignal | undefined,
	): Promise<Step | null> {
		const inRun = spans.map((span) => ({
			seatId: span.seatId,
			from: (span.from.getTime() - run.startedAt.getTime()) / 1000,
			until: span.until ? (span.until.getTime() - run.startedAt.getTime()) / 1000 : Number.POSITIVE_INFINITY,
		}));
		const first = inRun.findIndex((span) => span.until > from + 0.001);
		const current = inRun[first];
		if (!current || current.from >= until) return { next: until, lines: [] };
		if (current.from > from) return { next: current.from, lines: [] };

		// Public time without a break around `from`, and the first change of speaker in it.
		let publicFrom = current.from;
		for (let n = first - 1; n >= 0 && inRun[n]?.until === publicFrom; n--)
			publicFrom = inRun[n]?.from ?? publicFrom;
		let publicUntil = current.until;
		let change = current.until;
		for (let n = first + 1; n < inRun.length && inRun[n]?.from === publicUntil; n++) {
			if (change < from + shortestSeconds) change = inRun[n]?.until ?? change;
			publicUntil = inRun[n]?.until ?? publicUntil;
		}
		const end = Math.min(until, publicUntil);
		if (end - from < shortestSeconds) return end === until && !final ? null : { next: end, lines: [] };
		const limit = Math.min(end, from + mostWindowSeconds + lookAheadSeconds, change + floorSlackSeconds);
		const parts = await partsOf(db, run.id, from, limit);
		const [head] = parts;
		if (!head) return { next: end, lines: [] };
		// Its beginning was not public: nothing of such a segment is decoded.
		if (publicFrom > head.startsAtSeconds + 0.05)
			return { next: Math.min(end, head.startsAtSeconds + head.durationSeconds), lines: [] };

		let samples: Awaited<ReturnType<typeof decode>>;
		try {
			samples = await decode(files, run.initKey, parts, limit - head.startsAtSeconds, signal);
		} catch (error) {
			if (!(error instanceof UnreadableSound)) throw error;
			log.warn({ reason: error.message }, 'captions: a part of a recording cannot be read');
			return { next: Math.min(end, head.startsAtSeconds + head.durationSeconds), lines: [] };
		}
		const cutOff = (seconds: number) => Math.max(0, Math.round(seconds * samplesPerSecond));
		samples = samples.slice(cutOff(from - head.startsAtSeconds));
		let ends = final ? limit === end : limit === publicUntil;
		if (change <= limit && change < end) {
			const at = quietestAround(samples, change - from);
			samples = samples.slice(0, cutOff(at));
			ends = true;
		}
		const window = cutAtPause(samples, ends);
		if (!window) return null;
		const next = Math.min(end, from + window.endSeconds);
		if (!window.speech) return { next, lines: [] };
		const { startSeconds, endSeconds } = window.speech;
		try {
			const spoken = await transcriber.transcribe(samples.slice(cutOff(startSeconds), cutOff(endSeconds)), {
				language,
				...(prompt && { prompt }),
				...(signal && { signal }),
			});
			return {
				next,
				lines: linesOf(
					spoken.map((one) => ({
						startSeconds: from + startSeconds + one.startSeconds,
						endSeconds: Math.min(next, from + startSeconds + one.endSeconds),
						text: one.text,
					})),
				),
			};
		} catch (error) {
			if (!(error instanceof TranscriptionError) || error.reason !== 'refused') throw error;
			log.warn({ reason: error.message }, 'captions: a piece of sound was refused');
			return { next, lines: [] };
		}
	}

	/** Write the lines of a piece, if the public heard all of it as the record stands now. */
	async function write(
		trx: Transaction<DB>,
		meetingId: string,
		run: RecordedRun,
		lines: readonly SpokenText[],
		chairId: string | null,
		live: boolean,
	): Promise<void> {
		const instant = (seconds: number) => new Date(run.startedAt.getTime() + Math.round(seconds * 1000));
		const { rows: events } = await sql<{ id: string; at: Date; kind: string; data: unknown }>`
			SELECT id::text, at, kind, data FROM council.event WHERE meeting_id = ${meetingId} ORDER BY event.id`.execute(
			trx,
		);
		const spans = speakerSpans(events as MeetingEvent[], chairId);
		const { rows: kept } = await sql<{ from: Date; until: Date }>`
			SELECT starts_at AS from, starts_at + duration_seconds * interval '1 second' AS until FROM council.caption
			WHERE meeting_id = ${meetingId} AND version > 1`.execute(trx);
		const rows = lines.flatMap(({ startSeconds, endSeconds, text }) => {
			const [from, until] = [instant(startSeconds), instant(endSeconds)];
			if (!heardThroughout(spans, from, new Date(until.getTime() - 20))) return [];
			// What a person has corrected stands.
			const middle = (from.getTime() + until.getTime()) / 2;
			if (kept.some((one) => one.from.getTime() <= middle && middle < one.until.getTime())) return [];
			return [
				{
					id: newId(),
					meeting_id: meetingId,
					starts_at: from,
					duration_seconds: Math.max(0.2, (until.getTime() - from.getTime()) / 1000),
					text,
					seat_id: speakerOf(spans, from, until),
					provider: transcriber.name,
				},
			];
		});
		if (rows.length) await trx.insertInto('council.caption').values(rows).execute();
		const last = rows.at(-1);
		const delay =
			last && live
				? (context.now().getTime() - last.starts_at.getTime()) / 1000 - last.duration_seconds
				: null;
		await sql`INSERT INTO council.captioning (meeting_id, provider, error, delay_seconds, changed_at)
			VALUES (${meetingId}, ${transcriber.name}, '', ${delay}, ${context.now()})
			ON CONFLICT (meeting_id) DO UPDATE SET provider = excluded.provider, error = '', changed_at = excluded.changed_at,
				delay_seconds = coalesce(excluded.delay_seconds, captioning.delay_seconds)
			WHERE captioning.error <> '' OR excluded.delay_seconds IS NOT NULL`.execute(trx);
	}

	/** How far a run is done, from what this process believed; false when another process was faster. */
	async function reach(
		trx: Transaction<DB>,
		run: RecordedRun,
		next: number,
		finished: boolean,
	): Promise<boolean> {
		const { rows } = await sql`
			INSERT INTO council.caption_progress AS known (run_id, until_seconds, finished)
			SELECT ${run.id}, ${next}, ${finished} WHERE ${run.doneSeconds === 0} OR EXISTS (
				SELECT FROM council.caption_progress WHERE run_id = ${run.id})
			ON CONFLICT (run_id) DO UPDATE SET until_seconds = ${next}, finished = ${finished}
			WHERE known.until_seconds = ${run.doneSeconds} RETURNING run_id`.execute(trx);
		return rows.length > 0;
	}

	async function lastWords(meetingId: string, before: Date): Promise<string> {
		const { rows } = await sql<{ text: string }>`
			SELECT text FROM council.caption WHERE meeting_id = ${meetingId} AND NOT removed AND starts_at < ${before}
			ORDER BY starts_at DESC, id DESC LIMIT 3`.execute(db);
		return rows
			.map(({ text }) => text)
			.reverse()
			.join(' ')
			.slice(-200);
	}

	/** Do the next piece of a meeting. @returns whether there was one */
	async function step(meetingId: string, signal: AbortSignal | undefined): Promise<boolean> {
		const runs = await unfinishedRuns(db, meetingId);
		const sitting = await readSitting(db, meetingId, context.now());
		if (!sitting) return false;
		const live = sitting.meeting.status === 'open';
		const { chairId } = sitting.around;
		const spans = speakerSpans(sitting.events, chairId);
		const promptFor = (run: RecordedRun, seconds: number) =>
			lastWords(meetingId, new Date(run.startedAt.getTime() + seconds * 1000));

		for (const run of runs) {
			const { doneSeconds: from, recordedSeconds: until, ended } = run;
			if (until - from < 0.01 && !ended) continue;
			if (live && until - from > mostLagSeconds) {
				const now = Math.max(from, until - shortestSeconds);
				await db.transaction().execute(async (trx) => {
					if (!(await reach(trx, run, now, false))) return;
					await sql`INSERT INTO council.caption_skip (run_id, from_seconds, until_seconds)
						VALUES (${run.id}, ${from}, ${now})`.execute(trx);
				});
				return true;
			}
			const done =
				until - from < 0.01
					? { next: until, lines: [] }
					: await piece({ run, from, until, final: ended }, spans, await promptFor(run, from), signal);
			if (!done) continue;
			await db.transaction().execute(async (trx) => {
				if (await reach(trx, run, done.next, ended && done.next >= until - 0.01))
					await write(trx, meetingId, run, done.lines, chairId, live);
			});
			return true;
		}

		if (live) return false;
		const { rows: skips } = await sql<RecordedRun & { from: number; until: number }>`
			SELECT run.id, started_at AS "startedAt", init_key AS "initKey", from_seconds AS from, until_seconds AS until
			FROM council.caption_skip JOIN council.run ON run.id = run_id WHERE meeting_id = ${meetingId}
			ORDER BY number, from_seconds LIMIT 1`.execute(db);
		const [skip] = skips;
		if (!skip) return false;
		const stretch = { run: skip, from: skip.from, until: skip.until, final: true };
		const done = await piece(stretch, spans, await promptFor(skip, skip.from), signal);
		const next = done?.next ?? skip.until;
		await db.transaction().execute(async (trx) => {
			const { rows } = await (next >= skip.until - 0.01
				? sql`DELETE FROM council.caption_skip WHERE run_id = ${skip.id} AND until_seconds = ${skip.until}
					AND from_seconds = ${skip.from} RETURNING run_id`
				: sql`UPDATE council.caption_skip SET from_seconds = ${next} WHERE run_id = ${skip.id}
					AND until_seconds = ${skip.until} AND from_seconds = ${skip.from} RETURNING run_id`
			).execute(trx);
			if (rows.length) await write(trx, meetingId, skip, done?.lines ?? [], chairId, false);
		});
		return true;
	}

	return {
		/**
		 * Put in words what can be by now, in one process at a time.
		 * @param more asked before each piece: whether to go on
		 * @returns false when another process is at it
		 * @throws {TranscriptionError} when the provider does not do its part; the desk is told
		 */
		async advance(
			meetingId: string,
			signal?: AbortSignal,
			more: () => boolean = () => true,
		): Promise<boolean> {
			const client = await platform.pool.connect();
			// A lost connection lets the lock go; what is written then is guarded by how far it believed to be.
			let lost = false;
			client.on('error', () => {
				lost = true;
			});
			const key = [`council.captions`, meetingId];
			try {
				const { rows } = await client.query<{ mine: boolean }>(
					'SELECT pg_try_advisory_lock(hashtext($1), hashtext($2)) AS mine',
					key,
				);
				if (!rows[0]?.mine) return false;
				while (!signal?.aborted && more() && (await step(meetingId, signal)));
				return true;
			} catch (error) {
				if (signal?.aborted) return true;
				if (error instanceof TranscriptionError)
					await sql`INSERT INTO council.captioning (meeting_id, provider, error, changed_at)
						VALUES (${meetingId}, ${transcriber.name}, ${error.message.slice(0, 300)}, ${context.now()})
						ON CONFLICT (meeting_id) DO UPDATE SET provider = excluded.provider, error = excluded.error,
							changed_at = excluded.changed_at WHERE captioning.error <> excluded.error`.execute(db);
				throw error;
			} finally {
				if (!lost)
					await client.query('SELECT pg_advisory_unlock(hashtext($1), hashtext($2))', key).catch(() => {
						lost = true;
					});
				client.release(lost);
			}
		},
	};
}

export type Captioner = ReturnType<typeof createCaptioner>;

/** The quietest moment within a second of a change, in seconds. */
function quietestAround(samples: Int16Array, seconds: number): number {
	const half = 0.05 * samplesPerSecond;
	const from = Math.max(shortestSeconds, seconds - floorSlackSeconds) * samplesPerSecond;
	const until = Math.min(samples.length - half, (seconds + floorSlackSeconds) * samplesPerSecond);
	let best = Math.min(seconds * samplesPerSecond, samples.length);
	let least = Number.POSITIVE_INFINITY;
	for (let at = from; at <= until; at += half) {
		let sum = 0;
		for (let n = Math.round(at - half); n < at + half; n++) sum += (samples[n] ?? 0) ** 2;
		// Of moments alike, the one nearest to the change.
		const cost = sum * (1 + Math.abs(at / samplesPerSecond - seconds) / 4) + 1;
		if (cost < least) [best, least] = [at, cost];
	}
	return best / samplesPerSecond;
}
