import type { Readable } from 'node:stream';
import type { Actor, Result } from '@parvis/platform';
import type { Category } from '../kinds.ts';

export const partnerKinds = [
	'reuse_workshop',
	'repair_cafe',
	'eco_organisation',
	'charity',
	'town_service',
] as const;
export type PartnerKind = (typeof partnerKinds)[number];

export const audiences = ['residents', 'shops', 'schools', 'town'] as const;
export type Audience = (typeof audiences)[number];

export type CampaignStatus = 'draft' | 'published' | 'cancelled';

/** As it was when it was brought. */
export const itemConditions = ['works', 'faulty', 'broken', 'unknown'] as const;
export type ItemCondition = (typeof itemConditions)[number];

export const itemStates = ['received', 'in_lot', 'handed_over', 'ended'] as const;
export type ItemState = (typeof itemStates)[number];

/** What a partner says became of an item. */
export const partnerEnds = ['reused', 'repaired', 'parts', 'recycled'] as const;
/** `returned` to who brought it, or `missing`: told by the desk, so that nothing disappears from the counts. */
export const itemEnds = [...partnerEnds, 'returned', 'missing'] as const;
export type ItemEnd = (typeof itemEnds)[number];

export type LotStatus = 'open' | 'closed' | 'handed_over' | 'settled';

export interface CampaignSlot {
	openingId: string;
	startsAt: Date;
	endsAt: Date;
	capacity: number;
	free: number;
}

export interface Opening {
	id: string;
	startsAt: Date;
	endsAt: Date;
	/** Null: one just comes. */
	slotMinutes: number | null;
	slotCapacity: number | null;
	slots: CampaignSlot[];
	/** Bookings that stand. */
	bookings: number;
}

export interface DropOffPoint {
	id: string;
	name: string;
	address: string | null;
	place: { slug: string; name: string } | null;
	longitude: number;
	latitude: number;
	note: string | null;
	openings: Opening[];
}

/** Where a campaign stands on the town's day. */
export type CampaignMoment = 'coming' | 'under_way' | 'over';

export interface CampaignSummary {
	id: string;
	slug: string;
	title: string;
	why: string;
	audience: Audience;
	taken: Category[];
	/** Days in the town, the last one included. */
	startsOn: string;
	endsOn: string;
	status: CampaignStatus;
	moment: CampaignMoment;
	simulated: boolean;
	/** Devices that were brought. */
	items: number;
	/** How many ended, by end. */
	ends: Partial<Record<ItemEnd, number>>;
	version: number;
}

export interface Campaign extends CampaignSummary {
	notTaken: string | null;
	points: DropOffPoint[];
	/** Devices by category and end; an end of null is not known yet. */
	counts: { category: Category; end: ItemEnd | null; items: number }[];
}

export interface CampaignInput {
	title: string;
	why: string;
	audience: string;
	taken: readonly string[];
	notTaken?: string | null;
	startsOn: string;
	endsOn: string;
}

export interface PointInput {
	name: string;
	/** An address, or the name of a place or street of the town. */
	address: string;
	longitude?: number | null;
	latitude?: number | null;
	note?: string | null;
}

export interface OpeningInput {
	/** Day in the town, and what its clock shows. */
	day: string;
	from: string;
	to: string;
	slotMinutes?: number | null;
	slotCapacity?: number | null;
}

/** Campaigns, their places and hours: the IT officer's; what is published is everybody's. */
export interface Campaigns {
	/** Published ones, those under way first, then those to come, then the past; all of them for who manages. */
	list(actor: Actor, query?: { all?: boolean }): Promise<CampaignSummary[]>;
	get(actor: Actor, slug: string): Promise<Result<Campaign>>;
	/** @param known slug and version of the one that is changed; a draft is made without them */
	save(
		actor: Actor,
		input: CampaignInput,
		known?: { slug: string; version: number },
	): Promise<Result<{ slug: string }>>;
	/** Publish, take back to a draft, or cancel: who booked with an address is then told. */
	setStatus(actor: Actor, slug: string, status: CampaignStatus): Promise<Result<null>>;
	addPoint(actor: Actor, slug: string, input: PointInput): Promise<Result<{ id: string }>>;
	/** Refused once somebody booked or brought something there. */
	removePoint(actor: Actor, pointId: string): Promise<Result<null>>;
	addOpening(actor: Actor, pointId: string, input: OpeningInput): Promise<Result<{ id: string }>>;
	removeOpening(actor: Actor, openingId: string): Promise<Result<null>>;
}

