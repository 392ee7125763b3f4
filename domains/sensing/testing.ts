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
	office: { id: '01900000-0000-7000-8000-000000000002', kind: 'office', longitude: 2.2, latitude: 47.2 },
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
