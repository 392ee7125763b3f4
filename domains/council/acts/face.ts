import type { Readable } from 'node:stream';
import type { Actor, Block, Result } from '@parvis/platform';
import type { Annex } from '../annexes/face.ts';
import type { AfterStep } from '../rules/after.ts';
import type { Choice } from '../rules/majority.ts';

/** An act: it stands from the vote on, and is published once it was checked and signed. */
export interface Deliberation {
	id: string;
	number: string;
	title: string;
	/** Empty for who may not read it before it is published. */
	text: string;
	matterCode: string;
	/** `Finances locales / Subventions`; empty without a known code. */
	matter: string;
	budgetYear: string;
	budgetName: string;
	adopted: boolean;
	inOffice: number;
	voting: number;
	for: number;
	against: number;
	abstention: number;
	place: { id: string; slug: string; name: string } | null;
	/** Null while it is not published. */
	publishedAt: Date | null;
	/** `YYYY-MM-DD`, when the prefecture received it. */
	receivedOn: string | null;
	/** `YYYY-MM-DD`, from when it may be carried out; null while it is not published or not received. */
	executoryOn: string | null;
	meeting: { id: string; slug: string; title: string; startsAt: Date; body: string };
	url: string;
}

export interface Signature {
	capacity: 'chair' | 'secretary';
	name: string;
	/** `YYYY-MM-DD` */
	signedOn: string;
	/** On paper, noted by the clerk; otherwise by account. */
	byHand: boolean;
	/** Path of the scan on the site. */
	scanUrl: string | null;
}

/** Who was there when something was decided, by name. */
export interface Attendance {
	present: string[];
	remote: string[];
	represented: { giver: string; holder: string }[];
	absent: string[];
	/** Left for a conflict of interest. */
	recused: string[];
	chair: string | null;
	secretary: string | null;
	inOffice: number;
	/** 0 where none is needed. */
	quorum: number;
}

export interface DeliberationDetail extends Deliberation {
	/** Its text as parts of a page. */
	blocks: readonly Block[];
	rapporteur: string | null;
	method: string;
	/** The chair's vote decided an even count. */
	casting: boolean;
	/** Of a public vote. */
	names: { choice: Choice; names: string[] }[];
	/** Members who asked for this kind of vote. */
	requestedBy: string[];
	/** Of an election: its rounds and who is elected, a sentence each. */
	election: string[];
	/** Why the result was corrected, the newest last. */
	corrections: string[];
	attendance: Attendance;
	signatures: Signature[];
	/** Capacities that have not signed yet. */
	unsigned: ('chair' | 'secretary')[];
	annexes: Annex[];
	acknowledgement: string;
	/** `YYYY-MM-DD`, the last day of the two months of publication. */
	publishedUntil: string | null;
	/** Where the recording shows it, in seconds from its beginning. */
	videoSeconds: number | null;
	/** What the actor may do about it. */
	may: { prepare: boolean; sign: ('chair' | 'secretary')[] };
}

export interface DeliberationQuery {
	text?: string;
	meetingId?: string;
	bodyId?: string;
	year?: number;
	/** First level of the nomenclature or more: `7`, `7.1`. */
	matter?: string;
	placeId?: string;
	/** Those published alone; otherwise those that are not yet too, without their text. */
	published?: boolean;
	page?: number;
	pageSize?: number;
}

/** A file made or kept for the actor. */
export interface GivenFile {
	name: string;
	mediaType: string;
	bytes: number;
	content: Readable;
}

/** `{ capacity, signedOn?, scan?: Uint8Array }`: a signature by account is of today; by hand the clerk notes its day. */
export type SignatureInput = unknown;

export interface Deliberations {
	list(query?: DeliberationQuery): Promise<{
		items: Deliberation[];
		total: number;
		page: number;
		pageSize: number;
	}>;
	/** Years in which something was deliberated, newest first. */
	years(): Promise<number[]>;
	get(number: string, actor?: Actor): Promise<DeliberationDetail | null>;
	/** Text, title, matter, budget and place, until it is published. */
	change(actor: Actor, id: string, input: unknown): Promise<Result<null>>;
	/** The chair or the secretary by their account, or the clerk for what was signed by hand. */
	sign(actor: Actor, id: string, input: SignatureInput): Promise<Result<null>>;
	/** Note that all acts of a meeting which lack them were signed by hand, by the chair and the secretary. */
	signAll(actor: Actor, meetingId: string, signedOn: string): Promise<Result<{ signatures: number }>>;
	/** Publish one that is signed: page, PDF, timeline, search. */
	publish(actor: Actor, id: string): Promise<Result<null>>;
	/** Publish all of a meeting that are signed. */
	publishAll(actor: Actor, meetingId: string): Promise<Result<{ published: number }>>;
	/** Note when the prefecture received it. @param input `{ receivedOn, acknowledgement }` */
	receive(actor: Actor, id: string, input: unknown): Promise<Result<null>>;
	/** The act as a PDF for everybody who may read it. */
	pdf(actor: Actor, number: string): Promise<GivenFile | null>;
	/** What an approved device sends to the prefecture (@CTES): XML and PDF in a `tar.gz`. Nothing is sent. */
	transmission(actor: Actor, id: string): Promise<Result<GivenFile>>;
	/** The scan of a signature, for who may read what was signed. */
	scan(actor: Actor, signatureId: string): Promise<GivenFile | null>;
	/** SCDL « délibérations » table of all that is published. */
	scdl(): AsyncIterable<readonly (string | number | null)[]>;
	/** Nomenclature of matters, for forms and filters. */
	matters: readonly { code: string; name: string; children: readonly string[] }[];
}

