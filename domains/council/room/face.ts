import type { Actor, Result } from '@parvis/platform';
import type { FeedKind, Publishing } from './rules/microphones.ts';

export type { FeedKind, Publishing };

/** What a browser needs to enter the room of a meeting. */
export interface Entry {
	/** `wss:` address of LiveKit; null: `/livekit` at our own address. */
	url: string | null;
	/** Valid for ten minutes; LiveKit renews it while the browser stays. It never carries the microphone. */
	token: string;
	/** `seat:<id>`, `clerk:<id>`, `feed:<id>` or `programme`. */
	identity: string;
	name: string;
	kind: 'seat' | 'clerk' | FeedKind | 'programme';
}

export interface Feed {
	id: string;
	kind: FeedKind;
	name: string;
	/** Whether the desk lets a guest be heard. */
	speaks: boolean;
	createdAt: Date;
}

export interface RoomStatus {
	/** `none`: the town has no LiveKit; `down`: it does not answer now, and is asked again. */
	livekit: 'none' | 'down' | 'up';
	/** Who is in the room now. */
	participants: {
		identity: string;
		name: string;
		kind: Entry['kind'];
		microphone: boolean;
		camera: boolean;
	}[];
}

/** Everyone of a meeting on screen at once: tokens, who may be seen and heard, links for those without an account. */
export interface Video {
	/** A member by account, the clerk, or who holds a link. */
	enter(actor: Actor, meeting: string, given?: unknown): Promise<Result<Entry>>;
	/** For the browser that the public programme is made in: it listens, hidden; refused behind closed doors. */
	programmeToken(meetingId: string): Promise<Result<Entry>>;
	/** For the desk. */
	status(actor: Actor, meetingId: string): Promise<Result<RoomStatus>>;
	/** Bring LiveKit to what the record says; done by itself whenever the record grows. */
	sync(meetingId: string): Promise<void>;
	feeds: {
		list(actor: Actor, meetingId: string): Promise<Result<Feed[]>>;
		/** @returns the path of the link, which is shown once: its secret is not kept */
		create(actor: Actor, meetingId: string, input: unknown): Promise<Result<{ id: string; path: string }>>;
		/** Let a guest be heard, or no more. */
		letSpeak(actor: Actor, feedId: string, speaks: boolean): Promise<Result<null>>;
		/** The link opens no more, and who came by it leaves. */
		revoke(actor: Actor, feedId: string): Promise<Result<null>>;
	};
}
