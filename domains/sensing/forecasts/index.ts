import { Worker } from 'node:worker_threads';
import { type Actor, ok, type Platform, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Reading } from '../face.ts';
import { quality } from '../mapping.ts';
import { describeProperty } from '../properties.ts';
import type { DB } from '../tables.ts';
import type { Hours, SkipReason } from './model.ts';
import type { Answer, Request } from './worker.ts';

/** The coming hours of a series. */
export interface Forecast {
	seriesId: number;
	madeAt: Date;
	/** Why there is none: too short, too many gaps, constant, or the model failed. Null when there is one. */
	skipped: SkipReason | null;
	/** One an hour; the interval holds 95 % of what comes, if all stays as it was. */
	points: { at: Date; expected: number; lower: number; upper: number }[];
}

export interface Outlier {
	/** Start of the hour. */
	at: Date;
	/** Against the series' own pattern, or against devices of the same kind. */
	basis: 'pattern' | 'siblings';
	/** Mean of the hour. */
	value: number;
	expected: number;
}

export interface Forecasts {
	/** Null while none was tried. A series the actor may not see is unknown to it. */
	of(actor: Actor, seriesId: number): Promise<Result<Forecast | null>>;
	outliers(actor: Actor, seriesId: number, from: Date, to: Date): Promise<Result<Outlier[]>>;
	/**
	 * Work them out anew, of all suited series unless told which.
	 * @param options.madeBefore only series that were never tried, or last before this instant
	 * @returns how many were made and skipped
	 */
	run(options?: {
		seriesIds?: readonly number[];
		now?: Date;
		madeBefore?: Date;
	}): Promise<{ made: number; skipped: number; outliers: number }>;
}

const hour = 3_600_000;
const historyHours = 6 * 7 * 24;
export const horizonHours = 48;
const siblingHours = 48;
const seriesAtOnce = 50;

