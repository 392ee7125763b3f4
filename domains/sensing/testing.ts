import type { Actor, Platform } from '@parvis/platform';
import { anonymous } from '@parvis/platform';
import type { PlaceFacts } from './context.ts';
import { createSensing, type Sensing } from './index.ts';

const nobody = { roles: [], scopes: [], secondFactor: true, displayName: 'Test' };

/** People and keys that tests act as. */
export const actors = {
	visitor: anonymous,
	manager: { ...nobody, kind: 'person', id: 'manager', roles: ['sensing:manager'] },
	agent: { ...nobody, kind: 'person', id: 'agent', roles: ['sensing:agent'] },
	resident: { ...nobody, kind: 'person', id: 'resident' },
	key: {
		...nobody,
		kind: 'key',
		id: 'key',
		scopes: ['devices:write', 'observations:write', 'observations:read'],
	},
} as const satisfies Record<string, Actor>;

/** Places that devices of tests stand at, by slug. */
export const testPlaces: Record<string, PlaceFacts> = {
	school: { id: '01900000-0000-7000-8000-000000000001', kind: 'school', longitude: 2.1, latitude: 47.1 },
	'town-hall': {
		id: '01900000-0000-7000-8000-000000000002',
		kind: 'town_hall',
		longitude: 2.2,
		latitude: 47.2,
	},
	'car-park': {
		id: '01900000-0000-7000-8000-000000000003',
		kind: 'car_park',
		longitude: 2.3,
		latitude: 47.3,
	},
};

/** The room beside a town of three places. */
export function createTestSensing(platform: Platform): { sensing: Sensing } {
	const town = {
		places: {
			find: async (references: readonly string[]) =>
				new Map(
					references.flatMap((reference) => {
						const place =
							testPlaces[reference] ?? Object.values(testPlaces).find(({ id }) => id === reference);
						return place ? [[reference, place] as const] : [];
					}),
				),
		},
	};
	return { sensing: createSensing(platform, { town }) };
}

/**
 * Write observations of a device straight into the tables, with their rollups, as the ingest leaves them.
 * @returns the series
 */
export async function observe(
	platform: Platform,
	deviceId: string,
	property: string,
	unit: string,
	points: readonly { at: Date; value: number; quality?: number }[],
): Promise<number> {
	const { pool } = platform;
	await pool.query(
		'CREATE TABLE IF NOT EXISTS sensing.observation_of_tests PARTITION OF sensing.observation DEFAULT',
	);
	const { rows } = await pool.query<{ id: number }>(
		`INSERT INTO sensing.series (device_id, property, unit) VALUES ($1, $2, $3)
		ON CONFLICT (device_id, property) DO UPDATE SET unit = excluded.unit RETURNING id`,
		[deviceId, property, unit],
	);
	const id = rows[0]?.id ?? 0;
	await pool.query(
		`INSERT INTO sensing.observation (series_id, observed_at, value, received_at, quality)
		SELECT $1, at, value, now(), quality FROM unnest($2::timestamptz[], $3::float8[], $4::smallint[]) AS p (at, value, quality)
		ON CONFLICT DO NOTHING`,
		[
			id,
			points.map(({ at }) => at),
			points.map(({ value }) => value),
			points.map(({ quality }) => quality ?? 0),
		],
	);
	await pool.query(
		`INSERT INTO sensing.latest_value (series_id, observed_at, value, quality, received_at)
		SELECT series_id, observed_at, value, quality, clock_timestamp() FROM sensing.observation
		WHERE series_id = $1 ORDER BY observed_at DESC LIMIT 1
		ON CONFLICT (series_id) DO UPDATE SET observed_at = excluded.observed_at, value = excluded.value,
			quality = excluded.quality, received_at = excluded.received_at`,
		[id],
	);
	for (const [table, bucket] of [
		['observation_hour', `date_trunc('hour', observed_at)`],
		['observation_day', `date_trunc('day', observed_at, 'Europe/Paris')`],
	])
		await pool.query(
			`INSERT INTO sensing.${table} (series_id, bucket, count, sum, minimum, maximum, last, last_at)
			SELECT series_id, ${bucket}, count(*), sum(value), min(value), max(value),
				(array_agg(value ORDER BY observed_at DESC))[1], max(observed_at)
			FROM sensing.observation WHERE series_id = $1 AND quality & 1 = 0 GROUP BY 1, 2
			ON CONFLICT (series_id, bucket) DO UPDATE SET count = excluded.count, sum = excluded.sum,
				minimum = excluded.minimum, maximum = excluded.maximum, last = excluded.last, last_at = excluded.last_at`,
			[id],
		);
	return id;
}

/** A device type and a device of it. */
export async function declareDevice(
	sensing: Sensing,
	externalId: string,
	placeId: string | null = null,
): Promise<string> {
	const type = await sensing.types.upsert(actors.manager, {
		vendor: 'Parvis',
		model: 'Test',
		name: 'Capteur d’essai',
		mapping: [{ field: 'temperature', property: 'temperature', unit: 'Cel' }],
		expectedIntervalSeconds: 600,
	});
	if (!type.ok) throw new Error(type.error);
	const device = await sensing.devices.create(actors.manager, {
		name: `Capteur ${externalId}`,
		typeId: type.value.type.id,
		externalId,
		placeId,
	});
	if (!device.ok) throw new Error(device.error);
	return device.value.id;
}
