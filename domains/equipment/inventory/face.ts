import type { Acquired, Condition, DeviceStatus, LeftAs } from '../kinds.ts';

/** What can be written about a device; days as `2026-11-25`, money in cents. */
export interface DeviceFields {
	/** What its label says, 1 to 60 characters; capitals do not matter. */
	tag: string;
	serial: string | null;
	modelId: string;
	status: DeviceStatus;
	holderId: string | null;
	service: string | null;
	site: string | null;
	/** Code of the need that it answers, in the policy. */
	need: string | null;
	boughtOn: string | null;
	inUseOn: string | null;
	warrantyUntil: string | null;
	/** Where it differs from its model's. */
	supportedUntil: string | null;
	acquired: Acquired;
	/** Day of its first use by anybody, for what was not new. */
	firstUsedOn: string | null;
	condition: Condition | null;
	batteryHealthPercent: number | null;
	batteryMeasuredOn: string | null;
	priceCents: number | null;
	supplier: string | null;
	orderNumber: string | null;
	leftOn: string | null;
	leftAs: LeftAs | null;
	note: string | null;
}

export type DeviceField = keyof DeviceFields;

export type DeviceEventKind =
	| 'created'
	| 'imported'
	| 'edited'
	| 'assigned'
	| 'returned'
	| 'lent'
	| 'moved'
	| 'repaired'
	| 'battery_measured'
	| 'audited'
	| 'missing'
	| 'found'
	| 'problem_told'
	| 'problem_handled'
	| 'wiped'
	| 'collected'
	| 'status_changed'
	| 'left';

/** What one entry of the history changed: by field, from and to. Holders by id, never by name. */
export type DeviceChanges = Partial<Record<DeviceField, readonly [from: unknown, to: unknown]>>;

/** Devices, their holders and history, labels, loans, audits. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the part
export interface Inventory {}
