import { quality } from '../mapping.ts';
import type { IncomingMessage } from './message.ts';
import { monthOf } from './partitions.ts';
import type { KnownDevice } from './registry.ts';

/** Observations of one batch as columns, as the database takes them. */
export interface Columns {
	seriesIds: number[];
	/** Milliseconds since 1970. */
	observedAts: number[];
	values: number[];
	qualities: number[];
	months: Set<number>;
}

/** What a batch says of a device itself. */
export interface DeviceNews {
	id: string;
	at: number;
	battery: number | null;
	uplink: Record<string, unknown>;
}

export const newColumns = (): Columns => ({
	seriesIds: [],
	observedAts: [],
	values: [],
	qualities: [],
	months: new Set(),
});

const second = 1000;
const day = 86_400 * second;
/** Clocks of networks and devices differ by seconds; more than this ahead is a clock that is wrong. */
const aheadMilliseconds = 5 * 60 * second;
/** A live message this old was held back somewhere. */
const lateMilliseconds = day;
/** Before LoRaWAN and after any plan: no clock that is only wrong says this. */
const earliest = Date.UTC(2010, 0);
const furthestAhead = 400 * day;

/** The instant a message counts for with its quality bits, or null where it makes no sense at all. */
export function timeOf(message: IncomingMessage): { at: number; quality: number } | null {
	const received = message.receivedAt.getTime();
	const at = message.observedAt?.getTime() ?? received;
	if (at < earliest || at > received + furthestAhead) return null;
	if (at > received + aheadMilliseconds) return { at, quality: quality.clockSkew };
	const live = message.network !== 'http';
	return { at, quality: live && at < received - lateMilliseconds ? quality.late : 0 };
}

/**
 * Add what a message's fields say to the columns.
 * @returns fields that no number could be made of
 */
export function addFields(
	columns: Columns,
	device: KnownDevice,
	fields: Readonly<Record<string, unknown>>,
	time: { at: number; quality: number },
	missingSeries: (property: string, unit: string) => number,
): { unusable: string[]; battery: number | null; count: number } {
	const { values, unusable } = device.map(fields);
	let battery: number | null = null;
	for (const { property, unit, value, quality: flags } of values) {
		columns.seriesIds.push(device.series.get(property) ?? missingSeries(property, unit));
		columns.observedAts.push(time.at);
		columns.values.push(value);
		columns.qualities.push(flags | time.quality);
		if (property === 'batteryLevel' && flags === 0) battery = value;
	}
	if (values.length) columns.months.add(monthOf(time.at));
	return { unusable, battery, count: values.length };
}
