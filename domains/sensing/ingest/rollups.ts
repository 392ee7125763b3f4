import type { Platform } from '@parvis/platform';
import type pg from 'pg';

/** What one pass brought for a series: between these instants it has new observations. */
export interface SeriesNews {
	seriesId: number;
	firstAt: Date;
	lastAt: Date;
}

export interface Rollups {
	/** Merge soon what batches left; calls while a pass is on its way count as one. */
	wake(): void;
	/** Merge all that is pending now. */
	flush(): Promise<void>;
	start(): void;
	stop(): Promise<void>;
}

const lockKey = 7_263_011;
/** A series is written once a pass: under load passes are fewer, and take a quarter of the time at most. */
const pauseMilliseconds = 400;
const pauseForWork = 3;
const pollMilliseconds = 1000;
const batchesAtOnce = 500;

/**
 * Keep hours, days, latest values and devices up to date from what batches left in their own transaction. One process
 * works at a time; each pass is one transaction, so that a crash loses nothing and counts nothing twice.
 * @param onNews told within the pass's transaction which series have news: what it writes commits with the pass
 */
export function createRollups(
	platform: Platform,
	onNews: (client: pg.PoolClient, news: readonly SeriesNews[]) => Promise<void>,
): Rollups {
	let running: Promise<void> | null = null;
	let timer: NodeJS.Timeout | null = null;
	let stopped = true;
	let lastTook = 0;
	/** Something was committed since the last pass began. */
	let woken = false;

	/**
	 * @param wait for another process that is at it, instead of leaving it the work
	 * @returns how many batches were merged
	 */
	async function pass(wait: boolean): Promise<number> {
		const client = await platform.pool.connect();
		let broken = true;
		try {
			await client.query('BEGIN');
			const { rows: locked } = await client.query<{ mine: boolean | string }>(
				`SELECT ${wait ? 'pg_advisory_xact_lock' : 'pg_try_advisory_xact_lock'}($1) AS mine`,
				[lockKey],
			);
			if (locked[0]?.mine === false) {
				await client.query('ROLLBACK');
				broken = false;
				return 0;
			}
			await client.query(`
				CREATE TEMP TABLE IF NOT EXISTS taken_rollup (LIKE sensing.pending_rollup) ON COMMIT DELETE ROWS`);
			const { rowCount } = await client.query(
				`
				WITH taken AS (DELETE FROM sensing.pending_rollup WHERE id IN (
					SELECT id FROM sensing.pending_rollup ORDER BY id LIMIT $1) RETURNING *)
				INSERT INTO taken_rollup SELECT * FROM taken`,
				[batchesAtOnce],
			);
			if (!rowCount) {
				await client.query('ROLLBACK');
				broken = false;
				return 0;
			}
			const news = await merge(client);
			await onNews(client, news);
			if (news.length) await client.query(`SELECT pg_notify('sensing_observations', '')`);
			await client.query('COMMIT');
			broken = false;
			return rowCount;
		} finally {
			client.release(broken);
		}
	}

	async function catchUp(): Promise<void> {
		const began = performance.now();
		woken = false;
		try {
			// What came during the pass waits for the next one, unless there is more than one pass can take.
			while ((await pass(false)) === batchesAtOnce);
		} catch (error) {
			platform.log.warn({ reason: (error as Error).message }, 'rollups wait for the database');
		}
		lastTook = performance.now() - began;
	}

	function schedule(milliseconds: number): void {
		if (stopped) return;
		if (timer) clearTimeout(timer);
		timer = setTimeout(() => {
			timer = null;
			running = catchUp().finally(() => {
				running = null;
				schedule(woken ? soon() : pollMilliseconds);
			});
		}, milliseconds);
		timer.unref();
	}

	const soon = () => Math.max(pauseMilliseconds, pauseForWork * lastTook);

	return {
		wake() {
			if (woken) return;
			woken = true;
			if (!running) schedule(soon());
		},
		async flush() {
			while (await pass(true));
		},
		start() {
			stopped = false;
			schedule(0);
		},
		async stop() {
			stopped = true;
			if (timer) clearTimeout(timer);
			await running;
		},
	};
}

async function merge(client: pg.PoolClient): Promise<SeriesNews[]> {
	// `last` follows the newest instant, whatever order batches come in.
	const upsert = (table: string, bucket: string) => `
		INSERT INTO ${table} AS kept (series_id, bucket, count, sum, minimum, maximum, last, last_at)
		SELECT series_id, ${bucket} AS bucket, sum(count)::int, sum(sum), min(minimum), max(maximum),
			(array_agg(last ORDER BY last_at DESC))[1], max(last_at)
		FROM taken_rollup, unnest(series_ids, buckets, counts, sums, minimums, maximums, lasts, last_ats)
			AS delta(series_id, hour, count, sum, minimum, maximum, last, last_at)
		GROUP BY 1, 2 ORDER BY 1, 2
		ON CONFLICT (series_id, bucket) DO UPDATE SET
			count = kept.count + excluded.count, sum = kept.sum + excluded.sum,
			minimum = least(kept.minimum, excluded.minimum), maximum = greatest(kept.maximum, excluded.maximum),
			last = CASE WHEN excluded.last_at > kept.last_at THEN excluded.last ELSE kept.last END,
			last_at = greatest(kept.last_at, excluded.last_at)`;
	await client.query(upsert('sensing.observation_hour', 'hour'));
	await client.query(upsert('sensing.observation_day', `date_trunc('day', hour, 'Europe/Paris')`));
	const { rows } = await client.query<{ series_id: number; first_at: Date; last_at: Date }>(`
		WITH news AS (
			SELECT series_id, min(first_at) AS first_at, max(last_at) AS last_at, max(received_at) AS received_at,
				(array_agg(last ORDER BY last_at DESC))[1] AS last
			FROM taken_rollup, unnest(series_ids, lasts, last_ats, first_ats) AS delta(series_id, last, last_at, first_at)
			GROUP BY series_id
		), latest AS (
			INSERT INTO sensing.latest_value AS kept (series_id, observed_at, value, quality, received_at)
			SELECT series_id, last_at, last, 0, received_at FROM news ORDER BY series_id
			ON CONFLICT (series_id) DO UPDATE SET observed_at = excluded.observed_at, value = excluded.value,
				quality = excluded.quality, received_at = excluded.received_at
			WHERE excluded.observed_at > kept.observed_at
		)
		SELECT series_id, first_at, last_at FROM news`);
	await client.query(`
		UPDATE sensing.device SET last_seen_at = greatest(last_seen_at, to_timestamp(news.at / 1000.0)),
			battery_percent = coalesce(news.battery, battery_percent),
			last_uplink = CASE WHEN last_seen_at IS NULL OR to_timestamp(news.at / 1000.0) >= last_seen_at
				THEN news.uplink ELSE last_uplink END
		FROM (
			SELECT DISTINCT ON (given.id) given.id, given.at,
				first_value(given.battery) OVER (PARTITION BY given.id ORDER BY (given.battery IS NULL), given.at DESC) AS battery,
				given.uplink
			FROM taken_rollup, jsonb_to_recordset(devices) AS given(id uuid, at float8, battery real, uplink jsonb)
			ORDER BY given.id, given.at DESC
		) AS news
		WHERE device.id = news.id`);
	return rows.map(({ series_id, first_at, last_at }) => ({
		seriesId: series_id,
		firstAt: first_at,
		lastAt: last_at,
	}));
}
