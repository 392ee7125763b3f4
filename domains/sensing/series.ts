import type { Actor } from '@parvis/platform';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { silentAfterIntervals } from './device-rows.ts';
import type { Series, Value } from './face.ts';
import { mayReadObservations } from './policies.ts';
import { describeProperty, isPublic, unitSymbol, type Visibility } from './properties.ts';
import type { DB } from './tables.ts';

export interface SeriesFilter {
	ids?: readonly number[] | undefined;
	deviceIds?: readonly string[] | undefined;
	placeIds?: readonly string[] | undefined;
	property?: string | undefined;
	/** Only of devices in service. */
	active?: boolean | undefined;
}

interface SeriesRow {
	id: number;
	device_id: string;
	device_name: string;
	place_id: string | null;
	place_kind: string | null;
	visibility: string;
	status: string;
	property: string;
	unit: string;
	interval_seconds: number;
	longitude: number | null;
	latitude: number | null;
}

export interface LatestRow extends SeriesRow {
	observed_at: Date;
	value: number;
	quality: number;
	stale: boolean;
}

/** Series with their devices, of active and retired ones, ordered by device name and property. */
export function selectSeries(db: Kysely<DB>, filter: SeriesFilter) {
	const { ids, deviceIds, placeIds, property, active } = filter;
	return db
		.selectFrom('sensing.series as series')
		.innerJoin('sensing.device as device', 'device.id', 'series.device_id')
		.innerJoin('sensing.device_type as type', 'type.id', 'device.type_id')
		.select([
			'series.id',
			'series.device_id',
			'device.name as device_name',
			'device.place_id',
			'device.place_kind',
			'device.visibility',
			'device.status',
			'series.property',
			'series.unit',
			'device.longitude',
			'device.latitude',
			sql<number>`coalesce(device.expected_interval_seconds, type.expected_interval_seconds)`.as(
				'interval_seconds',
			),
		])
		.$if(ids !== undefined, (query) => query.where(sql<boolean>`series.id = ANY(${ids ?? []}::int[])`))
		.$if(deviceIds !== undefined, (query) =>
			query.where(sql<boolean>`series.device_id = ANY(${deviceIds ?? []}::uuid[])`),
		)
		.$if(placeIds !== undefined, (query) =>
			query.where(sql<boolean>`device.place_id = ANY(${placeIds ?? []}::uuid[])`),
		)
		.$if(property !== undefined, (query) => query.where('series.property', '=', property ?? ''))
		.$if(active === true, (query) => query.where('device.status', '=', 'active'))
		.orderBy('device.name')
		.orderBy('series.property')
		.orderBy('series.id');
}

/** The same with their latest values; series without a value are absent. */
export function selectLatest(db: Kysely<DB>, filter: SeriesFilter) {
	return selectSeries(db, filter)
		.innerJoin('sensing.latest_value as latest', 'latest.series_id', 'series.id')
		.select([
			'latest.observed_at',
			'latest.value',
			'latest.quality',
			sql<boolean>`latest.observed_at < now() - make_interval(secs => ${sql.lit(silentAfterIntervals)}
				* coalesce(device.expected_interval_seconds, type.expected_interval_seconds))`.as('stale'),
		]);
}

export function toSeries(row: SeriesRow): Series {
	const { fr, en, decimals, kind } = describeProperty(row.property);
	return {
		id: row.id,
		deviceId: row.device_id,
		deviceName: row.device_name,
		placeId: row.place_id,
		property: row.property,
		label: { fr, en },
		unit: row.unit,
		symbol: unitSymbol(row.unit),
		decimals,
		kind,
		public: isPublic(row.property, row.place_kind, row.visibility as Visibility),
	};
}

export function toValue(row: LatestRow): Value {
	return {
		series: toSeries(row),
		observedAt: row.observed_at,
		value: row.value,
		quality: row.quality,
		stale: row.stale,
	};
}

/** Which series the actor may read. */
export function readableBy(actor: Actor): (series: Series) => boolean {
	return mayReadObservations(actor) ? () => true : (series) => series.public;
}