/** Forecasts and outliers of hourly means, worked out each night in a thread of their own. */
export function createForecasts(platform: Platform, reading: Reading): Forecasts {
	const db = platform.db<DB>();

	/** Hourly means of series, oldest first, ending with the last whole hour before `until`. */
	async function readHours(
		ids: readonly number[],
		until: number,
		count: number,
	): Promise<Map<number, (number | null)[]>> {
		const from = until - count * hour;
		const rows = await db
			.selectFrom('sensing.observation_hour')
			.select(['series_id', 'bucket', 'count', 'sum'])
			.where('series_id', 'in', [...ids])
			.where('bucket', '>=', new Date(from))
			.where('bucket', '<', new Date(until))
			.execute();
		const hours = new Map(ids.map((id) => [id, new Array<number | null>(count).fill(null)]));
		for (const row of rows) {
			const list = hours.get(row.series_id);
			if (list) list[Math.round((row.bucket.getTime() - from) / hour)] = row.sum / row.count;
		}
		return hours;
	}

	async function keep(
		seriesId: number,
		until: number,
		hours: Hours,
		answer: NonNullable<Answer['fit']>,
	): Promise<number> {
		const start = until - hours.length * hour;
		await db.transaction().execute(async (trx) => {
			const columns = answer.ok
				? {
						skipped_reason: null,
						start_at: new Date(until),
						expected: answer.fitted.expected,
						lower: answer.fitted.lower,
						upper: answer.fitted.upper,
					}
				: { skipped_reason: answer.reason, start_at: null, expected: null, lower: null, upper: null };
			await trx
				.insertInto('sensing.forecast')
				.values({ series_id: seriesId, made_at: new Date(), ...columns })
				.onConflict((conflict) =>
					conflict.column('series_id').doUpdateSet({ made_at: new Date(), ...columns }),
				)
				.execute();
			await trx
				.deleteFrom('sensing.outlier')
				.where('series_id', '=', seriesId)
				.where('basis', '=', 'pattern')
				.execute();
			const found = answer.ok ? answer.fitted.outliers : [];
			if (found.length)
				await trx
					.insertInto('sensing.outlier')
					.values(
						found.map(({ index, expected }) => ({
							series_id: seriesId,
							bucket: new Date(start + index * hour),
							basis: 'pattern' as const,
							value: hours[index] ?? 0,
							expected,
						})),
					)
					.execute();
		});
		return answer.ok ? answer.fitted.outliers.length : 0;
	}

	/** Devices of one type at one kind of place measure alike: who leaves the others' band is out. */
	async function compareSiblings(ask: Ask, ids: readonly number[], until: number): Promise<number> {
		const { rows: groups } = await sql<{ ids: number[] }>`
			SELECT array_agg(series.id ORDER BY series.id) AS ids FROM sensing.series
			JOIN sensing.device ON device.id = series.device_id AND device.status = 'active'
			WHERE series.id = ANY(${[...ids]}::int[])
			GROUP BY device.type_id, series.property, device.place_kind HAVING count(*) >= 5`.execute(db);
		let count = 0;
		for (const group of groups) {
			const hours = await readHours(group.ids, until, siblingHours);
			const members = group.ids.filter(
				(id) => (hours.get(id) ?? []).filter((value) => value !== null).length >= siblingHours / 2,
			);
			if (members.length < 5) continue;
			const found = await ask({ group: members.map((id) => hours.get(id) ?? []) });
			await db.transaction().execute(async (trx) => {
				await trx
					.deleteFrom('sensing.outlier')
					.where('series_id', 'in', group.ids)
					.where('basis', '=', 'siblings')
					.execute();
				for (const { series, index, expected } of found.outOfBand ?? [])
					await trx
						.insertInto('sensing.outlier')
						.values({
							series_id: members[series] ?? 0,
							bucket: new Date(until - (siblingHours - index) * hour),
							basis: 'siblings',
							value: hours.get(members[series] ?? 0)?.[index] ?? 0,
							expected,
						})
						.execute();
			});
			count += found.outOfBand?.length ?? 0;
		}
		return count;
	}

	async function run({ seriesIds, now = new Date(), madeBefore }: Parameters<Forecasts['run']>[0] = {}) {
		const until = Math.floor(now.getTime() / hour) * hour;
		const all = await db
			.selectFrom('sensing.series as series')
			.innerJoin('sensing.device as device', 'device.id', 'series.device_id')
			.leftJoin('sensing.forecast as forecast', 'forecast.series_id', 'series.id')
			.select(['series.id', 'series.property', 'forecast.made_at'])
			.where('device.status', '=', 'active')
			.$if(seriesIds !== undefined, (query) => query.where('series.id', 'in', [...(seriesIds ?? [0])]))
			.orderBy('series.id')
			.execute();
		// Counters only rise and states only jump: neither has a daily pattern of its own.
		const suited = all.filter(
			({ property }) => describeProperty(property).kind === 'measure' && property !== 'batteryLevel',
		);
		const due = suited
			.filter(({ made_at }) => !made_at || !madeBefore || made_at < madeBefore)
			.map(({ id }) => id);
		const totals = { made: 0, skipped: 0, outliers: 0 };
		if (!due.length) return totals;
		const { ask, close } = openWorker();
		try {
			for (let start = 0; start < due.length; start += seriesAtOnce) {
				const some = due.slice(start, start + seriesAtOnce);
				const hours = await readHours(some, until, historyHours);
				for (const id of some) {
					const list = hours.get(id) ?? [];
					const { fit } = await ask({ hours: list, horizon: horizonHours });
					if (!fit) continue;
					totals.outliers += await keep(id, until, list, fit);
					totals[fit.ok ? 'made' : 'skipped']++;
				}
			}
			totals.outliers += await compareSiblings(
				ask,
				suited.map(({ id }) => id),
				until,
			);
		} finally {
			await close();
		}
		await sql`
			UPDATE sensing.observation SET quality = observation.quality | ${sql.lit(quality.outlier)}
			FROM sensing.outlier
			WHERE observation.series_id = outlier.series_id AND observation.observed_at >= outlier.bucket
				AND observation.observed_at < outlier.bucket + interval '1 hour'
				AND observation.quality & ${sql.lit(quality.outlier)} = 0`.execute(db);
		platform.log.info(totals, 'forecasts made');
		return totals;
	}

	// Each night anew; a series that began, or was imported, since then does not wait for the next night.
	platform.jobs.define(
		'sensing.forecasts',
		{ cron: '*/10 * * * *', retryLimit: 1, expireInSeconds: 3 * 3600 },
		async () => {
			await run({ madeBefore: lastNight(new Date()) });
		},
	);

	async function visible(actor: Actor, seriesId: number): Promise<boolean> {
		return (await reading.series(actor, { ids: [seriesId] })).length > 0;
	}

	return {
		run,

		async of(actor, seriesId) {
			if (!(await visible(actor, seriesId))) return refuse('sensing.series_unknown');
			const row = await db
				.selectFrom('sensing.forecast')
				.selectAll()
				.where('series_id', '=', seriesId)
				.executeTakeFirst();
			if (!row) return ok(null);
			const start = row.start_at?.getTime() ?? 0;
			return ok({
				seriesId,
				madeAt: row.made_at,
				skipped: row.skipped_reason as SkipReason | null,
				points: (row.expected ?? []).map((expected, i) => ({
					at: new Date(start + i * hour),
					expected,
					lower: row.lower?.[i] ?? expected,
					upper: row.upper?.[i] ?? expected,
				})),
			});
		},

		async outliers(actor, seriesId, from, to) {
			if (!(await visible(actor, seriesId))) return refuse('sensing.series_unknown');
			const rows = await db
				.selectFrom('sensing.outlier')
				.selectAll()
				.where('series_id', '=', seriesId)
				.where('bucket', '>=', from)
				.where('bucket', '<', to)
				.orderBy('bucket')
				.execute();
			return ok(rows.map(({ bucket, basis, value, expected }) => ({ at: bucket, basis, value, expected })));
		},
	};
}

/** The last time that it was four in the morning in UTC: between five and six in the town. */
function lastNight(now: Date): Date {
	const night = new Date(now);
	night.setUTCHours(4, 0, 0, 0);
	return night > now ? new Date(night.getTime() - 24 * hour) : night;
}

type Ask = (request: { hours: Hours; horizon: number } | { group: readonly Hours[] }) => Promise<Answer>;

function openWorker(): { ask: Ask; close(): Promise<unknown> } {
	const worker = new Worker(new URL('./worker.ts', import.meta.url));
	const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
	let next = 0;
	worker.on('message', (answer: Answer) => {
		waiting.get(answer.id)?.resolve(answer);
		waiting.delete(answer.id);
	});
	worker.on('error', (error) => {
		for (const { reject } of waiting.values()) reject(error);
		waiting.clear();
	});
	return {
		ask: (request) =>
			new Promise((resolve, reject) => {
				const id = next++;
				waiting.set(id, { resolve, reject });
				worker.postMessage({ id, ...request } satisfies Request);
			}),
		close: () => worker.terminate(),
	};
}
