import { newId } from '@parvis/platform';
import type pg from 'pg';
import type { Columns, DeviceNews } from './batch.ts';
import type { IncomingMessage, Origin } from './message.ts';
import { identifierText, toJson } from './message.ts';

/** A message that could not become observations, as it is kept. */
export interface DeadLetter {
	origin: Origin;
	receivedAt: Date;
	deviceId: string | null;
	identifier: string | null;
	reason: string;
	detail: string;
}

export interface BatchContent {
	receivedAt: Date;
	columns: Columns;
	devices: ReadonlyMap<string, DeviceNews>;
	deadLetters: readonly DeadLetter[];
	waiting: readonly IncomingMessage[];
}

const mostWaitingUplinks = 100;
const mostWaitingDevices = 5000;
/** As much as any way in takes for one message: a letter cut short could not be replayed. */
const mostPayloadBytes = 256 * 1024;

/** An array literal of numbers: far cheaper than having the driver quote each. */
const literal = (numbers: readonly number[]) => `{${numbers.join(',')}}`;

/**
 * New observations only: what is there already (delivered twice, or replayed) is left out of everything that follows.
 * Impossible values and skewed instants (bits 1 and 2) are kept but count for no aggregate and no latest value.
 */
const insertObservations = `
	WITH given AS MATERIALIZED (
		SELECT DISTINCT ON (1, 2) series_id, to_timestamp(at / 1000.0) AS observed_at, value, quality
		FROM unnest($1::int[], $2::float8[], $3::float8[], $4::int2[]) AS given(series_id, at, value, quality)
		ORDER BY 1, 2
	), inserted AS (
		INSERT INTO sensing.observation (series_id, observed_at, value, received_at, quality)
		SELECT series_id, observed_at, value, $5, quality FROM given
		ON CONFLICT (series_id, observed_at) DO NOTHING
		RETURNING series_id, observed_at, value, quality
	), delta AS (
		SELECT series_id, date_trunc('hour', observed_at) AS bucket, count(*)::int AS count, sum(value) AS sum,
			min(value) AS minimum, max(value) AS maximum,
			(array_agg(value ORDER BY observed_at DESC))[1] AS last,
			max(observed_at) AS last_at, min(observed_at) AS first_at
		FROM inserted WHERE quality & 3 = 0 GROUP BY 1, 2
	)
	INSERT INTO sensing.pending_rollup (received_at, series_ids, buckets, counts, sums, minimums, maximums, lasts,
		last_ats, first_ats, devices)
	SELECT $5, coalesce(array_agg(series_id), '{}'), coalesce(array_agg(bucket), '{}'), coalesce(array_agg(count), '{}'),
		coalesce(array_agg(sum), '{}'), coalesce(array_agg(minimum), '{}'), coalesce(array_agg(maximum), '{}'),
		coalesce(array_agg(last), '{}'), coalesce(array_agg(last_at), '{}'), coalesce(array_agg(first_at), '{}'), $6
	FROM delta`;

/** Write a batch, in one transaction. When it resolves everything in it is committed. */
export async function storeBatch(pool: pg.Pool, batch: BatchContent): Promise<void> {
	const { columns, devices, deadLetters, waiting, receivedAt } = batch;
	const client = await pool.connect();
	let broken = true;
	try {
		const insert = {
			name: 'sensing-insert-observations',
			text: insertObservations,
			values: [
				literal(columns.seriesIds),
				literal(columns.observedAts),
				literal(columns.values),
				literal(columns.qualities),
				receivedAt,
				JSON.stringify([...devices.values()]),
			],
		};
		if (!deadLetters.length && !waiting.length) {
			if (columns.seriesIds.length || devices.size) await client.query(insert);
		} else {
			await client.query('BEGIN');
			if (columns.seriesIds.length || devices.size) await client.query(insert);
			if (deadLetters.length) await insertDeadLetters(client, deadLetters);
			if (waiting.length) await insertWaiting(client, waiting);
			await client.query('COMMIT');
		}
		broken = false;
	} finally {
		// A connection that failed within a transaction is not used again.
		client.release(broken);
	}
}

async function insertDeadLetters(client: pg.PoolClient, letters: readonly DeadLetter[]): Promise<void> {
	await client.query(
		`INSERT INTO sensing.dead_letter (id, received_at, source, topic, device_id, identifier, reason, detail, payload)
		SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[],
			$8::text[], $9::bytea[])`,
		[
			letters.map(() => newId()),
			letters.map(({ receivedAt }) => receivedAt),
			letters.map(({ origin }) => origin.source),
			letters.map(({ origin }) => withoutNul(origin.topic)),
			letters.map(({ deviceId }) => deviceId),
			letters.map(({ identifier }) => withoutNul(identifier)),
			letters.map(({ reason }) => reason),
			letters.map(({ detail }) => withoutNul(detail)),
			letters.map(({ origin }) => Buffer.from(origin.payload.subarray(0, mostPayloadBytes))),
		],
	);
}

/** PostgreSQL's text cannot hold U+0000, nor halves of surrogate pairs. */
function withoutNul(text: string | null): string | null {
	return text?.replaceAll('\0', '\uFFFD').toWellFormed() ?? null;
}

/** Keep the uplinks of devices that nobody declared: the latest of each, and of so many devices only. */
async function insertWaiting(client: pg.PoolClient, messages: readonly IncomingMessage[]): Promise<void> {
	const byDevice = Map.groupBy(messages, ({ identifier }) => identifierText(identifier));
	for (const [name, list] of byDevice) {
		const [first] = list;
		if (!first) continue;
		const column = 'devEui' in first.identifier ? 'dev_eui' : 'external_id';
		const { rows } = await client.query<{ id: string; ignored: boolean }>(
			`INSERT INTO sensing.waiting_device (id, ${column}, network, uplink_count, hints)
			SELECT $1, $2, $3, $4, $5
			WHERE EXISTS (SELECT FROM sensing.waiting_device WHERE ${column} = $2)
				OR (SELECT count(*) FROM sensing.waiting_device) < $6
			ON CONFLICT (${column}) DO UPDATE SET last_seen_at = now(),
				uplink_count = sensing.waiting_device.uplink_count + excluded.uplink_count, hints = excluded.hints
			RETURNING id, ignored_at IS NOT NULL AS ignored`,
			[newId(), withoutNul(name), first.network, list.length, toText(first.hints), mostWaitingDevices],
		);
		const [device] = rows;
		if (!device || device.ignored) continue;
		const kept = list.slice(-mostWaitingUplinks);
		await client.query(
			`INSERT INTO sensing.waiting_uplink (id, waiting_device_id, received_at, message)
			SELECT id, $2, received_at, message FROM unnest($1::uuid[], $3::timestamptz[], $4::jsonb[]) AS given(id, received_at, message)`,
			[
				kept.map(() => newId()),
				device.id,
				kept.map(({ receivedAt }) => receivedAt),
				kept.map((message) => toText(toJson(message))),
			],
		);
		await client.query(
			`DELETE FROM sensing.waiting_uplink WHERE id IN (
				SELECT id FROM sensing.waiting_uplink WHERE waiting_device_id = $1 ORDER BY id DESC OFFSET $2)`,
			[device.id, mostWaitingUplinks],
		);
	}
}

/** JSON that jsonb takes: no \u0000, no half of a surrogate pair. */
export function toText(value: unknown): string {
	return JSON.stringify(value, (_key, part: unknown) =>
		typeof part === 'string' ? part.replaceAll('\0', '\uFFFD').toWellFormed() : part,
	);
}
