import type { Readable } from 'node:stream';
import type { Actor, Result } from '@parvis/platform';
import type { Category } from '../../kinds.ts';
import type { ItemSummary } from './items.ts';
import type { ItemCondition, ItemEnd, LotStatus, PartnerKind } from './kinds.ts';

export interface Partner {
	id: string;
	name: string;
	kind: PartnerKind;
	email: string | null;
	phone: string | null;
	address: string | null;
	note: string | null;
	active: boolean;
	simulated: boolean;
	version: number;
}

export interface Partners {
	list(actor: Actor): Promise<Result<Partner[]>>;
	save(
		actor: Actor,
		input: {
			name: string;
			kind: string;
			email?: string | null;
			phone?: string | null;
			address?: string | null;
			note?: string | null;
			active?: boolean;
		},
		known?: { id: string; version: number },
	): Promise<Result<{ id: string }>>;
}

export interface LotSummary {
	id: string;
	number: string;
	partner: { id: string; name: string; kind: PartnerKind };
	status: LotStatus;
	note: string | null;
	items: number;
	ended: number;
	createdAt: Date;
	closedAt: Date | null;
	handedOverAt: Date | null;
	settledAt: Date | null;
	simulated: boolean;
	version: number;
}

export interface LotSignature {
	party: 'town' | 'partner';
	name: string;
	role: string;
	way: 'drawn' | 'scan';
	signedAt: Date;
	sha256: string;
}

export interface Lot extends LotSummary {
	contents: (ItemSummary & { wiped: boolean })[];
	signatures: LotSignature[];
	/** SHA-256 of the slip as it was signed. */
	slipSha256: string | null;
}

/** A signature as it is drawn: lines of points, x and y from 0 to 1 of a box twice as wide as high. */
export type Strokes = readonly (readonly (readonly [number, number])[])[];

export interface Signing {
	town: { name: string; role: string; strokes?: unknown };
	partner: { name: string; role: string; strokes?: unknown };
	/** The slip as it was signed on paper: a PDF or a photo. In place of drawn signatures. */
	scan?: Uint8Array | undefined;
}

export interface Lots {
	list(actor: Actor): Promise<Result<LotSummary[]>>;
	get(actor: Actor, number: string): Promise<Result<Lot>>;
	create(
		actor: Actor,
		input: { partnerId: string; note?: string | null },
	): Promise<Result<{ number: string }>>;
	/** @param numbers of items, as they were scanned or typed; all or none */
	add(actor: Actor, number: string, numbers: readonly string[]): Promise<Result<{ added: number }>>;
	takeOut(actor: Actor, number: string, itemNumber: string): Promise<Result<null>>;
	/** Nothing goes in or out any more, until it is opened again. */
	close(actor: Actor, number: string): Promise<Result<null>>;
	reopen(actor: Actor, number: string): Promise<Result<null>>;
	/**
	 * Both signed: the slip is made, kept with its hash, and never changes. Refused with `equipment.lot_not_wiped` and the
	 * numbers of what may still hold data.
	 * @returns the token by which the partner answers
	 */
	handOver(actor: Actor, number: string, signing: Signing): Promise<Result<{ token: string }>>;
	/** The slip, as a PDF: to be signed on paper before the lot is handed over, as it was signed after. */
	slip(actor: Actor, number: string): Promise<Result<{ bytes: Buffer; fileName: string }>>;
	/** The paper that was signed and scanned, where it was. */
	scan(actor: Actor, number: string): Promise<{ content: Readable; contentType: string } | null>;
	/** A new link for the partner; the former one is worth nothing any more. Sent to the partner's address when there is one. */
	renewLink(actor: Actor, number: string): Promise<Result<{ token: string; sent: boolean }>>;
	/** What became of its items, told by the desk for the partner; see `answers`. */
	answer(
		actor: Actor,
		number: string,
		answers: readonly { number: string; end: string; note?: string | null }[],
	): Promise<Result<{ told: number }>>;
	/** The same from a CSV file: columns of the item's number, the end and, if any, a note. All or none. */
	answerCsv(actor: Actor, number: string, text: string): Promise<Result<{ told: number }>>;
}

/** What a partner sees by the link of a lot. */
export interface PartnerLot {
	number: string;
	partner: string;
	handedOverAt: Date;
	settled: boolean;
	items: {
		number: string;
		category: Category;
		condition: ItemCondition;
		description: string | null;
		endedAs: ItemEnd | null;
	}[];
}

/** The partner's page, without an account. */
export interface PartnerAnswers {
	get(token: string, visit: { address: string }): Promise<PartnerLot | null>;
	answer(
		token: string,
		answers: readonly { number: string; end: string; note?: string | null }[],
		visit: { address: string },
	): Promise<Result<{ told: number }>>;
	answerCsv(token: string, text: string, visit: { address: string }): Promise<Result<{ told: number }>>;
}
