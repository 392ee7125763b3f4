import type { Actor, Result } from '@parvis/platform';
import type { Acquired, Category, Words } from '../kinds.ts';

/** A line of products of the decree, in force for some years, with what it asks. */
export interface Obligation {
	/** `it`, `printing`. */
	line: string;
	/** As the statement names it. */
	name: string;
	/** Law and decree. */
	text: Words;
	/** Calendar years, both included; null: until replaced. */
	from: number;
	until: number | null;
	/** Of the year's expense excluding tax, in percent; null: not verified, so not compared. */
	reusePercent: number | null;
	recycledPercent: number | null;
	categories: readonly Category[];
	source: { label: string; url: string };
	/** What could not be verified. */
	caveat: Words | null;
}

/** What the law asks that is no share of purchases. */
export interface Duty {
	text: Words;
	reference: string;
	url: string;
}

/** What a year's orders reach of one line. */
export interface LineShare {
	obligation: Obligation;
	/** Excluding tax, donations at their flat value included. */
	totalCents: number;
	reuseCents: number;
	donatedCents: number;
	recycledCents: number;
	/** Null where nothing was bought. */
	reusePercent: number | null;
	recycledPercent: number | null;
	/** The higher of what the law and the town's own policy ask; null: neither. */
	targetPercent: number | null;
	/** The town's own policy asks more than the law. */
	ownTarget: boolean;
	reached: boolean | null;
	/** Expense on reused devices still to be made so that, all else equal, the share is reached; 0 where it is. */
	missingCents: number;
	/** The share on 31 December, if what is left of the year is bought as it was so far; null for another year. */
	projection: { totalCents: number; reuseCents: number; missingCents: number } | null;
}

export type OrderStatus = 'draft' | 'ordered' | 'received' | 'cancelled';

export interface OrderLine {
	id: string;
	category: Category;
	modelId: string | null;
	label: string;
	quantity: number;
	unitCents: number;
	acquired: Acquired;
	donated: boolean;
	recycledContent: boolean;
	productLine: string | null;
	/** Number of the request that it answers. */
	request: string | null;
	/** Code of the need in the policy. */
	need: string | null;
	exceptionReason: string | null;
}

export interface OrderView {
	id: string;
	number: string;
	supplier: string;
	status: OrderStatus;
	orderedOn: string | null;
	receivedOn: string | null;
	note: string | null;
	lines: readonly OrderLine[];
	totalCents: number;
	simulated: boolean;
	version: number;
}

/** What an order does to the year's shares. */
export interface OrderEffect {
	before: LineShare;
	after: LineShare;
}

export interface Statement {
	year: number;
	lines: readonly LineShare[];
	/** Categories bought that are in no line, with their expense: said beside. */
	outside: readonly { category: Category; totalCents: number }[];
	/** Some of it is the demonstration's. */
	simulated: boolean;
}

export interface Orders {
	list(
		actor: Actor,
		filter?: { year?: number | undefined; page?: number | undefined },
	): Promise<Result<{ items: OrderView[]; total: number; pageSize: number }>>;
	get(actor: Actor, id: string): Promise<Result<OrderView>>;
	create(actor: Actor, input: unknown): Promise<Result<{ id: string; number: string }>>;
	addLine(actor: Actor, id: string, input: unknown): Promise<Result<null>>;
	/** What a line says, as `addLine`; the request that it came from stays. */
	saveLine(actor: Actor, id: string, lineId: string, input: unknown): Promise<Result<null>>;
	removeLine(actor: Actor, id: string, lineId: string): Promise<Result<null>>;
	/** The shares of the year before and with this draft, by line that it touches. */
	effect(actor: Actor, id: string): Promise<Result<OrderEffect[]>>;
	/** Placed with the supplier on a day. */
	place(actor: Actor, id: string, expectedVersion: number, input: unknown): Promise<Result<null>>;
	/** Arrived: its devices enter the inventory, ready in the pool. @returns how many */
	receive(
		actor: Actor,
		id: string,
		expectedVersion: number,
		input: unknown,
	): Promise<Result<{ devices: number }>>;
	cancel(actor: Actor, id: string, expectedVersion: number): Promise<Result<null>>;
	/** What law asks in a year. For everybody. */
	obligations(year: number): readonly Obligation[];
	/** What law asks beside shares. For everybody. */
	duties(): readonly Duty[];
	/** The year against the law. For everybody: sums only. */
	statement(year: number): Promise<Statement>;
	/** Ready for the national open-data portal, by its published schema; refused without a buyer. */
	statementCsv(actor: Actor, year: number): Promise<Result<string>>;
	/** Who declares; null as long as nobody said. */
	buyer(actor: Actor): Promise<Result<{ siret: string; name: string } | null>>;
	saveBuyer(actor: Actor, input: unknown): Promise<Result<null>>;
	/** Models of a category, for the lines of an order. */
	models(actor: Actor): Promise<Result<{ id: string; name: string; category: Category }[]>>;
	/** Prices by category that answers reckon with. */
	offers(actor: Actor): Promise<Result<Offer[]>>;
	saveOffer(actor: Actor, input: unknown): Promise<Result<null>>;
}

/** What things cost, excluding tax, and how long they take. */
export interface Offer {
	category: Category;
	repairCents: number | null;
	batteryCents: number | null;
	reinstallCents: number | null;
	refurbishedCents: number | null;
	newCents: number | null;
	repairDays: number | null;
	poolDays: number | null;
	refurbishedDays: number | null;
	newDays: number | null;
	source: string;
	simulated: boolean;
}