export interface Booking {
	startsAt: Date;
	endsAt: Date;
	devices: number;
	name: string | null;
	cancelled: boolean;
	point: { name: string; address: string | null };
	campaign: { slug: string; title: string };
}

export interface Bookings {
	/** @param visit `address` is the visitor's network address, for the limit; a suspect one filled a field nobody sees */
	book(
		input: {
			openingId: string;
			/** ISO 8601, as the slot says. */
			startsAt: string;
			devices: number;
			name?: string;
			email?: string;
			locale?: string;
		},
		visit: { address: string; suspect?: boolean },
	): Promise<Result<{ token: string; url: string; letterSent: boolean }>>;
	get(token: string): Promise<Booking | null>;
	/** Harmless when repeated. */
	cancel(token: string): Promise<Result<null>>;
	/** A calendar file (RFC 5545). */
	calendar(token: string): Promise<string | null>;
	/** Who comes on a day, for the desk. */
	ofDay(
		actor: Actor,
		day?: string,
	): Promise<
		Result<{ startsAt: Date; point: string; campaign: string; devices: number; name: string | null }[]>
	>;
}

/** One line of a receipt: as many devices of a kind in one state. */
export interface ReceiptLine {
	id: string;
	category: Category;
	condition: ItemCondition;
	holdsData: boolean;
	quantity: number;
	description: string | null;
	/** Of all of them together. */
	weightGrams: number | null;
	/** The label of a device of the town. */
	tag: string | null;
}

/** What a desk needs without the network. */
export interface DeskDay {
	person: { id: string; name: string };
	/** Day in the town. */
	day: string;
	/** This phone's share of receipt numbers, and how many of them the town has. */
	prefix: string;
	used: number;
	giverDays: number;
	campaigns: { id: string; title: string; points: { id: string; name: string }[] }[];
	/** Received today, by anybody. */
	received: number;
	/** Booked for today. */
	bookings: { startsAt: string; point: string; devices: number; name: string | null }[];
}

export interface DeskSync {
	personId: string;
	deviceId: string;
	sentAt: string;
	actions: readonly unknown[];
}

export interface DeskAnswer {
	id: string;
	outcome: 'accepted' | 'already' | 'refused' | 'later';
	error?: string | undefined;
	detail?: Record<string, string | number> | undefined;
}

/** The phones of a collection day. */
export interface Desk {
	day(actor: Actor, deviceId: string): Promise<Result<{ day: DeskDay; version: string }>>;
	/** Take in what was received without the network: repeating it does nothing twice. */
	sync(
		actor: Actor,
		request: DeskSync,
	): Promise<Result<{ receivedAt: string; clockAheadSeconds: number; answers: DeskAnswer[] }>>;
	/** Keep a photo once, by the id that the phone gave it. */
	keepPhoto(
		actor: Actor,
		photo: { id: string; personId: string; lineId: string; content: Uint8Array },
	): Promise<Result<{ id: string }>>;
	/** A receipt from a page that works without a script; the town gives the number. */
	receive(
		actor: Actor,
		input: {
			campaignId?: string | null;
			pointId?: string | null;
			lines: readonly Partial<ReceiptLine>[];
			giver?: { name?: string | null; email: string; locale?: string } | null;
		},
	): Promise<Result<{ number: string; code: string; items: string[] }>>;
}

