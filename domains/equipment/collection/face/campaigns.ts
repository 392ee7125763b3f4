import type { Actor, Result } from '@parvis/platform';
import type { Category } from '../../kinds.ts';
import type { Audience, CampaignStatus, ItemEnd } from './kinds.ts';

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
