import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import {
	anonymous,
	createLogger,
	createPlatform,
	migrate,
	platformMigrations,
	readConfiguration,
} from '@parvis/platform';
import { startEmbeddedPostgres } from '@parvis/platform/embedded-postgres';
import type { Series } from '../face.ts';
import { createLive } from '../live.ts';

const listenerCount = 1000;
const seriesCount = 500;
const seconds = 10;

/** What followers cost the process that serves them: 1,000 listeners of 100 places, 500 series that change each second. */
export async function run(): Promise<void> {
	const dataDir = await mkdtemp(join(tmpdir(), 'parvis-bench-'));
	const config = readConfiguration({ PARVIS_DATA: dataDir, PARVIS_LOG_LEVEL: 'error' });
	const postgres = await startEmbeddedPostgres({
		dataDir: join(dataDir, 'postgres'),
		log: createLogger('error'),
	});
	const platform = createPlatform({ ...config, databaseUrl: postgres.url });
	try {
		const folder = new URL('../migrations/', import.meta.url);
		await migrate(platform.pool, [platformMigrations, { room: 'sensing', folder }]);
		const ids = Array.from({ length: seriesCount }, (_, index) => index + 1);
		const live = createLive(
			{ platform },
			{ series: async (_, filter) => seriesOf(filter.placeIds?.[0] ?? '') },
		);
		let told = 0;
		for (let listener = 0; listener < listenerCount; listener++)
			await live.follow(
				anonymous,
				{ placeIds: [String(listener % 100)] },
				{
					values(values) {
						// What a connection would write.
						if (JSON.stringify(values)) told += values.length;
					},
					end() {},
				},
				null,
			);
		const before = process.cpuUsage();
		const began = performance.now();
		for (let second = 0; second < seconds; second++) {
			await platform.pool.query(
				`INSERT INTO sensing.latest_value (series_id, observed_at, value, quality, received_at)
				SELECT id, clock_timestamp(), random(), 0, clock_timestamp() FROM unnest($1::int[]) AS id
				ON CONFLICT (series_id) DO UPDATE SET observed_at = excluded.observed_at, value = excluded.value,
					received_at = excluded.received_at`,
				[ids],
			);
			await pause(1000);
		}
		const used = process.cpuUsage(before);
		const elapsed = (performance.now() - began) / 1000;
		const share = (used.user + used.system) / 1e4 / elapsed;
		console.log(`listeners               ${listenerCount}`);
		console.log(`series that change      ${seriesCount} a second`);
		console.log(`values told             ${Math.round(told / elapsed)} a second`);
		console.log(`processor               ${share.toFixed(1)} % of one core, the writing included`);
		live.close();
	} finally {
		await platform.pool.end();
		await postgres.stop();
		await rm(dataDir, { recursive: true, force: true });
	}
}

/** Five series stand at each place. */
function seriesOf(place: string): Series[] {
	return Array.from({ length: 5 }, (_, index) => ({
		id: Number(place) * 5 + index + 1,
		deviceId: place,
		deviceName: place,
		placeId: place,
		property: 'temperature',
		label: { fr: 'Température', en: 'Temperature' },
		unit: 'Cel',
		symbol: '°C',
		decimals: 1,
		kind: 'measure',
		public: true,
	}));
}
