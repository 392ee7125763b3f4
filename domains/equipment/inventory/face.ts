import type { Actor, Result } from '@parvis/platform';
import type { Acquired, Category, Condition, DeviceStatus, LeftAs } from '../kinds.ts';
import type { Audits } from './audits/face.ts';
import type { Loans } from './loans/face.ts';
import type { problemKinds, repairKinds } from './rules/kinds.ts';

export type * from './audits/face.ts';
export type * from './loans/face.ts';

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

export interface HolderName {
	id: string;
	/** Null once erased. */
	name: string | null;
}

/** A device as a list shows it. */
export interface DeviceSummary extends Omit<DeviceFields, 'modelId' | 'holderId' | 'supportedUntil'> {
	id: string;
	model: { id: string; manufacturer: string; name: string; category: Category };
	holder: HolderName | null;
	/** Last day with security updates: its own, else its model's; null where nobody knows. */
	supportedUntil: string | null;
	/** Problems told and not handled yet. */
	problems: number;
	simulated: boolean;
	version: number;
}

export interface Device extends DeviceSummary {
	/** Its own last day of updates, where it differs from its model's. */
	ownSupportedUntil: string | null;
	holderEmail: string | null;
	sources: readonly { system: string; externalId: string }[];
	openProblems: readonly DeviceProblem[];
	repairs: readonly Repair[];
	createdAt: Date;
	updatedAt: Date;
}

export type RepairKind = (typeof repairKinds)[number];

export interface Repair {
	what: RepairKind;
	costCents: number | null;
	supplier: string | null;
	from: string;
	to: string;
	note: string | null;
}

export type ProblemKind = (typeof problemKinds)[number];

export interface DeviceProblem {
	id: string;
	deviceId: string;
	tag: string;
	kind: ProblemKind;
	words: string | null;
	at: Date;
	/** Name of who said so, where it is known. */
	by: string | null;
}

export interface DeviceEvent {
	id: string;
	at: Date;
	recordedAt: Date;
	kind: DeviceEventKind;
	/** Null: the program, an import, or somebody erased. */
	by: string | null;
	changes: readonly { field: DeviceField; from: unknown; to: unknown }[];
	detail: Readonly<Record<string, unknown>>;
	note: string | null;
	/** Names of the holders in `changes`, by id; null once erased. */
	holders: Readonly<Record<string, string | null>>;
	/** Names of the models in `changes`, by id. */
	models: Readonly<Record<string, string>>;
}

export type DeviceSort = 'tag' | 'model' | 'holder' | 'service' | 'age' | 'status' | 'changed';

export interface DeviceFilter {
	/** Part of a tag, serial, model, holder, service or site; accents and capitals do not matter. */
	text?: string | undefined;
	/** All that have not left unless told. */
	status?: DeviceStatus | 'any' | undefined;
	category?: string | undefined;
	modelId?: string | undefined;
	holderId?: string | undefined;
	service?: string | undefined;
	site?: string | undefined;
	condition?: string | undefined;
	acquired?: string | undefined;
	/** With problems that nobody handled yet. */
	problem?: boolean | undefined;
	/** Without security updates today. */
	unsupported?: boolean | undefined;
	/** Years since it is in use, else bought: at least and less than. */
	yearsFrom?: number | undefined;
	yearsTo?: number | undefined;
	/** Tags from and to, as they sort. */
	tagFrom?: string | undefined;
	tagTo?: string | undefined;
	changedSince?: Date | undefined;
	sort?: DeviceSort | undefined;
	descending?: boolean | undefined;
	page?: number | undefined;
	/** At most 500; 50 unless told. */
	pageSize?: number | undefined;
}

export interface DevicePage {
	items: DeviceSummary[];
	total: number;
	page: number;
	pageSize: number;
}

export interface DeviceCounts {
	/** Not left. */
	present: number;
	byStatus: Partial<Record<DeviceStatus, number>>;
	byCategory: readonly { category: Category; count: number }[];
	problems: number;
	unsupported: number;
}

/** What forms let one choose from. */
export interface DeviceChoices {
	models: readonly { id: string; manufacturer: string; name: string; category: Category }[];
	services: readonly string[];
	sites: readonly string[];
	/** Names of known holders. */
	holders: readonly string[];
}

/** Somebody to hold a device: known by id, or said by name and found or made. */
export interface HolderInput {
	holderId?: string | undefined;
	name?: string | undefined;
	email?: string | null | undefined;
	service?: string | null | undefined;
}

