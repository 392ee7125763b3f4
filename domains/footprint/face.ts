import type { Actor, AnyTransaction, Result, Room } from '@parvis/platform';

export interface Words {
	fr: string;
	en: string;
}

export type FootprintUnit = 'km' | 'kWh' | 'l' | 'kg' | 'h' | 'year';

/** Kilograms of CO2e as they were reckoned where the quantity was measured; low ≤ mid ≤ high, nine chances in ten between. */
export interface StatedCarbon {
	low: number;
	mid: number;
	high: number;
	/** Where it comes from, with years: what a reader can look up. */
	source: string;
}

/** What one optimisation avoided on one day, or cost more when the quantity is negative. */
export interface FootprintPosting {
	/** Names what it is about, always the same: `waste/round/<id>/diesel`. Posted again with another quantity it becomes a correcting entry. */
	key: string;
	/** Day in the town, `2026-11-24`. */
	day: string;
	/** `waste`, `lighting`, `interventions`, `equipment` … */
	service: string;
	/** What was avoided; negative: more was used than before. Kept to a millionth. */
	quantity: number;
	unit: FootprintUnit;
	/** Code of the emission factor; null where no carbon is counted (hours), or where it is stated. */
	factor: string | null;
	/** Instead of a factor: the carbon itself, with its range. */
	carbon?: StatedCarbon | undefined;
	/** What it is compared with. */
	baseline: Words;
	/** How it was measured. */
	method: Words;
	/** Not measured on the real town. */
	simulated: boolean;
}

/** A factor as an entry keeps it. */
export interface UsedFactor {
	code: string;
	kilogramsPerUnit: number;
	source: string;
	year: number;
}

export interface Factor extends UsedFactor {
	/** Day from which it is used, until a later line. */
	validFrom: string;
	unit: FootprintUnit;
	label: Words;
	url: string | null;
	/** What is not certain about it. */
	caveat: Words | null;
}

export interface FactorInput {
	code: string;
	validFrom: string;
	kilogramsPerUnit: number;
	source: string;
	year: number;
	url?: string | null | undefined;
	caveat?: string | null | undefined;
}

/** What one service avoided in one month; simulated and measured are never together. */
export interface ServiceMonth {
	/** `2026-11` */
	month: string;
	service: string;
	simulated: boolean;
	/** Kilograms of CO2e. */
	kilograms: number;
	/** Ends of its range: the entries' added up, as if all erred the same way; the value itself where none has a range. */
	low: number;
	high: number;
	entries: number;
	corrections: number;
}

/** One number of a month with what explains it: quantity × factor, compared with …, measured how. */
export interface ServiceLine {
	service: string;
	simulated: boolean;
	quantity: number;
	unit: FootprintUnit;
	/** Null where no carbon is counted. */
	kilograms: number | null;
	low: number | null;
	high: number | null;
	factor: (UsedFactor & { label: Words; caveat: Words | null }) | null;
	/** Sources of carbon that is stated with its range, instead of a factor. */
	statedSource: string | null;
	baseline: Words;
	method: Words;
	entries: number;
	corrections: number;
}

export interface Entry {
	id: string;
	key: string;
	day: string;
	service: string;
	quantity: number;
	unit: FootprintUnit;
	factor: UsedFactor | null;
	kilograms: number | null;
	low: number | null;
	high: number | null;
	/** Sources of carbon that is stated with its range, instead of a factor. */
	statedSource: string | null;
	baseline: Words;
	method: Words;
	simulated: boolean;
	/** The entry that this one corrects; its quantity is then a difference. */
	corrects: string | null;
	recordedAt: Date;
}

export interface EntryQuery {
	/** `2026-11` */
	month?: string | undefined;
	service?: string | undefined;
	simulated?: boolean | undefined;
	corrections?: boolean | undefined;
	/** From 1. */
	page?: number | undefined;
	/** At most 1000; 50 unless told. */
	pageSize?: number | undefined;
}

export interface Sum {
	/** Kilograms of CO2e, with the ends of their range. */
	kilograms: number;
	low: number;
	high: number;
	from: string;
	to: string;
}

export interface Summary {
	/** Null as long as there is nothing. */
	measured: Sum | null;
	simulated: Sum | null;
}

/** The carbon ledger every optimisation writes to. All that is read is public. */
export interface Footprint {
	room: Room;
	/**
	 * As part of the transaction that makes it true; harmless when repeated. A key posted again with another quantity
	 * gets a correcting entry by the factor of the first; with another day, service, unit or factor it is reversed and posted anew.
	 * @throws on an unknown factor, or one of another unit; on stated carbon beside a factor or whose range is none
	 */
	post(trx: AnyTransaction, postings: readonly FootprintPosting[]): Promise<void>;
	/** What is avoided since a day, in all or by one service: for a line on another page. */
	summary(filter?: { service?: string; since?: string }): Promise<Summary>;
	/** Newest month first. */
	months(): Promise<ServiceMonth[]>;
	/** What explains a month's numbers, most carbon first; at most 200 lines. */
	lines(month: string): Promise<ServiceLine[]>;
	/** Newest day first. */
	entries(query?: EntryQuery): Promise<{ items: Entry[]; total: number; page: number; pageSize: number }>;
	factors: {
		/** All lines, by code, newest first. */
		list(): Promise<Factor[]>;
		/** A new line of a known factor, for days from `validFrom` on; entries that exist keep theirs. */
		add(actor: Actor, input: FactorInput): Promise<Result<Factor>>;
	};
	may: { manage(actor: Actor): boolean };
}
