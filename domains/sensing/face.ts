/** The shapes that pages, API and other rooms see. Instants are UTC; units are UCUM codes. */
import type { Actor, Result } from '@parvis/platform';
import type { Mapping } from './mapping.ts';
import type { Visibility } from './properties.ts';

/** One page of a list. */
export interface Page<T> {
	items: T[];
	/** How many match in all. */
	total: number;
	/** From 1. */
	page: number;
	pageSize: number;
}

/** What to change; what is absent or undefined stays. */
export type Changes<T> = { [Key in keyof T]?: T[Key] | undefined };

export interface Words {
	fr: string;
	en: string;
}

/** How a decoded field becomes an observed property: see `mapping.ts`. */
export type MappingEntry = Mapping[number];

export interface DeviceTypeSummary {
	id: string;
	vendor: string;
	model: string;
	name: string;
}

export interface DeviceType extends DeviceTypeSummary {
	description: string;
	/** JavaScript of the payload codec (LoRa Alliance TS013); null for devices that send plain JSON. */
	codecSource: string | null;
	/** SHA-256 of the codec, hexadecimal. */
	codecVersion: string | null;
	mapping: MappingEntry[];
	expectedIntervalSeconds: number;
	/** How long single observations are kept; null: for ever. Day aggregates always stay. */
	retentionDays: number | null;
	/** Active devices of this type. */
	deviceCount: number;
	createdAt: Date;
	updatedAt: Date;
}

/** A codec or mapping that a type had before. */
export interface DeviceTypeVersion {
	id: string;
	replacedAt: Date;
	replacedBy: string | null;
	codecVersion: string | null;
	codecSource: string | null;
	mapping: MappingEntry[];
}

export interface DeviceTypeInput {
	vendor: string;
	model: string;
	name: string;
	description?: string | undefined;
	codecSource?: string | null | undefined;
	mapping: MappingEntry[];
	expectedIntervalSeconds: number;
	retentionDays?: number | null | undefined;
}

/** What a type makes of one payload. */
export interface CodecTrial {
	/** What the codec gave: `null` when it refused. */
	data: Record<string, unknown> | null;
	warnings: string[];
	/** The codec's own words, or why it was stopped. */
	errors: string[];
	/** What the mapping makes of it. */
	values: { property: string; label: Words; unit: string; symbol: string; value: number }[];
	/** Fields that are there and that no number can be made of. */
	unusable: string[];
}

export interface DeviceTypes {
	list(actor: Actor): Promise<Result<DeviceType[]>>;
	get(actor: Actor, id: string): Promise<Result<DeviceType>>;
	create(actor: Actor, input: DeviceTypeInput): Promise<Result<DeviceType>>;
	/** Create, or change the type of the same vendor and model. `changed` is false when nothing differs. */
	upsert(
		actor: Actor,
		input: DeviceTypeInput,
	): Promise<Result<{ type: DeviceType; created: boolean; changed: boolean }>>;
	/** Applies to later uplinks; the previous codec and mapping are kept as a version. */
	update(actor: Actor, id: string, changes: Changes<DeviceTypeInput>): Promise<Result<DeviceType>>;
	/** Refused while devices are of this type. */
	remove(actor: Actor, id: string): Promise<Result<null>>;
	/** Newest first. */
	versions(actor: Actor, id: string): Promise<Result<DeviceTypeVersion[]>>;
	/**
	 * Try a codec and mapping, saved or not, on one payload.
	 * @param trial `bytes` as hexadecimal (spaces allowed) or base64; `deviceParameters` stand in for a device's own
	 */
	tryOut(
		actor: Actor,
		trial: {
			codecSource: string | null;
			mapping: MappingEntry[];
			bytes: string;
			fPort: number | null;
			deviceParameters?: Record<string, number> | undefined;
		},
	): Promise<Result<CodecTrial>>;
}

export type DeviceState = 'never_seen' | 'live' | 'silent' | 'retired';

export interface Device {
	id: string;
	name: string;
	type: DeviceTypeSummary;
	/** 16 lower-case hexadecimal digits, for LoRaWAN devices. */
	devEui: string | null;
	/** Name by which a plain JSON device sends. */
	externalId: string | null;
	placeId: string | null;
	/** Kind of that place when the device was put there. */
	placeKind: string | null;
	longitude: number | null;
	latitude: number | null;
	/** Service in charge, in the town's words: `Propreté`. */
	service: string | null;
	/** Numbers the type's mapping may use by name: `{ heightMillimeters: 1800 }`. */
	parameters: Record<string, number>;
	/** The device's own, or its type's. */
	expectedIntervalSeconds: number;
	/** Null: its type's. */
	ownExpectedIntervalSeconds: number | null;
	visibility: Visibility;
	/** `silent`: nothing heard for more than three expected intervals. */
	state: DeviceState;
	batteryPercent: number | null;
	/** 20 % or less. */
	lowBattery: boolean;
	lastSeenAt: Date | null;
	/** Whether it may sign in to the broker with its own password. */
	hasCredential: boolean;
	createdAt: Date;
	updatedAt: Date;
}

