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
		timeline: { record: async () => {} },
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

const testMapping = [
	{ field: 'temperature', property: 'temperature', unit: 'Cel', minimum: -100 },
	{ field: 'co2', property: 'co2', unit: '[ppm]' },
	{ field: 'motion', property: 'motion', unit: '1' },
	{ field: 'mystery', property: 'mystery', unit: '1' },
];

/** A device of a test type that sends plain JSON; it observes temperature, co2, motion and mystery. */
export async function declareDevice(
	sensing: Sensing,
	externalId: string,
	placeId: string | null = null,
): Promise<string> {
	const type = await sensing.types.upsert(actors.manager, {
		vendor: 'Parvis',
		model: 'Test',
		name: 'Capteur d’essai',
		mapping: testMapping,
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

/**
 * Have a test device send values, and wait until they stand in the rollups.
 * @returns the series
 */
export async function observe(
	sensing: Sensing,
	externalId: string,
	property: string,
	points: readonly { at: Date; value: number }[],
): Promise<number> {
	const receivedAt = new Date();
	const outcomes = await sensing.ingest.accept(
		points.map(({ at, value }) => ({
			network: 'http',
			identifier: { externalId },
			receivedAt,
			observedAt: at,
			payload: { fields: { [property]: value } },
			batteryPercent: null,
			hints: {},
		})),
		[],
		{ source: 'http', topic: null, payload: new Uint8Array() },
	);
	const refused = outcomes.find(({ kind }) => kind !== 'stored');
	if (refused) throw new Error(JSON.stringify(refused));
	await sensing.flush();
	const found = await sensing.devices.list(actors.agent, { text: externalId, pageSize: 500 });
	const device = found.ok ? found.value.items.find((one) => one.externalId === externalId) : undefined;
	const [series] = await sensing.reading.series(actors.agent, { deviceIds: [device?.id ?? ''], property });
	if (!series) throw new Error(`no series ${property} of ${externalId}`);
	return series.id;
}
