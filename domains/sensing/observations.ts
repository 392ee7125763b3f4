import type { Actor } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from './context.ts';
import type { ObservationQuery, Observations, Reading, ReadObservation } from './face.ts';

interface Row {
	series_id: number;
	observed_at: Date;
	value: number;
	received_at: Date;
	quality: number;
	at: string;
}

const batchSize = 5000;
/** Rows one page may look at: pages of many series are shorter. */
const mostRowsLookedAt = 200_000;

/** Single observations across series, page by page or all of them in a stream. */
export function createObservations(
	{ db }: Pick<Context, 'db'>,
	reading: Pick<Reading, 'series'>,
): Observations {
	async function read(
		actor: Actor,
		{ filter, from, to, after, limit: wanted = 1000 }: ObservationQuery,
	): Promise<{ items: ReadObservation[]; next: { at: string; id: number } | null }> {
		const series = new Map((await reading.series(actor, filter)).map((one) => [one.id, one]));
		if (series.size === 0) return { items: [], next: null };
		const limit = Math.max(1, Math.min(wanted, Math.floor(mostRowsLookedAt / series.size)));
		const start = after
			? sql`AND (observed_at, series_id) > (${after.at}::timestamptz, ${after.id}::int)`
			: sql``;
		// One look-up a series along the primary key, merged: the page costs what it shows, however long the history.
		const { rows } = await sql<Row>`
			SELECT page.* FROM unnest(${[...series.keys()]}::int[]) AS wanted (id)
			CROSS JOIN LATERAL (
				SELECT series_id, observed_at, value, received_at, quality, observed_at::text AS at
				FROM sensing.observation
				WHERE series_id = wanted.id AND observed_at >= ${from} AND observed_at < ${to}
					${after ? sql`AND observed_at >= ${after.at}::timestamptz` : sql``} ${start}
				ORDER BY observed_at LIMIT ${limit + 1}
			) page ORDER BY observed_at, series_id LIMIT ${limit + 1}`.execute(db);
		const shown = rows.slice(0, limit);
		const last = shown.at(-1);
		return {
			items: shown.flatMap((row) => {
				const one = series.get(row.series_id);
				return one
					? [
							{
								series: one,
								observedAt: row.observed_at,
								value: row.value,
								receivedAt: row.received_at,
								quality: row.quality,
							},
						]
					: [];
			}),
			next: rows.length > limit && last ? { at: last.at, id: last.series_id } : null,
		};
	}

	return {
		read,
		async *stream(actor, query) {
			let after: { at: string; id: number } | null = null;
			do {
				const page: Awaited<ReturnType<typeof read>> = await read(actor, {
					...query,
					after,
					limit: batchSize,
				});
				yield page.items;
				after = page.next;
			} while (after);
		},
	};
}
