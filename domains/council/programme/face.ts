import type { Actor, Result } from '@parvis/platform';
import type { Chapter, ChapterKind } from './chapters.ts';

export type { Chapter, ChapterKind };

/** Where the picture comes from: the room's broadcast page, or the town's own camera desk. */
export type ProgrammeSource = 'room' | 'rtmp' | 'srt';

/** How a destination fares in a meeting. */
export interface PushState {
	destinationId: string;
	name: string;
	state: 'waiting' | 'connecting' | 'live' | 'retrying' | 'ended';
	/** What the sending program said last, without address or key. */
	problem: string | null;
	failures: number;
	since: Date | null;
}

/** For the desk. */
export interface ProgrammeState {
	wanted: boolean;
	source: ProgrammeSource;
	automatic: boolean;
	/** `card`: the card of closed doors stands. */
	state: 'off' | 'starting' | 'live' | 'card' | 'retrying';
	/** Message key. */
	problem: string | null;
	detail: string | null;
	since: Date | null;
	destinations: PushState[];
	/** Seconds recorded so far. */
	seconds: number;
	/** Where a camera desk sends to; of its own machine's view, the host may be another. */
	ingest: { rtmpUrl: string; rtmpKey: string; srtUrl: string };
	/** Programs that this machine lacks, by their names. */
	missing: string[];
}

/** What the public may watch of a meeting. */
export interface VideoState {
	/** `soon`: it begins with the meeting; `interrupted`: it comes back by itself. */
	status: 'none' | 'soon' | 'live' | 'interrupted' | 'replay' | 'deleted';
	seconds: number;
	startedAt: Date | null;
	/** The card of closed doors stands now. */
	card: boolean;
	/** Path of the HLS master playlist, null while nothing is recorded. */
	playlist: string | null;
	/** The whole recording, once it is made. */
	mp4: { path: string; bytes: number } | null;
	/** Runs of the recording, to map instants to seconds. */
	tape: { startedAt: Date; seconds: number }[];
}

export interface Destination {
	id: string;
	name: string;
	url: string;
	/** The key itself is never shown again. */
	hasKey: boolean;
	enabled: boolean;
}

/** A meeting out to the public: broadcast, recorded, replayed. */
export interface Programme {
	/** Begin, or change where the picture comes from. */
	start(actor: Actor, meetingId: string, input?: { source?: ProgrammeSource }): Promise<Result<null>>;
	stop(actor: Actor, meetingId: string): Promise<Result<null>>;
	/** Whether it begins by itself with the opening of the meeting. */
	setAutomatic(actor: Actor, meetingId: string, input: unknown): Promise<Result<null>>;
	state(actor: Actor, meetingId: string): Promise<Result<ProgrammeState>>;
	/** For everybody. Null for a meeting that is not there, or not convened. */
	video(meetingId: string): Promise<VideoState | null>;
	/** Those of many meetings at once, for lists; meetings without a video are left out. */
	videos(meetingIds: readonly string[]): Promise<Map<string, 'live' | 'replay'>>;
	/** Meetings that are live now. */
	live(): Promise<{ slug: string; title: string; body: string; url: string }[]>;
	/** Places to jump to. Empty while nothing is recorded. */
	chapters(meetingId: string): Promise<Chapter[]>;
	/** Take a recording away for good. Its times in the record stay. */
	deleteRecording(actor: Actor, meetingId: string): Promise<Result<null>>;
	/**
	 * A recording made of what ffmpeg reads, for demonstrations. Its picture is to be H.264 or raw, encoded then.
	 * @param ffmpegArgs inputs and maps, such as `['-f', 'lavfi', '-i', 'testsrc2=d=10']`
	 */
	recordFile(meetingId: string, startedAt: Date, ffmpegArgs: readonly string[]): Promise<void>;
	destinations: {
		list(actor: Actor): Promise<Result<Destination[]>>;
		create(actor: Actor, input: unknown): Promise<Result<{ id: string }>>;
		/** An empty key keeps the one there is. */
		change(actor: Actor, id: string, input: unknown): Promise<Result<null>>;
		remove(actor: Actor, id: string): Promise<Result<null>>;
		/** Send two seconds of a still picture there. */
		test(actor: Actor, id: string): Promise<Result<null>>;
	};
}
