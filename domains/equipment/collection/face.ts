import type { Actor, Result } from '@parvis/platform';
import type { Bookings, Campaigns } from './face/campaigns.ts';
import type { Desk } from './face/desk.ts';
import type { Items, Receipts } from './face/items.ts';
import type { ItemEnd } from './face/kinds.ts';
import type { Lots, PartnerAnswers, Partners } from './face/lots.ts';

export type * from './face/campaigns.ts';
export type * from './face/desk.ts';
export type * from './face/items.ts';
export * from './face/kinds.ts';
export type * from './face/lots.ts';

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