/**
 * The fleet. Reading is for who may see (`equipment:read`), writing for who may manage (`equipment:write`). Whoever names the
 * version they saw is refused with `equipment.device_changed` when it is not the present one.
 */
export interface Devices {
	list(actor: Actor, filter?: DeviceFilter): Promise<Result<DevicePage>>;
	counts(actor: Actor): Promise<Result<DeviceCounts>>;
	choices(actor: Actor): Promise<Result<DeviceChoices>>;
	/** By id or tag. Whoever holds it may read it too. */
	get(actor: Actor, reference: string): Promise<Result<Device>>;
	/** Latest first by when it happened. */
	history(actor: Actor, id: string): Promise<Result<DeviceEvent[]>>;
	create(actor: Actor, input: unknown): Promise<Result<Device>>;
	/** Correct what is written about it. */
	edit(actor: Actor, id: string, version: number | undefined, changes: unknown): Promise<Result<Device>>;
	/**
	 * Give it to somebody, to a service, or to both. What can hold data and was used goes to another only once wiped and
	 * verified (`equipment.wipe_missing_in_town`), unless a manager says why.
	 */
	assign(
		actor: Actor,
		id: string,
		version: number | undefined,
		input: {
			holder?: HolderInput | null;
			service?: string | null;
			site?: string | null;
			on?: string;
			note?: string | null;
			/** Why it is handed over unwiped: 20 characters at least, without a name. */
			unwipedReason?: string | null;
		},
	): Promise<Result<Device>>;
	/** It comes back to the stock. */
	takeBack(
		actor: Actor,
		id: string,
		version: number | undefined,
		input: { condition?: Condition | null; site?: string | null; on?: string; note?: string | null },
	): Promise<Result<Device>>;
	/** Any status but `left` and `on_loan`, which have their own ways. */
	changeStatus(
		actor: Actor,
		id: string,
		version: number | undefined,
		input: { status: string; note?: string | null },
	): Promise<Result<Device>>;
	/** A repair that was done; from repair it goes back to its holder or to the stock. */
	repair(
		actor: Actor,
		id: string,
		version: number | undefined,
		input: {
			what: string;
			costCents?: number | null;
			supplier?: string | null;
			from?: string;
			to?: string;
			condition?: Condition | null;
			batteryHealthPercent?: number | null;
			note?: string | null;
		},
	): Promise<Result<Device>>;
	measureBattery(
		actor: Actor,
		id: string,
		version: number | undefined,
		input: { percent: number; on?: string },
	): Promise<Result<Device>>;
	/**
	 * It leaves the town. What can hold data leaves only once it was wiped since it last served (`equipment.not_wiped`), unless
	 * it is lost.
	 */
	leave(
		actor: Actor,
		id: string,
		version: number | undefined,
		input: { as: string; on?: string; note?: string | null },
	): Promise<Result<Device>>;
}

/** What I hold, and what is wrong with it. */
export interface OwnDevices {
	/** Devices that the signed-in person holds, by account or confirmed address. */
	list(actor: Actor): Promise<Result<DeviceSummary[]>>;
	/** Say that something is wrong with a device of one's own, or as who may manage with any. */
	tellProblem(actor: Actor, deviceId: string, input: unknown): Promise<Result<null>>;
	problems(actor: Actor): Promise<Result<DeviceProblem[]>>;
	/** Settle a problem; the answer goes by letter to who told it. */
	handleProblem(actor: Actor, problemId: string, input: { answer?: string | null }): Promise<Result<null>>;
}

/** A label to print: its QR code leads to `/t/<tag>`. */
export interface Label {
	id: string;
	tag: string;
	serial: string | null;
	model: string;
	url: string;
	/** Modules of the code with its quiet zone, and its dark ones as an SVG path in that many units. */
	size: number;
	path: string;
}

/** Devices, their holders and history, labels, loans, audits. */
export interface Inventory {
	devices: Devices;
	own: OwnDevices;
	loans: Loans;
	audits: Audits;
	/** Labels of the devices that a filter finds, 500 at most. For who may manage. */
	labels(actor: Actor, filter: DeviceFilter): Promise<Result<{ labels: Label[]; total: number }>>;
	/** What a label leads to: the device's id and tag; nothing else of it, for strangers read labels too. */
	byLabel(tag: string): Promise<{ id: string; tag: string } | null>;
}