export interface DeviceDetail extends Device {
	/** The last uplink as it came, for whoever looks for a fault. */
	lastUplink: unknown;
	/** Each observed property with its latest value. */
	values: Value[];
}

export interface DeviceInput {
	name: string;
	typeId: string;
	devEui?: string | null | undefined;
	externalId?: string | null | undefined;
	placeId?: string | null | undefined;
	longitude?: number | null | undefined;
	latitude?: number | null | undefined;
	service?: string | null | undefined;
	parameters?: Record<string, number> | undefined;
	expectedIntervalSeconds?: number | null | undefined;
	visibility?: Visibility | undefined;
}

export interface DeviceFilter {
	/** Start of a word of the name, an identifier, a model or a service. */
	text?: string | undefined;
	typeId?: string | undefined;
	placeId?: string | undefined;
	service?: string | undefined;
	state?: DeviceState | 'active' | undefined;
	lowBattery?: boolean | undefined;
	sort?: 'name' | 'type' | 'lastSeen' | 'battery' | undefined;
	descending?: boolean | undefined;
	/** From 1. */
	page?: number | undefined;
	/** At most 500; 50 unless told. */
	pageSize?: number | undefined;
}

export interface DeviceCounts {
	active: number;
	live: number;
	silent: number;
	neverSeen: number;
	lowBattery: number;
	retired: number;
	waiting: number;
}

/** What an import did, or would do. */
export interface ImportReport {
	dryRun: boolean;
	created: number;
	updated: number;
	unchanged: number;
	/** Lines that were refused; nothing of a refused line is written, the others are. Line 1 is the header. */
	refused: { line: number; error: string; detail?: Record<string, string | number> }[];
}

/** One device of an import, by the names of the CSV's columns. */
export interface ImportRow {
	/** Where it stands in what was sent, for the report. */
	line: number;
	fields: Record<string, unknown>;
}

export interface Devices {
	list(actor: Actor, filter?: DeviceFilter): Promise<Result<Page<Device>>>;
	get(actor: Actor, id: string): Promise<Result<DeviceDetail>>;
	create(actor: Actor, input: DeviceInput): Promise<Result<Device>>;
	update(actor: Actor, id: string, changes: Changes<DeviceInput>): Promise<Result<Device>>;
	/** Keeps its observations; later uplinks go to the dead letters. */
	retire(actor: Actor, id: string): Promise<Result<Device>>;
	reactivate(actor: Actor, id: string): Promise<Result<Device>>;
	/** A new broker password; the former stops. It is shown this once. User name: the device's identifier. */
	renewCredential(actor: Actor, id: string): Promise<Result<{ username: string; password: string }>>;
	revokeCredential(actor: Actor, id: string): Promise<Result<null>>;
	/**
	 * Add or change devices by their identifier, thousands at once.
	 * @param csv UTF-8, header of column names, comma or semicolon: name, vendor, model (or type), devEui, externalId, place, longitude,
	 * latitude, service, expectedIntervalSeconds, visibility, and `parameters.<name>`
	 */
	importCsv(actor: Actor, csv: string, options: { dryRun: boolean }): Promise<Result<ImportReport>>;
	/** The same from rows: fields as in the CSV's columns, parameters as an object. */
	importMany(
		actor: Actor,
		rows: readonly ImportRow[],
		options: { dryRun: boolean },
	): Promise<Result<ImportReport>>;
	counts(actor: Actor): Promise<Result<DeviceCounts>>;
	/** Services in charge that devices name, for filters. */
	services(actor: Actor): Promise<Result<string[]>>;
}

/** A device that sends and that nobody declared. */
export interface WaitingDevice {
	id: string;
	/** DevEUI or the name in its topic. */
	identifier: { devEui: string } | { externalId: string };
	/** Way it came: `chirpstack`, `tts`, `mqtt`, `http`. */
	network: string;
	firstSeenAt: Date;
	lastSeenAt: Date;
	uplinkCount: number;
	/** Names the network gave: device, profile, application. */
	hints: Record<string, string>;
}

export interface Tray {
	list(
		actor: Actor,
		filter?: { text?: string | undefined; page?: number | undefined; pageSize?: number | undefined },
	): Promise<Result<Page<WaitingDevice>>>;
	/** Declare it; its kept uplinks become observations. */
	adopt(
		actor: Actor,
		id: string,
		input: Omit<DeviceInput, 'devEui' | 'externalId'>,
	): Promise<Result<{ device: Device; replayed: number }>>;
	/** Take it out of the tray; its next uplinks are dropped without a trace but a count. */
	ignore(actor: Actor, id: string): Promise<Result<null>>;
}

export interface Series {
	id: number;
	deviceId: string;
	deviceName: string;
	placeId: string | null;
	property: string;
	label: Words;
	/** UCUM code. */
	unit: string;
	/** What people read: `°C`. */
	symbol: string;
	decimals: number;
	kind: 'measure' | 'counter' | 'state';
	/** Whether anybody may read it. */
	public: boolean;
}

