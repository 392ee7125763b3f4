import type { Kysely, SelectQueryBuilder } from 'kysely';
import { sql } from 'kysely';
import { likePattern } from './context.ts';
import type { Device, DeviceFilter, DeviceState } from './face.ts';
import type { Visibility } from './properties.ts';
import type { DB } from './tables.ts';

/** A device is silent after this many expected intervals without a word. */
export const silentAfterIntervals = 3;
export const lowBatteryPercent = 20;

export interface DeviceRow {
	id: string;
	name: string;
	type_id: string;
	vendor: string;
	model: string;
	type_name: string;
	dev_eui: string | null;
	external_id: string | null;
	place_id: string | null;
	place_kind: string | null;
	longitude: number | null;
	latitude: number | null;
	service: string | null;
	parameters: unknown;
	own_interval_seconds: number | null;
	interval_seconds: number;
	visibility: string;
	state: DeviceState;
	battery_percent: number | null;
	last_seen_at: Date | null;
	has_credential: boolean;
	created_at: Date;
	updated_at: Date;
}

const interval = sql<number>`coalesce(device.expected_interval_seconds, type.expected_interval_seconds)`;

/** SQL of a device's state; `device` and `type` are the aliases it reads. */
const state = sql<DeviceState>`CASE
	WHEN device.status = 'retired' THEN 'retired'
	WHEN device.last_seen_at IS NULL THEN 'never_seen'
	WHEN device.last_seen_at < now() - make_interval(secs => ${interval} * ${sql.lit(silentAfterIntervals)}) THEN 'silent'
	ELSE 'live' END`;

/** Devices with their types and what follows from both. */
export function selectDevices(db: Kysely<DB>) {
	return db
		.selectFrom('sensing.device as device')
		.innerJoin('sensing.device_type as type', 'type.id', 'device.type_id')
		.select([
			'device.id',
			'device.name',
			'device.type_id',
			'type.vendor',
			'type.model',
			'type.name as type_name',
			'device.dev_eui',
			'device.external_id',
			'device.place_id',
			'device.place_kind',
			'device.longitude',
			'device.latitude',
			'device.service',
			'device.parameters',
			'device.expected_interval_seconds as own_interval_seconds',
			interval.as('interval_seconds'),
			'device.visibility',
			state.as('state'),
			'device.battery_percent',
			'device.last_seen_at',
			sql<boolean>`device.credential_hash IS NOT NULL`.as('has_credential'),
			'device.created_at',
			'device.updated_at',
		]);
}

type Joined = DB & { device: DB['sensing.device']; type: DB['sensing.device_type'] };

/** Narrow a query over `device` and `type` to what a filter asks. */
export function whereDevice<O>(
	query: SelectQueryBuilder<Joined, 'device' | 'type', O>,
	filter: DeviceFilter,
): SelectQueryBuilder<Joined, 'device' | 'type', O> {
	const { text, typeId, placeId, service, state: wanted, lowBattery } = filter;
	let narrowed = query;
	for (const word of text?.split(/\s+/).filter(Boolean).slice(0, 8) ?? []) {
		const pattern = likePattern(word);
		narrowed = narrowed.where(
			sql<boolean>`public.unaccent(concat_ws(' ', device.name, device.dev_eui, device.external_id, device.service,
				type.vendor, type.model, type.name)) ILIKE public.unaccent(${pattern})`,
		);
	}
	if (typeId !== undefined) narrowed = narrowed.where(sql<boolean>`device.type_id::text = ${typeId}`);
	if (placeId !== undefined) narrowed = narrowed.where(sql<boolean>`device.place_id::text = ${placeId}`);
	if (service !== undefined) narrowed = narrowed.where('device.service', '=', service.replaceAll('\0', ''));
	if (wanted === 'active') narrowed = narrowed.where('device.status', '=', 'active');
	else if (wanted !== undefined) narrowed = narrowed.where(state, '=', wanted);
	if (lowBattery)
		narrowed = narrowed
			.where('device.battery_percent', '<=', lowBatteryPercent)
			.where('device.status', '=', 'active');
	return narrowed;
}

export function toDevice(row: DeviceRow): Device {
	return {
		id: row.id,
		name: row.name,
		type: { id: row.type_id, vendor: row.vendor, model: row.model, name: row.type_name },
		devEui: row.dev_eui,
		externalId: row.external_id,
		placeId: row.place_id,
		placeKind: row.place_kind,
		longitude: row.longitude,
		latitude: row.latitude,
		service: row.service,
		parameters: row.parameters as Record<string, number>,
		expectedIntervalSeconds: row.interval_seconds,
		ownExpectedIntervalSeconds: row.own_interval_seconds,
		visibility: row.visibility as Visibility,
		state: row.state,
		batteryPercent: row.battery_percent,
		lowBattery: row.battery_percent !== null && row.battery_percent <= lowBatteryPercent,
		lastSeenAt: row.last_seen_at,
		hasCredential: row.has_credential,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
	};
}
