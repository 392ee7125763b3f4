import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Signals } from '../signals.ts';
import { audioInit, audioSegment } from './audio-only.ts';
import { masterPlaylist, mediaPlaylist } from './playlists.ts';
import { type RecordedRun, readRuns } from './recording.ts';

/** A playlist or a part of it, as it goes to every viewer. */
export interface Shelved {
	body: Buffer;
	/** The same, compressed; null where that is not worth it. */
	gzip: Buffer | null;
}

/**
 * What viewers of a meeting are given, made once for all of them. Each process has its own; it follows the recording
 * by its signals.
 */
export interface Shelf {
	/** Null when nothing is recorded, or no longer offered. @param audio the sound alone @param skip what a delta leaves out */
	playlist(meetingId: string, options: { audio: boolean; skip: boolean }): Promise<Shelved | null>;
	/** Wait, a few seconds at most, until the playlist holds the segment of this sequence number. */
	until(meetingId: string, sequence: number): Promise<void>;
	master(meetingId: string): Promise<Shelved | null>;
	init(meetingId: string, runId: string, audio: boolean): Promise<Buffer | null>;
	segment(meetingId: string, runId: string, number: number, audio: boolean): Promise<Buffer | null>;
}

interface Stored {
	runs: RecordedRun[];
	ended: boolean;
	deleted: boolean;
	read: number;
	playlists: Map<string, Shelved>;
	waiting: Set<() => void>;
}

const mostMeetings = 50;
const mostBytes = 96 * 1024 * 1024;
/** A follower that missed a signal is this much behind at most. */
const freshMilliseconds = 5000;
const longestWaitMilliseconds = 6000;
const leastCompressedBytes = 1024;

function shelved(text: string): Shelved {
	const body = Buffer.from(text);
	return { body, gzip: body.length < leastCompressedBytes ? null : gzipSync(body, { level: 4 }) };
}