export interface Value {
	series: Series;
	observedAt: Date;
	value: number;
	/** Bits: 1 impossible, 2 clock skew, 4 outlier, 8 late. */
	quality: number;
	/** Older than three expected intervals. */
	stale: boolean;
}

export interface Point {
	at: Date;
	value: number;
	quality: number;
}

export interface Range {
	series: Series;
	points: Point[];
	/** True when each interval shows only its lowest and highest point. */
	downsampled: boolean;
}

export interface Aggregate {
	/** Start of the hour, or of the day in Europe/Paris. */
	from: Date;
	count: number;
	sum: number;
	average: number;
	minimum: number;
	maximum: number;
	last: number;
}

/** Reading never shows an actor more than it may see: what is not public is absent, as if it did not exist. */
export interface Reading {
	/** Series of a device or place, or by id. */
	series(
		actor: Actor,
		filter: {
			ids?: readonly number[] | undefined;
			deviceIds?: readonly string[] | undefined;
			placeIds?: readonly string[] | undefined;
			property?: string | undefined;
		},
	): Promise<Series[]>;
	/** Latest values, ordered by device name and property. */
	latest(
		actor: Actor,
		filter: {
			seriesIds?: readonly number[] | undefined;
			deviceIds?: readonly string[] | undefined;
			placeIds?: readonly string[] | undefined;
			property?: string | undefined;
		},
	): Promise<Value[]>;
	/** Live values of a place's page. */
	valuesAtPlace(actor: Actor, placeId: string): Promise<Value[]>;
	/** The series of a place with their last days by the hour: what its page draws. */
	historyAtPlace(
		actor: Actor,
		placeId: string,
		options: { from: Date; to: Date; step?: 'hour' | 'day' | undefined },
	): Promise<{ series: Series; aggregates: Aggregate[] }[]>;
	/** Points of one series in [from, to), oldest first; lowest and highest of each interval when there are more than `maxPoints`. */
	range(
		actor: Actor,
		seriesId: number,
		from: Date,
		to: Date,
		options?: { maxPoints?: number | undefined },
	): Promise<Result<Range>>;
	/** From the rollups, in [from, to), oldest first; steps without observations are absent. */
	aggregates(
		actor: Actor,
		seriesId: number,
		step: 'hour' | 'day',
		from: Date,
		to: Date,
	): Promise<Result<{ series: Series; aggregates: Aggregate[] }>>;
	/** Latest values of a property around a point, nearest first. */
	nearest(
		actor: Actor,
		options: {
			longitude: number;
			latitude: number;
			property?: string | undefined;
			/** 2 km unless told. */
			withinMeters?: number | undefined;
			limit?: number | undefined;
		},
	): Promise<(Value & { distanceMeters: number })[]>;
	/** Where live public values are: one entry a device, for the map. */
	map(actor: Actor): Promise<
		{
			deviceId: string;
			name: string;
			placeId: string | null;
			longitude: number;
			latitude: number;
			values: Value[];
		}[]
	>;
}

export interface ReadObservation {
	series: Series;
	observedAt: Date;
	value: number;
	receivedAt: Date;
	quality: number;
}

export interface ObservationQuery {
	filter: Parameters<Reading['series']>[1];
	from: Date;
	to: Date;
	/** Read on after this one. */
	after?: { at: string; id: number } | null | undefined;
	/** 1000 unless told. */
	limit?: number | undefined;
}

/** Single observations across series, oldest first, as far as the actor may read them. */
export interface Observations {
	read(
		actor: Actor,
		query: ObservationQuery,
	): Promise<{ items: ReadObservation[]; next: { at: string; id: number } | null }>;
	/** All of them, batch by batch, in bounded memory. */
	stream(actor: Actor, query: Omit<ObservationQuery, 'after' | 'limit'>): AsyncIterable<ReadObservation[]>;
}

/** A value that just came, as it travels to pages. */
export interface LiveValue {
	series: number;
	device: string;
	place: string | null;
	property: string;
	/** UCUM code. */
	unit: string;
	value: number;
	quality: number;
	/** ISO 8601, UTC. */
	observedAt: string;
	/** Milliseconds since 1970. */
	receivedAt: number;
}

export interface LiveListener {
	/** The first call brings what is known; later ones what changed since, each series at most once a second. */
	values(values: readonly LiveValue[]): void;
	/** The process stops: say good-bye. */
	end(): void;
}

export interface Live {
	/**
	 * Follow the series that a filter names and the actor may read.
	 * @param since milliseconds since 1970: values received until then are known already; null: none is
	 * @returns a function that ends it; null when too many follow already
	 */
	follow(
		actor: Actor,
		filter: {
			ids?: readonly number[] | undefined;
			deviceIds?: readonly string[] | undefined;
			placeIds?: readonly string[] | undefined;
			property?: string | undefined;
		},
		listener: LiveListener,
		since: number | null,
	): Promise<(() => void) | null>;
	close(): void;
}
