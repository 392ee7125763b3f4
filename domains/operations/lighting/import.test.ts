import { anonymous } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestOperations, type TestOperations } from '../testing.ts';
import { dimming, streetOf } from './testing.ts';

let town: TestOperations;
let manager: Awaited<ReturnType<TestOperations['person']>>;
beforeAll(async () => {
	town = await createTestOperations();
	manager = await town.person('Julien', 'operations:manager');
});
afterAll(async () => {
	await town?.close();
});

test('an import is tried without writing, done, and harmless when repeated', async () => {
	const { lighting } = town.operations;
	const tried = await lighting.importMany(manager, streetOf(10), { dryRun: true });
	expect(tried).toMatchObject({ ok: true, value: { created: 17, refused: [] } });
	expect(await lighting.overview(manager)).toMatchObject({ ok: true, value: { luminaires: 0 } });
	await lighting.importMany(manager, streetOf(10), { dryRun: false });
	const again = await lighting.importMany(manager, streetOf(10), { dryRun: false });
	expect(again).toMatchObject({ ok: true, value: { created: 0, updated: 0, unchanged: 17 } });
	expect(await lighting.importMany(anonymous, streetOf(1), { dryRun: true })).toMatchObject({
		error: 'platform.not_allowed',
	});
});

test('a faulty row is refused alone; the arrêté is quoted for a lamp that breaks it', async () => {
	const [lamp] = streetOf(1).luminaires as Record<string, unknown>[];
	const report = await town.operations.lighting.importMany(
		manager,
		{
			luminaires: [
				{ ...lamp, externalId: 'a/b' },
				{ ...lamp, externalId: 'sans-rue', segment: 'nulle-part' },
				{ ...lamp, externalId: 'a\0' },
				{ ...lamp, watts: -4, externalId: 'negatif' },
				null,
				{ ...lamp, externalId: 'bleu', colourKelvin: 5000 },
				{ ...lamp, externalId: 'bleu' },
			],
		},
		{ dryRun: false },
	);
	if (!report.ok) throw new Error(report.error);
	// A NUL is left out of a name, as everywhere.
	expect(report.value.created).toBe(2);
	expect(report.value.refused.map(({ row }) => row).toSorted()).toEqual([1, 2, 4, 5, 7]);
	expect(report.value.findings[0]).toMatchObject({
		subject: 'bleu',
		finding: { key: 'light.law.colour', article: expect.stringContaining('art. 3') },
	});
});

test('luminaires come from CSV with a decimal comma and from GeoJSON', async () => {
	const csv = 'externalId;segment;longitude;latitude;watts;dimmable\r\ncsv-1;rue;2,2140;46,7421;35,5;oui\r\n';
	const { lighting } = town.operations;
	expect(await lighting.importFile(manager, csv, { dryRun: false })).toMatchObject({
		ok: true,
		value: { created: 1, refused: [] },
	});
	expect(await lighting.luminaire(manager, 'csv-1')).toMatchObject({ ok: true, value: { watts: 35.5 } });
	const geojson = JSON.stringify({
		type: 'FeatureCollection',
		features: [
			{
				type: 'Feature',
				geometry: { type: 'Point', coordinates: [2.2141, 46.7421] },
				properties: { externalId: 'geo-1', segment: 'rue', watts: 20 },
			},
			null,
		],
	});
	expect(await lighting.importFile(manager, geojson, { dryRun: false })).toMatchObject({
		ok: true,
		value: { created: 1, refused: [{ row: 2 }] },
	});
	for (const text of ['', '{', '"', 'a;b\n"'])
		expect((await lighting.importFile(manager, text, { dryRun: false })).ok).toBe(text === '');
});

test('events outside of the hours of article 2 need their decision', async () => {
	const { lighting } = town.operations;
	await lighting.importMany(
		manager,
		{
			segments: [
				{
					externalId: 'parc',
					streetName: 'Parc',
					usage: 'park',
					coordinates: [
						[2.21, 46.74],
						[2.211, 46.74],
					],
				},
			],
		},
		{ dryRun: false },
	);
	const segments = await lighting.segments(manager);
	const park = segments.ok ? segments.value.find(({ usage }) => usage === 'park') : undefined;
	const event = {
		kind: 'event',
		label: 'Bal',
		level: 80,
		segmentIds: [park?.id],
		startsAt: new Date('2026-11-28T21:00:00Z'),
		endsAt: new Date('2026-11-29T02:00:00Z'),
	};
	expect(await lighting.overrides.create(manager, event)).toMatchObject({
		error: 'operations.light_override_decision',
	});
	expect(await lighting.overrides.create(manager, { ...event, decision: 'Arrêté 2026-9' })).toMatchObject({
		ok: true,
	});
	const agent = await town.person('Nadia', 'operations:agent');
	expect(await lighting.overrides.create(agent, { ...event, decision: 'x' })).toMatchObject({
		error: 'platform.not_allowed',
	});
	expect(await lighting.profiles.create(agent, dimming)).toMatchObject({ error: 'platform.not_allowed' });
	expect(await lighting.profiles.create(manager, { ...dimming, usage: 'park' })).toMatchObject({
		error: 'operations.light_against_law',
	});
});
