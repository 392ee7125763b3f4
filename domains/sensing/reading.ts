import type { Actor, Result } from '@parvis/platform';
import { ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from './context.ts';
import type { Aggregate, Point, Reading, Series, Value } from './face.ts';
import { readableBy, type SeriesFilter, selectLatest, selectSeries, toSeries, toValue } from './series.ts';

/** Quality bit of a value outside what its type can measure: kept, but no part of charts and aggregates. */
export const impossibleValue = 1;

interface AggregateRow {
	series_id: number;
	bucket: Date;
	count: number;
	sum: number;
	minimum: number;
	maximum: number;
	last: number;
}

const earthRadiusMeters = 6_371_008.8;

export function createReading({ db }: Pick<Context, 'db'>): Reading {
	async function series(actor: Actor, filter: SeriesFilter): Promise<Series[]> {
		const rows = await selectSeries(db, filter).execute();
		return rows.map(toSeries).filter(readableBy(actor));
	}

	async function one(actor: Actor, id: number): Promise<Result<Series>> {
		const found = (await series(actor, { ids: [id] }))[0];
		return found ? ok(found) : refuse('sensing.series_unknown');
	}

	async function latest(actor: Actor, filter: SeriesFilter): Promise<Value[]> {
		const rows = await selectLatest(db, filter).execute();
		const readable = readableBy(actor);
		return rows.map(toValue).filter((value) => readable(value.series));
	}

	async function readAggregates(
		ids: readonly number[],
		step: 'hour' | 'day',
		from: Date,
		to: Date,
	): Promise<Map<number, Aggregate[]>> {
		const table = sql.table(step === 'hour' ? 'sensing.observation_hour' : 'sensing.observation_day');
		const { rows } = await sql<AggregateRow>`
			SELECT series_id, bucket, count, sum, minimum, maximum, last FROM ${table}
			WHERE series_id = ANY(${ids}::int[]) AND bucket >= ${from} AND bucket < ${to} AND count > 0
			ORDER BY series_id, bucket`.execute(db);
		const bySeries = new Map<number, Aggregate[]>(ids.map((id) => [id, []]));
		for (const { series_id, bucket, ...row } of rows)
			bySeries.get(series_id)?.push({ from: bucket, ...row, average: row.sum / row.count });
		return bySeries;
	}

	return {
		series,
		latest,

		async valuesAtPlace(actor, placeId) {
			return latest(actor, { placeIds: [placeId], active: true });
		},

		async historyAtPlace(actor, placeId, { from, to, step = 'hour' }) {
			const all = await series(actor, { placeIds: [placeId], active: true });
			const bySeries = await readAggregates(
				all.map(({ id }) => id),
				step,
				from,
				to,
			);
			return all
				.map((one) => ({ series: one, aggregates: bySeries.get(one.id) ?? [] }))
				.filter(({ aggregates }) => aggregates.length > 0);
		},

		async range(actor, seriesId, from, to, { maxPoints = 1000 } = {}) {
			const found = await one(actor, seriesId);
			if (!found.ok) return found;
			const within = sql`series_id = ${seriesId} AND observed_at >= ${from} AND observed_at < ${to}
				AND quality & ${sql.lit(impossibleValue)} = 0`;
			const raw = await sql<Point>`
				SELECT observed_at AS at, value, quality FROM sensing.observation
				WHERE ${within} ORDER BY observed_at LIMIT ${maxPoints + 1}`.execute(db);
			if (raw.rows.length <= maxPoints)
				return ok({ series: found.value, points: raw.rows, downsampled: false });
			const buckets = Math.max(1, Math.floor(maxPoints / 2));
			const width = Math.max(1, (to.getTime() - from.getTime()) / 1000 / buckets);
			const { rows } = await sql<Point>`
				SELECT at, value, quality FROM (
					SELECT at, value, quality,
						row_number() OVER (PARTITION BY bucket ORDER BY value, at) AS low,
						row_number() OVER (PARTITION BY bucket ORDER BY value DESC, at) AS high
					FROM (
						SELECT observed_at AS at, value, quality,
							floor(extract(epoch FROM observed_at - ${from}::timestamptz)::float8 / ${width}::float8) AS bucket
						FROM sensing.observation WHERE ${within}
					) point
				) ranked WHERE low = 1 OR high = 1 ORDER BY at`.execute(db);
			return ok({ series: found.value, points: rows, downsampled: true });
		},

		async aggregates(actor, seriesId, step, from, to) {
			const found = await one(actor, seriesId);
			if (!found.ok) return found;
			const bySeries = await readAggregates([seriesId], step, from, to);
			return ok({ series: found.value, aggregates: bySeries.get(seriesId) ?? [] });
		},

		async nearest(actor, { longitude, latitude, property, withinMeters = 2000, limit = 20 }) {
			// A box first, which the index answers; then the true distance (haversine).
			const north = (withinMeters / earthRadiusMeters) * (180 / Math.PI);
			const east = north / Math.max(0.01, Math.cos((latitude * Math.PI) / 180));
			const distance = sql<number>`2 * ${sql.lit(earthRadiusMeters)} * asin(sqrt(
				power(sin(radians(device.latitude - ${latitude}) / 2), 2)
				+ cos(radians(${latitude})) * cos(radians(device.latitude))
				* power(sin(radians(device.longitude - ${longitude}) / 2), 2)))`;
			const rows = await selectLatest(db, { property, active: true })
				.clearOrderBy()
				.select(distance.as('distance'))
				.where('device.latitude', '>=', latitude - north)
				.where('device.latitude', '<=', latitude + north)
				.where('device.longitude', '>=', longitude - east)
				.where('device.longitude', '<=', longitude + east)
				.where(distance, '<=', withinMeters)
				.orderBy('distance')
				.orderBy('series.id')
				.execute();
			const readable = readableBy(actor);
			return rows
				.map((row) => ({ ...toValue(row), distanceMeters: row.distance }))
				.filter(({ series }) => readable(series))
				.slice(0, limit);
		},

		async map(actor) {
			const rows = await selectLatest(db, { active: true }).execute();
			const readable = readableBy(actor);
			const devices = new Map<string, Awaited<ReturnType<Reading['map']>>[number]>();
			for (const row of rows) {
				const value = toValue(row);
				if (row.longitude === null || row.latitude === null || !readable(value.series)) continue;
				const entry = devices.get(row.device_id) ?? {
					deviceId: row.device_id,
					name: row.device_name,
					placeId: row.place_id,
					longitude: row.longitude,
					latitude: row.latitude,
					values: [],
				};
				entry.values.push(value);
				devices.set(row.device_id, entry);
			}
			return [...devices.values()];
		},
	};
}