export function createShelf({ db, platform }: Context, signals: Signals): Shelf {
	const meetings = new Map<string, Stored>();
	const reading = new Map<string, Promise<Stored | null>>();
	const files = new Map<string, Promise<Buffer | null>>();
	const sizes = new Map<string, number>();
	let bytes = 0;

	async function read(meetingId: string): Promise<Stored | null> {
		const known = meetings.get(meetingId);
		const { rows } = await sql<{ ended: boolean; deleted: boolean }>`
			SELECT NOT coalesce(wanted, false) AS ended, deleted_at IS NOT NULL AS deleted
			FROM council.meeting LEFT JOIN council.programme ON meeting_id = meeting.id
			WHERE meeting.id = ${meetingId} AND meeting.status <> 'draft'`.execute(db);
		const [row] = rows;
		if (!row) return null;
		const after = new Map(
			(known?.runs ?? []).flatMap(({ id, segments }) => {
				const last = segments.at(-1);
				return last ? [[id, last.number] as const] : [];
			}),
		);
		const fresh = await readRuns(db, meetingId, after);
		const before = new Map((known?.runs ?? []).map((run) => [run.id, run.segments]));
		const stored: Stored = {
			runs: fresh.map((run) => ({ ...run, segments: [...(before.get(run.id) ?? []), ...run.segments] })),
			ended: row.ended,
			deleted: row.deleted,
			read: Date.now(),
			playlists: new Map(),
			waiting: known?.waiting ?? new Set(),
		};
		meetings.delete(meetingId);
		meetings.set(meetingId, stored);
		for (const [old, { waiting }] of meetings) {
			if (meetings.size <= mostMeetings) break;
			if (!waiting.size) meetings.delete(old);
		}
		for (const wake of stored.waiting) wake();
		return stored;
	}

	/** One reading at a time for each meeting, whoever asks. */
	function refresh(meetingId: string): Promise<Stored | null> {
		const running = reading.get(meetingId);
		if (running) return running;
		const started = read(meetingId).finally(() => reading.delete(meetingId));
		reading.set(meetingId, started);
		return started;
	}

	async function stored(meetingId: string): Promise<Stored | null> {
		const known = meetings.get(meetingId);
		if (known && (known.ended || Date.now() - known.read < freshMilliseconds)) return known;
		return refresh(meetingId);
	}

	const heard = (meetingId: string | null) => {
		for (const id of meetings.keys())
			if (meetingId === null || id === meetingId)
				void (reading.get(id) ?? Promise.resolve())
					.catch(() => {})
					.then(() => refresh(id))
					.catch(() => meetings.delete(id));
	};
	signals.hear(heard);
	signals.hearRecorded(heard);

	/** A file that many ask for is read once, and the latest are kept. */
	function file(key: string, make: (content: Buffer) => Buffer | null | Promise<Buffer | null>, name = key) {
		const held = files.get(name);
		if (held) return held;
		const made = (async () => {
			const content = await platform.files.get(key);
			return content ? make(await buffer(content)) : null;
		})();
		files.set(name, made);
		made.then(
			(content) => {
				if (!content) return void files.delete(name);
				sizes.set(name, content.length);
				bytes += content.length;
				for (const [oldest, size] of sizes) {
					if (bytes <= mostBytes) break;
					sizes.delete(oldest);
					files.delete(oldest);
					bytes -= size;
				}
			},
			() => files.delete(name),
		);
		return made;
	}

	async function runOf(meetingId: string, runId: string): Promise<RecordedRun | null> {
		const meeting = await stored(meetingId);
		if (!meeting || meeting.deleted) return null;
		return meeting.runs.find(({ id }) => id === runId) ?? null;
	}

	const wholeInit = (run: RecordedRun) => file(run.initKey, (content) => content);

	return {
		async playlist(meetingId, { audio, skip }) {
			const meeting = await stored(meetingId);
			if (!meeting || meeting.deleted || !meeting.runs.some(({ segments }) => segments.length)) return null;
			const name = `${audio} ${skip}`;
			const known = meeting.playlists.get(name);
			if (known) return known;
			const text = mediaPlaylist({ runs: meeting.runs, ended: meeting.ended, audio, skip });
			const made = shelved(text);
			meeting.playlists.set(name, made);
			return made;
		},

		async until(meetingId, sequence) {
			const deadline = Date.now() + longestWaitMilliseconds;
			for (;;) {
				const meeting = await stored(meetingId);
				const count = meeting?.runs.reduce((sum, { segments }) => sum + segments.length, 0) ?? 0;
				// Who asks for what is far ahead is not kept waiting.
				if (!meeting || meeting.ended || count > sequence || sequence > count + 3) return;
				const left = deadline - Date.now();
				if (left <= 0) return;
				await new Promise<void>((resolve) => {
					const done = () => {
						clearTimeout(timer);
						meeting.waiting.delete(done);
						resolve();
					};
					const timer = setTimeout(done, Math.min(left, freshMilliseconds));
					meeting.waiting.add(done);
				});
			}
		},

		async master(meetingId) {
			const meeting = await stored(meetingId);
			if (!meeting || meeting.deleted) return null;
			const recorded = meeting.runs.filter(({ segments }) => segments.length);
			const run = recorded.find(({ source }) => source !== 'card') ?? recorded[0];
			if (!run) return null;
			const peak = Math.max(
				...run.segments.slice(-200).map(({ bytes: size, durationSeconds }) => (size * 8) / durationSeconds),
			);
			const text = masterPlaylist({ ...run, bitsPerSecond: Math.max(peak, 300_000) });
			return shelved(text);
		},

		async init(meetingId, runId, audio) {
			const run = await runOf(meetingId, runId);
			if (!run) return null;
			return audio ? file(run.initKey, audioInit, `${run.initKey} audio`) : wholeInit(run);
		},

		async segment(meetingId, runId, number, audio) {
			const run = await runOf(meetingId, runId);
			const segment = run?.segments[number];
			if (!run || segment?.number !== number) return null;
			if (!audio) return file(segment.fileKey, (content) => content);
			const init = await wholeInit(run);
			return (
				init && file(segment.fileKey, (content) => audioSegment(init, content), `${segment.fileKey} audio`)
			);
		},
	};
}
