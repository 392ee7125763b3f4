import type { Actor, Result } from '@parvis/platform';

/** One line of what was said. */
export interface Caption {
	id: string;
	startsAt: Date;
	durationSeconds: number;
	/** Seconds from the beginning of the recording; null when it is not recorded any more. */
	position: number | null;
	text: string;
	seatId: string | null;
	/** Name of who spoke; empty when it is not known. */
	speaker: string;
	/** A person has corrected it. */
	corrected: boolean;
	version: number;
}

/** A line as it was, until somebody replaced it. */
export interface CaptionVersion {
	version: number;
	text: string;
	speaker: string;
	removed: boolean;
	replacedAt: Date;
	/** Account of who replaced it; null when it is forgotten. */
	replacedBy: string | null;
}

export interface CaptionStatus {
	/** What puts speech in words here; null when the town has configured nothing. */
	provider: string | null;
	/**
	 * `none`: nothing configured, nothing there. `waiting`: nothing recorded yet. `working`: keeps up or is being completed.
	 * `failing`: the provider does not answer, tried again. `complete`: all that is recorded is in words.
	 */
	state: 'none' | 'waiting' | 'working' | 'failing' | 'complete';
	lines: number;
	corrected: number;
	/** Of the recording, not in words yet. */
	pendingSeconds: number;
	/** From the end of what was said to its caption, of the last live line. */
	delaySeconds: number | null;
	/** Why the last try failed, as the provider's answer says, without secrets. */
	error: string;
}

/** Some seconds of a recording. */
export interface Clip {
	/** Fragmented MP4. */
	content: Uint8Array<ArrayBuffer>;
	/** Where the asked position is in it: it begins with a whole segment. */
	offsetSeconds: number;
}

export type TranscriptFormat = 'vtt' | 'srt' | 'txt';

export interface Captions {
	/** How the captions of a meeting fare, for everybody. */
	status(meetingId: string): Promise<CaptionStatus>;
	/** The lines of a meeting that everybody may see, in order; at most `limit` (default all) beginning after an instant. */
	list(meetingId: string, query?: { after?: Date; limit?: number }): Promise<Caption[]>;
	/** The transcript as a file by slug or id of a meeting that everybody may see; null when there is none. */
	file(reference: string, format: TranscriptFormat): Promise<string | null>;
	/**
	 * Hear the newest lines of a meeting now and whenever some are written or corrected.
	 * @returns call it to leave; null when this process follows too many already
	 */
	follow(
		meetingId: string,
		listener: { captions(newest: Caption[]): void; end(): void },
	): Promise<(() => void) | null>;
	/** End every follower: the process stops. */
	close(): void;

	/**
	 * Correct a line. `version` is the one that was read: when somebody was first, `council.caption_changed` says who and
	 * what stands there now.
	 */
	change(actor: Actor, captionId: string, input: unknown): Promise<Result<Caption>>;
	/** Cut a line in two before the character `at`; the time is shared as the letters are. */
	split(actor: Actor, captionId: string, input: unknown): Promise<Result<Caption>>;
	/** Join the next line to this one. */
	merge(actor: Actor, captionId: string, input: unknown): Promise<Result<Caption>>;
	/** Take a line out: noise, or words that nobody said. */
	remove(actor: Actor, captionId: string, input: unknown): Promise<Result<null>>;
	/** Write a line that the machine has not heard. */
	add(actor: Actor, meetingId: string, input: unknown): Promise<Result<Caption>>;
	/** What a line was before, newest first. */
	history(actor: Actor, captionId: string): Promise<Result<CaptionVersion[]>>;
	/** The recording around a position in seconds, as a file: at most a minute. */
	clip(actor: Actor, meetingId: string, position: number, seconds: number): Promise<Result<Clip>>;
	/** Put the whole recording in words again, once the meeting is over; what people have corrected stays. */
	redo(actor: Actor, meetingId: string): Promise<Result<null>>;
	/** Put in words what is recorded by now and is not yet, in this process; returns when nothing more can be done at once. */
	advance(meetingId: string): Promise<void>;
}
