import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { PhoneApp } from './apps.ts';
import { newActionId } from './id.ts';
import type { DeskReceipt, ReceiptBody } from './receipt.ts';

/** What an agent did, as it is sent; `on` says to what. */
export type ActionBody = { photoIds?: string[] } & (
	| {
			on: 'round';
			roundId: string;
			kind: 'start' | 'done' | 'could_not' | 'unloaded' | 'finish';
			stopId?: string;
			reason?: string;
			note?: string;
			fillPercent?: number;
			kilograms?: number;
	  }
	| {
			on: 'intervention';
			interventionId: string;
			version: number;
			kind: 'start' | 'pause' | 'check' | 'material' | 'note' | 'photo' | 'done' | 'could_not';
			reason?: string;
			text?: string;
			itemId?: string;
			checked?: boolean;
			name?: string;
			quantity?: number;
			unit?: string;
			showPhotos?: boolean;
	  }
	| {
			on: 'finding';
			kind: 'found';
			title: string;
			description: string;
			category: string;
			longitude: number;
			latitude: number;
	  }
	| ReceiptBody
);

export interface KeptAction {
	/** Order in which things were done on this phone. */
	order?: number;
	id: string;
	personId: string;
	personName: string;
	/** The phone's clock, ISO 8601. */
	at: string;
	body: ActionBody;
	/** What is shown of it in lists. */
	label: string;
	/** `accepted` ones go when the day that contains them has come; the last two stay until they were read. */
	state: 'waiting' | 'accepted' | 'conflict' | 'refused';
	/** It may have arrived, though no answer did: it can no longer be taken back. */
	tried?: boolean;
	answeredAt?: number;
	/** The server's sentence. */
	message?: string;
	conflict?: {
		by: string;
		at: string;
		changes: { field: string; before: string | null; after: string | null }[];
	};
	interventionId?: string;
}

export interface KeptPhoto {
	id: string;
	actionId: string;
	personId: string;
	/** Of which line of a receipt it is. */
	lineId?: string;
	content: Blob;
	state: 'waiting' | 'sent' | 'refused';
	message?: string;
}

/** What a program shows, as the town last told it. */
export interface KeptDay {
	personId: string;
	fetchedAt: number;
	etag: string;
	day: unknown;
}

export interface KeptPosition {
	order?: number;
	personId: string;
	roundId: string;
	at: string;
	longitude: number;
	latitude: number;
	accuracyMeters: number | null;
	speedMetersPerSecond: number | null;
	headingDegrees: number | null;
}

/** Single facts by name. */
export interface Facts {
	deviceId: string;
	/** Who last signed in here and did not sign out. */
	person: { id: string; name: string } | null;
	lastSync: number;
	/** Rounds on which the driver lets the vehicle's position be sent. */
	positionsOn: string[];
	/** This phone's share of receipt numbers, and how many of them it gave. */
	desk: { prefix: string; count: number };
	/** Where the desk stands. */
	deskPlace: { campaignId: string | null; pointId: string | null };
	/** Receipts given here lately, to be shown and printed again: they name nobody. */
	receipts: DeskReceipt[];
}

interface Schema extends DBSchema {
	actions: { key: number; value: KeptAction; indexes: { id: string; person: string } };
	photos: { key: string; value: KeptPhoto; indexes: { action: string } };
	days: { key: string; value: KeptDay };
	positions: { key: number; value: KeptPosition };
	facts: { key: string; value: unknown };
}
export type Store = IDBPDatabase<Schema>;

/** A program's own store, shared by its pages and its service worker. @throws where the browser keeps nothing */
export function openStore(name: PhoneApp['name']): Promise<Store> {
	return openDB<Schema>(name, 1, {
		upgrade(database) {
			const actions = database.createObjectStore('actions', { keyPath: 'order', autoIncrement: true });
			actions.createIndex('id', 'id', { unique: true });
			actions.createIndex('person', 'personId');
			database.createObjectStore('photos', { keyPath: 'id' }).createIndex('action', 'actionId');
			database.createObjectStore('days', { keyPath: 'personId' });
			database.createObjectStore('positions', { keyPath: 'order', autoIncrement: true });
			database.createObjectStore('facts');
		},
		// Another page wants a newer form of the store: let it.
		blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
	});
}

export async function readFact<Name extends keyof Facts>(
	store: Store,
	name: Name,
): Promise<Facts[Name] | undefined> {
	return (await store.get('facts', name)) as Facts[Name] | undefined;
}

export async function writeFact<Name extends keyof Facts>(
	store: Store,
	name: Name,
	value: Facts[Name],
): Promise<void> {
	await store.put('facts', value, name);
}

/** One name for this browser's store, made when first asked for. */
export async function deviceId(store: Store): Promise<string> {
	const write = store.transaction('facts', 'readwrite');
	let id = (await write.store.get('deviceId')) as string | undefined;
	if (!id) {
		id = newActionId();
		await write.store.put(id, 'deviceId');
	}
	await write.done;
	return id;
}
