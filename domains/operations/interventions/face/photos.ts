import type { Readable } from 'node:stream';
import type { Actor, AnyTransaction, Result } from '@parvis/platform';
import type { Photo } from './interventions.ts';

export interface PhotoContent {
	content: Readable;
	contentType: 'image/webp';
	sizeBytes: number;
	public: boolean;
}

export interface PhotoOwner {
	subjectKind: 'intervention' | 'report' | 'round_stop';
	subjectId: string;
	/** Person id; null: without an account. */
	sentBy: string | null;
	public?: boolean | undefined;
}

/** A cleaned photo whose file is kept, for an hour unless it is attached to something. */
export interface PreparedPhoto {
	id: string;
	width: number;
	height: number;
	sizeBytes: number;
}

/** Photos of any part of the room: WebP without where they were taken and by what. */
export interface Photos {
	/**
	 * Clean a photo and keep its file, before the transaction that says what it is of; at most 10 MB as sent.
	 * @param id made by the sender: kept once
	 */
	prepare(content: Uint8Array, id?: string): Promise<Result<PreparedPhoto>>;
	attach(trx: AnyTransaction, photo: PreparedPhoto, to: PhotoOwner): Promise<Result<Photo>>;
	/** An agent adds one to what is there already. */
	add(
		actor: Actor,
		content: Uint8Array,
		to: Pick<PhotoOwner, 'subjectKind' | 'subjectId'>,
	): Promise<Result<Photo>>;
	/** Both at once. The transaction waits while the photo is cleaned: for few at a time. */
	keep(
		trx: AnyTransaction,
		photo: PhotoOwner & { id?: string | undefined; content: Uint8Array },
	): Promise<Result<Photo>>;
	of(subjectKind: 'intervention' | 'report' | 'round_stop', subjectId: string): Promise<Photo[]>;
	/** Public ones for everybody, the others for agents; null otherwise. */
	read(actor: Actor, id: string): Promise<PhotoContent | null>;
	/** Everybody may see it, or no longer. */
	show(actor: Actor, id: string, shown: boolean): Promise<Result<null>>;
}