export interface ItemEvent {
	at: Date;
	kind: 'received' | 'edited' | 'put_in_lot' | 'taken_out' | 'handed_over' | 'ended' | 'end_corrected';
	/** Name of the agent, or of the partner; null: the program, or nobody who is known any more. */
	by: string | null;
	end: ItemEnd | null;
	lot: string | null;
	note: string | null;
}

export interface ItemSummary {
	id: string;
	number: string;
	receiptNumber: string;
	category: Category;
	condition: ItemCondition;
	holdsData: boolean;
	description: string | null;
	serial: string | null;
	weightGrams: number | null;
	state: ItemState;
	endedAs: ItemEnd | null;
	endedOn: string | null;
	receivedAt: Date;
	lotNumber: string | null;
	campaign: string | null;
	/** Tag of the town's own device; `tagRead` where the label said something no device has. */
	deviceTag: string | null;
	tagRead: string | null;
	simulated: boolean;
	version: number;
}

export interface Item extends ItemSummary {
	history: ItemEvent[];
	photos: { id: string; url: string; width: number; height: number }[];
	/** Somebody wants to know what becomes of it. */
	toTell: boolean;
	/** Its data are wiped and verified, or there are none. */
	wiped: boolean;
}

export interface ItemQuery {
	/** Part of a number, tag, serial or description. */
	text?: string;
	state?: string;
	category?: string;
	campaignId?: string;
	lotId?: string;
	page?: number;
	pageSize?: number;
}

export interface Items {
	list(
		actor: Actor,
		query?: ItemQuery,
	): Promise<Result<{ items: ItemSummary[]; total: number; page: number; pageSize: number }>>;
	get(actor: Actor, number: string): Promise<Result<Item>>;
	edit(
		actor: Actor,
		number: string,
		input: {
			category?: string;
			condition?: string;
			holdsData?: boolean;
			description?: string | null;
			serial?: string | null;
			weightGrams?: number | null;
			/** Label of the town's device that it is. */
			tag?: string | null;
		},
		expectedVersion: number,
	): Promise<Result<null>>;
	/** What became of it, told by the desk: given back, missing, or a second life given by the town itself. */
	end(actor: Actor, number: string, end: string, note?: string | null): Promise<Result<null>>;
	photo(actor: Actor, id: string): Promise<{ content: Readable; sizeBytes: number } | null>;
	/** How many are in each state and came to each end: their sum is what was received. */
	totals(actor: Actor): Promise<Result<{ state: ItemState; end: ItemEnd | null; items: number }[]>>;
}

/** What the giver sees with number and code. */
export interface Journey {
	number: string;
	receivedAt: Date;
	campaign: { slug: string; title: string } | null;
	items: {
		number: string;
		category: Category;
		endedAs: ItemEnd | null;
		steps: { at: Date; kind: ItemEvent['kind']; end: ItemEnd | null; partner: string | null }[];
	}[];
	/** The town will write to the giver. */
	willBeTold: boolean;
}

export interface Receipts {
	/** Refused alike for a number that is none and a code that is not its own; limited by network address. */
	journey(number: string, code: string, visit: { address: string }): Promise<Result<Journey>>;
	/** The giver no longer wants to be written to: their name and address go at once. */
	forgetMe(number: string, code: string, visit: { address: string }): Promise<Result<null>>;
}

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

/** What anybody may know of all that was collected. */
export interface CollectionTotals {
	received: number;
	ends: Partial<Record<ItemEnd, number>>;
	/** Received and not at its end yet. */
	underWay: number;
	/** Some of it is invented. */
	simulated: boolean;
}

/** Campaigns: drop-off, registration, lots, partners, what became of each item. */
export interface Collection {
	campaigns: Campaigns;
	bookings: Bookings;
	desk: Desk;
	items: Items;
	receipts: Receipts;
	partners: Partners;
	lots: Lots;
	answers: PartnerAnswers;
	totals(): Promise<CollectionTotals>;
	settings: {
		get(): Promise<{ giverDays: number }>;
		save(actor: Actor, input: { giverDays: number }): Promise<Result<null>>;
	};
}
