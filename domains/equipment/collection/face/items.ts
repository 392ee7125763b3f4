import type { Readable } from 'node:stream';
import type { Actor, Result } from '@parvis/platform';
import type { Category } from '../../kinds.ts';
import type { ItemCondition, ItemEnd, ItemState } from './kinds.ts';

export interface ItemEvent {
	at: Date;
	kind:
		| 'received'
		| 'edited'
		| 'data_ruled_out'
		| 'put_in_lot'
		| 'taken_out'
		| 'handed_over'
		| 'ended'
		| 'end_corrected';
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
	/** The last time that a manager took it out of what has to be wiped, and why. */
	dataRuledOut: { at: Date; reason: string } | null;
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
	/**
	 * Correct what the desk wrote, while the item is here. What takes it out of what has to be wiped (`holdsData` from yes to
	 * no, a category that always holds data to another, the label of a device that is wiped) is for a manager, with a reason.
	 */
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
			/** Why it has not to be wiped after all; kept in the history, so without the name of a person. */
			reason?: string | null;
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
