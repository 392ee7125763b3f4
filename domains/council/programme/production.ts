import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { paths } from '../context.ts';
import type { Video } from '../room/face.ts';
import { startCapture } from './capture.ts';
import type { InitSegment, MediaSegment } from './fragments.ts';
import { listeningAddress, needsEncoding, startCard, startIngest } from './ingest.ts';
import { createPushes } from './push.ts';
import { type Recorder, type RunSource, startRun } from './recorder.ts';
import { ingestKey } from './secrets.ts';
import type { Take } from './take.ts';

const stalledMilliseconds = 12_000;
const firstSegmentMilliseconds = 30_000;
const longestBackoffMilliseconds = 15_000;
/** What a stranger does at the door of a camera desk must not keep the desk itself waiting. */
const listeningBackoffMilliseconds = 500;
/** Segments that wait for the database before a run is given up. */
const mostWaitingSegments = 60;
const writeAttempts = 40;
const writeRetryMilliseconds = 1000;
/** How long the programme goes on after the close. */
const tailMilliseconds = 8000;

/** The programme of one meeting while this process keeps it. */
export interface Production {
	/** Look at the record and at what the desk wants again. */
	look(): Promise<void>;
	/** Leave it as it is: another process may go on with it. */
	leave(): Promise<void>;
	ended: Promise<void>;
}

interface Wanted {
	wanted: boolean;
	source: 'room' | 'rtmp' | 'srt';
	slug: string;
	closed: boolean;
	doors: boolean;
}

/** One way of filling a run, and why it was ended by us. */
interface Current {
	source: RunSource;
	take: Take | null;
	cut: boolean;
}

/**
 * Keeps one run after the other for as long as the programme is wanted: the room or the camera desk, the card behind
 * closed doors; what fails is begun again.
 * @param finished called once the programme is over for good
 */
