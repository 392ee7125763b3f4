import type { DatasetSource } from '@parvis/platform';
import { anonymous } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from './context.ts';
import type { Reading } from './face.ts';
import { describeProperty } from './properties.ts';
import { selectSeries, toSeries } from './series.ts';

const batchSize = 5000;

/** What the open-data catalogue holds of this room: public series only, as any visitor may read them. */
export function sensingDatasets(
	{ db }: Pick<Context, 'db'>,
	reading: Pick<Reading, 'series'>,
): DatasetSource[] {
	async function* aggregates(step: 'hour' | 'day') {
		const table = sql.table(step === 'hour' ? 'sensing.observation_hour' : 'sensing.observation_day');
		for (const series of await reading.series(anonymous, {})) {
			for (let after = new Date(0); ; ) {
				const { rows } = await sql<{
					bucket: Date;
					count: number;
					sum: number;
					minimum: number;
					maximum: number;
					last: number;
				}>`
					SELECT bucket, count, sum, minimum, maximum, last FROM ${table}
					WHERE series_id = ${series.id} AND bucket > ${after} AND count > 0
					ORDER BY bucket LIMIT ${batchSize}`.execute(db);
				for (const { bucket, count, sum, minimum, maximum, last } of rows)
					yield [
						series.id,
						series.property,
						series.unit,
						series.placeId,
						bucket.toISOString(),
						count,
						sum / count,
						minimum,
						maximum,
						last,
					] as const;
				const end = rows.at(-1);
				if (!end || rows.length < batchSize) break;
				after = end.bucket;
			}
		}
	}

	const columns = [
		'series',
		'property',
		'unit',
		'place',
		'from',
		'count',
		'average',
		'minimum',
		'maximum',
		'last',
	];
	return [
		{
			name: 'capteurs',
			title: { fr: 'Capteurs et ce qu’ils mesurent', en: 'Sensors and what they measure' },
			columns: ['series', 'property', 'label', 'unit', 'vendor', 'model', 'place', 'longitude', 'latitude'],
			async *rows() {
				const rows = await selectSeries(db, { active: true }).select(['type.vendor', 'type.model']).execute();
				for (const row of rows) {
					const series = toSeries(row);
					if (!series.public) continue;
					yield [
						series.id,
						series.property,
						describeProperty(series.property).fr,
						series.unit,
						row.vendor,
						row.model,
						series.placeId,
						row.longitude,
						row.latitude,
					];
				}
			},
		},
		{
			name: 'mesures-par-heure',
			title: { fr: 'Mesures publiques par heure', en: 'Public measures by the hour' },
			columns,
			rows: () => aggregates('hour'),
		},
		{
			name: 'mesures-par-jour',
			title: { fr: 'Mesures publiques par jour', en: 'Public measures by the day' },
			columns,
			rows: () => aggregates('day'),
		},
	];
}
