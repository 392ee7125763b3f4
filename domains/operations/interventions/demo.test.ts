import { system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPhotos } from '../photos.ts';
import { createTestOperations, type TestOperations } from '../testing.ts';
import { fillDemo } from './demo.ts';

let town: TestOperations;

beforeAll(async () => {
	town = await createTestOperations({ PARVIS_DEMO: 'true' });
	await town.identity.ensureDemoAccounts();
	for (const [n, kind] of [
		'town_hall',
		'playground',
		'playground',
		'school',
		'stop',
		'shop',
		'park',
	].entries()) {
		const place = await town.town.places.create(system, {
			kind,
			name: `Lieu ${n}`,
			longitude: 3.7 + n / 200,
			latitude: 48.3 + (n % 3) / 300,
		});
		if (!place.ok) throw new Error(place.error);
	}
}, 120_000);
afterAll(() => town.close());

test('the demonstration shows a month of work in every state, and planned days; filling it again changes nothing', async () => {
	const { interventions } = town.operations;
	const photos = createPhotos({
		...town.context,
		platform: { ...town.platform, jobs: { ...town.platform.jobs, define() {} } },
	});
	await fillDemo(town.context, interventions, photos);
	const counts = await interventions.counts(system);
	if (!counts.ok) throw new Error(counts.error);
	for (const state of ['done', 'cancelled', 'overdue'] as const)
		expect(counts.value[state], state).toBeGreaterThan(0);
	const reports = await interventions.reports.list({ status: ['fixed'] });
	expect(reports.total).toBeGreaterThan(15);
	expect(reports.items.some(({ description }) => description.length > 0)).toBe(true);
	const day = await interventions.dayPlan.day(system, '2026-11-24');
	if (!day.ok) throw new Error(day.error);
	expect(day.value.agents.some(({ stops }) => stops.length > 0)).toBe(true);
	const before = await interventions.list(system, {});
	await fillDemo(town.context, interventions, photos);
	expect(await interventions.list(system, {})).toEqual(before);
}, 120_000);
