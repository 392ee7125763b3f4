import type { Actor, Result } from '@parvis/platform';
import type { Category } from '../../kinds.ts';
import type { ItemCondition } from './kinds.ts';

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