export function startProduction(
	context: Context,
	video: Pick<Video, 'programmeToken'>,
	meetingId: string,
	finished: () => Promise<void>,
): Production {
	const { db, platform } = context;
	const { config, log } = platform;
	const pushes = createPushes(context, meetingId);
	let current: Current | null = null;
	let leaving = false;
	let over = false;
	let encode = false;
	let failures = 0;
	/** The last run ended before any picture came of a camera desk. */
	let listened = false;
	let tail: NodeJS.Timeout | null = null;
	let wake: () => void = () => {};

	async function read(): Promise<Wanted | null> {
		const { rows } = await sql<Wanted>`
			SELECT wanted, source, slug, meeting.status IN ('closed', 'cancelled') AS closed, coalesce((
				SELECT (data->>'closed')::boolean FROM council.event
				WHERE event.meeting_id = meeting.id AND kind = 'doors' ORDER BY event.id DESC LIMIT 1), false) AS doors
			FROM council.programme JOIN council.meeting ON meeting.id = meeting_id
			WHERE meeting_id = ${meetingId}`.execute(db);
		return rows[0] ?? null;
	}

	async function note(
		state: string,
		problem: string | null = null,
		detail: string | null = null,
	): Promise<void> {
		await sql`
			WITH noted AS (
				UPDATE council.programme SET state = ${state}, problem = ${problem}, problem_detail = ${detail},
					state_since = CASE WHEN state = ${state} THEN state_since ELSE now() END
				WHERE meeting_id = ${meetingId} AND (state, problem, problem_detail) IS DISTINCT FROM (${state}, ${problem}, ${detail})
				RETURNING meeting_id
			) SELECT pg_notify('council_meeting', ${meetingId}) FROM noted`
			.execute(db)
			.catch(() => {});
	}

	const sourceOf = (now: Wanted): RunSource => (now.doors && !now.closed ? 'card' : now.source);

	/** End the current run at once where it no longer shows what it should. */
	async function look(): Promise<void> {
		const now = await read();
		if (over || leaving) return;
		if (now?.closed && now.wanted) {
			tail ??= setTimeout(() => void end(), tailMilliseconds);
		}
		if (!now?.wanted) return void (await end());
		if (current && current.source !== sourceOf(now)) {
			current.cut = true;
			// Opening the doors need not hurry, closing them must.
			await current.take?.kill();
		}
		await pushes.refresh();
		wake();
	}

	async function end(): Promise<void> {
		if (over) return;
		over = true;
		if (tail) clearTimeout(tail);
		wake();
		await current?.take?.stop();
	}

	async function open(
		source: RunSource,
		slug: string,
		onSegment: Parameters<typeof startCard>[0],
	): Promise<Take> {
		if (source === 'card') return startCard(onSegment);
		if (source === 'rtmp' || source === 'srt') {
			const place = {
				host: config.programme.host,
				port: config.programme[source === 'rtmp' ? 'rtmpPort' : 'srtPort'],
			};
			return startIngest(
				source,
				listeningAddress(source, place, ingestKey(config.secret, meetingId)),
				encode,
				onSegment,
			);
		}
		return startCapture({
			url: new URL(paths.broadcast(slug), `${config.programme.siteUrl ?? config.publicUrl}/`).href,
			async entry() {
				const entry = await video.programmeToken(meetingId);
				return entry.ok ? entry.value : null;
			},
			onSegment,
		});
	}

	/** One run, from its opening to its end. @returns why it ended when that was not wanted */
	async function run(now: Wanted): Promise<string | null> {
		listened = false;
		const source = sourceOf(now);
		const mine: Current = { source, take: null, cut: false };
		current = mine;
		let recorder: Recorder | null = null;
		let writing: Promise<void> = Promise.resolve();
		let waiting = 0;
		let problem: string | null = null;
		let heard = Date.now();
		let any = false;
		const stop = (reason: string): void => {
			problem ??= reason;
			void mine.take?.kill();
		};

		async function keep(segment: InitSegment | MediaSegment, startedAt: Date): Promise<void> {
			if (mine.cut) return;
			if (segment.kind === 'init') {
				recorder = await startRun(context, meetingId, source, startedAt, segment);
				pushes.begin(segment.data);
				return;
			}
			if (!recorder) return;
			if (!(await recorder.write(segment))) return stop('closed doors');
			if (mine.cut) return;
			pushes.segment(segment.data);
			if (any) return;
			any = true;
			failures = 0;
			const encoded = encode && (source === 'rtmp' || source === 'srt');
			await note(source === 'card' ? 'card' : 'live', encoded ? 'council.programme_encoding' : null);
		}

		function take(segment: InitSegment | MediaSegment, startedAt: Date): void {
			heard = Date.now();
			if (++waiting > mostWaitingSegments) {
				stop('the recording does not keep up');
				return;
			}
			writing = writing
				.then(() =>
					retried(
						() => keep(segment, startedAt),
						() => mine.cut,
					),
				)
				.catch((error: Error) => stop(error.message))
				.finally(() => {
					waiting--;
				});
		}

		const watch = setInterval(() => {
			const listens = (source === 'rtmp' || source === 'srt') && !any;
			if (listens || !mine.take) return;
			if (Date.now() - heard > (any ? stalledMilliseconds : firstSegmentMilliseconds))
				stop('no picture arrives');
		}, 1000);
		try {
			await note('starting', source === 'rtmp' || source === 'srt' ? 'council.programme_waits' : null);
			const opened = await open(source, now.slug, take);
			mine.take = opened;
			// What was decided while it started.
			if (over || leaving || mine.cut) await opened.kill();
			else await look();
			const outcome = await opened.ended;
			await writing;
			if (mine.cut || over || leaving) return null;
			return problem ?? outcome.reason;
		} catch (error) {
			return (error as Error).message.split('\n')[0] ?? 'unknown';
		} finally {
			clearInterval(watch);
			listened = (source === 'rtmp' || source === 'srt') && !any;
			current = null;
			pushes.pause();
			const kept = recorder as Recorder | null;
			await kept?.end().catch(() => {});
		}
	}

	async function keepOn(): Promise<void> {
		await pushes.refresh().catch(() => {});
		while (!over && !leaving) {
			let reason: string | null = null;
			try {
				const now = await read();
				if (!now?.wanted) break;
				reason = await run(now);
			} catch (error) {
				reason = (error as Error).message;
			}
			if (reason === null || over || leaving) continue;
			if (reason === needsEncoding) encode = true;
			else {
				if (!listened) failures++;
				log.warn({ meeting: meetingId, reason }, 'the programme was interrupted');
			}
			await note(
				'retrying',
				reason === needsEncoding ? 'council.programme_encoding' : 'council.programme_failed',
				reason.slice(0, 300),
			);
			const delay = listened
				? listeningBackoffMilliseconds
				: Math.min(longestBackoffMilliseconds, 500 * 2 ** Math.min(failures, 5));
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, delay);
				// The desk may stop it meanwhile; a change of doors need not wait either.
				wake = () => {
					if (!over && !leaving) return;
					clearTimeout(timer);
					resolve();
				};
			});
		}
		if (tail) clearTimeout(tail);
		await pushes.stop();
		if (!leaving) await finished();
	}

	return {
		look,
		async leave() {
			leaving = true;
			if (tail) clearTimeout(tail);
			wake();
			await current?.take?.stop();
			await this.ended;
		},
		ended: keepOn(),
	};
}

/** What the database or the store refuses for a while is tried again; the picture waits in memory. */
async function retried(work: () => Promise<void>, given: () => boolean): Promise<void> {
	for (let attempt = 1; ; attempt++)
		try {
			return await work();
		} catch (error) {
			if (attempt >= writeAttempts || given()) throw error;
			await new Promise((resolve) => setTimeout(resolve, writeRetryMilliseconds));
		}
}
