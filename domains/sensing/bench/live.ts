import { performance } from 'node:perf_hooks';
import { createPlatform, newId, readConfiguration } from '@parvis/platform';
import { anonymous } from '@parvis/platform';
import type { Series } from '../face.ts';
import { createLive } from '../live.ts';

/**
 * What followers cost the process that serves them: 1,000 listeners of 100 places, 500 series that change every second.
 * Needs DATABASE_URL of a migrated database; it writes only a temporary table's worth of latest values and takes them back.
 */
export async function run(): Promise<number> {
	const platform = createPlatform(readConfiguration({ ...process.env, PARVIS_LOG_LEVEL: 'error' }));
	const first = 2_000_000_000;
	const ids = Array.from({ length: 500 }, (_, index) => first + index);
	const series = (filter: { placeIds?: readonly string[] | undefined }): Series[] => {
		const place = Number(filter.placeIds?.[0]);
		return ids.slice(place * 5, place * 5 + 5).map((id) => ({
			id,
			deviceId: newId(),
			deviceName: 'bench',
			placeId: newId(),
			property: 'temperature',
			label: { fr: '', en: '' },
			unit: 'Cel',
			symbol: '°C',
			decimals: 1,
			kind: 'measure',
			public: true,
		}));
	};
	const live = createLive({ platform }, { series: async (_actor, filter) => series(filter) });
	let received = 0;
	for (let listener = 0; listener < 1000; listener++)
		await live.follow(
			anonymous,
			{ placeIds: [String(listener % 100)] },
			{
				values: (values) => {
					received += JSON.stringify(values).length && values.length;
				},
				end: () => {},
			},
			null,
		);
	const write = () =>
		platform.pool.query(
			`INSERT INTO sensing.latest_value (series_id, observed_at, value, quality, received_at)
			SELECT id, clock_timestamp(), random(), 0, clock_timestamp() FROM unnest($1::int[]) AS id
			ON CONFLICT (series_id) DO UPDATE SET observed_at = excluded.observed_at, value = excluded.value,
				received_at = excluded.received_at`,
			[ids],
		);
	const seconds = 10;
	const start = process.cpuUsage();
	const began = performance.now();
	for (let second = 0; second < seconds; second++) {
		await write();
		await new Promise((resolve) => setTimeout(resolve, 1000));
	}
	const used = process.cpuUsage(start);
	const elapsed = (performance.now() - began) / 1000;
	console.log(
		`1000 listeners, 500 series a second: ${Math.round(received / elapsed)} values/s told, ${(((used.user + used.system) / 1e4) / elapsed).toFixed(1)} % of one core`,
	);
	live.close();
	await platform.pool.query('DELETE FROM sensing.latest_value WHERE series_id >= $1', [first]);
	await platform.pool.end();
	return 0;
}