/** List of what was deliberated in a meeting (CGCT L2121-25). */
export interface DeliberationList {
	meeting: { id: string; slug: string; title: string; startsAt: Date; body: string; place: string };
	postedAt: Date | null;
	items: {
		number: string;
		title: string;
		/** To a later meeting. */
		putOff: boolean;
		/** Null for an item that was not voted. */
		deliberation: {
			number: string;
			url: string;
			adopted: boolean;
			for: number;
			against: number;
			abstention: number;
		} | null;
	}[];
}

export interface MinutesView {
	text: string;
	blocks: readonly Block[];
	status: 'draft' | 'adopted' | 'published';
	/** Grows with each save. */
	version: number;
	savedAt: Date;
	savedBy: string;
	/** For the clerk. */
	versions: { version: number; savedAt: Date; savedBy: string }[];
	/** `YYYY-MM-DD` */
	adoptedOn: string | null;
	adoptedIn: { slug: string; title: string; startsAt: Date } | null;
	publishedAt: Date | null;
	signatures: Signature[];
	unsigned: ('chair' | 'secretary')[];
	may: { prepare: boolean; sign: ('chair' | 'secretary')[] };
}

/** The procès-verbal: drafted, adopted by the body at its next meeting, signed, published for good (CGCT L2121-15). */
export interface Minutes {
	/** Once published for everybody; before, for the clerk, who presided and the secretary; once adopted, for the members. */
	get(actor: Actor, meetingId: string): Promise<MinutesView | null>;
	/** From the record of a closed meeting, with all that CGCT L2121-15 asks. */
	draft(actor: Actor, meetingId: string): Promise<Result<{ text: string }>>;
	/**
	 * Save a text, until it is adopted.
	 * @param input `{ text, base }`: the version that was changed, 0 for none; refused with `council.minutes_changed` when
	 * somebody else saved another meanwhile
	 */
	save(actor: Actor, meetingId: string, input: unknown): Promise<Result<{ version: number }>>;
	/** A text as it was saved. */
	version(
		actor: Actor,
		meetingId: string,
		version: number,
	): Promise<{ text: string; savedBy: string } | null>;
	/** @param input `{ adoptedInId, adoptedOn }`: a later meeting of the body, or null and the day */
	adopt(actor: Actor, meetingId: string, input: unknown): Promise<Result<null>>;
	/** Back to a draft, while nobody has signed. */
	reopen(actor: Actor, meetingId: string): Promise<Result<null>>;
	sign(actor: Actor, meetingId: string, input: SignatureInput): Promise<Result<null>>;
	publish(actor: Actor, meetingId: string): Promise<Result<null>>;
	pdf(actor: Actor, meetingId: string): Promise<GivenFile | null>;
}

export interface Acts {
	/** What is to be done after a closed meeting, and by when. */
	after(actor: Actor, meetingId: string): Promise<Result<AfterStep[]>>;
	/** What the actor may sign of a meeting by their account, having presided it or been its secretary. */
	toSign(actor: Actor, meetingId: string): Promise<{ title: string; url: string }[]>;
	/** Once it is put up for everybody; before, for the clerk. By slug or id. */
	list(actor: Actor, meeting: string): Promise<DeliberationList | null>;
	/** Put the list up on the site; a paper copy goes up at the town hall. */
	postList(actor: Actor, meetingId: string): Promise<Result<null>>;
	listPdf(actor: Actor, meeting: string): Promise<GivenFile | null>;
}

/** Atom feeds (RFC 4287). @param self path of the feed with its query, as it was asked for */
export interface Feeds {
	deliberations(
		query: Omit<DeliberationQuery, 'published' | 'page' | 'pageSize'>,
		self: string,
	): Promise<string>;
	meetings(query: { bodyId?: string }, self: string): Promise<string>;
}
