import type { Readable } from 'node:stream';
import type { Actor, Result } from '@parvis/platform';

/** A document of a meeting or of one of its items: always a PDF. */
export interface Annex {
	id: string;
	meetingId: string;
	/** Null for one of the meeting as a whole. */
	itemId: string | null;
	title: string;
	/** As the file was called. */
	fileName: string;
	/** For everybody; otherwise for the members and the clerk. One of an item that is not public is not either. */
	public: boolean;
	bytes: number;
	pages: number;
	/** Whether its words can be searched; `none` for a scan without text. */
	text: 'waiting' | 'read' | 'none' | 'failed';
	addedAt: Date;
	/** It came after the convocation. */
	late: boolean;
	/** When the members were told of it, where it is late. */
	toldAt: Date | null;
	/** Taken away after the convocation. */
	withdrawnAt: Date | null;
	/** Path on the site. */
	url: string;
}

export interface AnnexFile {
	annex: Annex;
	/** Of the whole file, in bytes. */
	size: number;
	content: Readable;
}

export interface Annexes {
	/** What the actor, or who holds a convocation, may read, in order: those of the meeting first. */
	list(actor: Actor, meetingId: string, token?: string): Promise<Annex[]>;
	/**
	 * Keep a PDF, until the meeting ends. Scripts and actions in it are taken out.
	 * @param input `{ itemId?, title, public?, fileName, content: Uint8Array }`
	 */
	add(
		actor: Actor,
		meetingId: string,
		input: unknown,
	): Promise<Result<{ id: string; pages: number; scriptsRemoved: boolean }>>;
	/** @param input `{ itemId?, title, public }` */
	change(actor: Actor, id: string, input: unknown): Promise<Result<null>>;
	/** Before the convocation it is gone; after it, that it was there and was taken away stays to be seen. */
	remove(actor: Actor, id: string): Promise<Result<null>>;
	move(actor: Actor, id: string, by: -1 | 1): Promise<Result<null>>;
	/** One document, for who may read it. */
	get(actor: Actor, id: string, token?: string): Promise<Annex | null>;
	/** Its file. Null where the document is not there for the actor. @param range first and last byte, both given, as HTTP has them */
	open(
		actor: Actor,
		id: string,
		options?: { token?: string | undefined; range?: { start: number; end: number } },
	): Promise<AnnexFile | null>;
	/** Tell the convened members of documents that came since. @returns how many letters */
	tell(actor: Actor, meetingId: string): Promise<Result<{ letters: number }>>;
}
