import type { Actor } from '@parvis/platform';
import { anonymous, system } from '@parvis/platform';
import { createTestPlatform, type TestPlatform } from '@parvis/platform/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contrastRatio, createTown, distanceMeters, openingState, openingWeek, type Town } from './index.ts';

const editor: Actor = { ...anonymous, kind: 'person', id: 'e', roles: ['town:editor'], secondFactor: true };

let running: TestPlatform<{ town: Town }>;
let town: Town;

const square = (west: number, south: number, size: number) => [
	[
		[west, south],
		[west + size, south],
		[west + size, south + size],
		[west, south + size],
		[west, south],
	],
];
const collection = (features: object[]) => JSON.stringify({ type: 'FeatureCollection', features });
const feature = (properties: object, geometry: object) => ({ type: 'Feature', properties, geometry });

const districts = collection([
	feature(
		{ id: 'centre', name: 'Centre ancien', population: 3200 },
		{ type: 'Polygon', coordinates: square(2, 47, 0.01) },
	),
	feature(
		{ id: 'gare', name: 'Quartier de la Gare' },
		{ type: 'Polygon', coordinates: square(2.01, 47, 0.01) },
	),
]);
const streets = collection([
	feature(
		{ id: 'r1', name: 'Rue de l’Église', class: 'residential' },
		{
			type: 'LineString',
			coordinates: [
				[2.001, 47.001],
				[2.009, 47.001],
			],
		},
	),
]);
const places = collection([
	feature(
		{
			id: 'p1',
			kind: 'swimming_pool',
			name: 'Piscine des Tilleuls',
			description: 'Bassin de 25 mètres et pataugeoire, ouverts toute l’année.',
			street: 'Rue de l’Église',
			houseNumber: '12',
			openingHours: 'Mo-Fr 12:00-20:00; Sa 10:00-18:00; PH off',
		},
		{ type: 'Point', coordinates: [2.005, 47.005] },
	),
	feature(
		{ id: 'p2', kind: 'school', name: 'École élémentaire Jules-Verne' },
		{ type: 'Point', coordinates: [2.015, 47.005] },
	),
	feature(
		{ id: 'p3', kind: 'dragon_lair', name: 'Lieu étrange' },
		{ type: 'Point', coordinates: [2.0051, 47.0051] },
	),
]);

beforeAll(async () => {
	running = await createTestPlatform((platform) => ({ town: createTown(platform) }));
	town = running.built.town;
	await town.import(editor, 'streets', streets);
	await town.import(editor, 'places', places);
	await town.import(editor, 'districts', districts);
});
afterAll(() => running.close());

describe('import', () => {
	test('is refused to who may not edit', async () => {
		expect(await town.import(anonymous, 'places', places)).toEqual({
			ok: false,
			error: 'platform.not_allowed',
		});
		const withoutSecondFactor = { ...editor, secondFactor: false };
		expect(await town.import(withoutSecondFactor, 'places', places)).toMatchObject({ ok: false });
	});

	test('of the same file again changes nothing; of another name changes that', async () => {
		expect(await town.import(editor, 'places', places)).toMatchObject({
			ok: true,
			value: { created: 0, changed: 0, unchanged: 3, faults: [] },
		});
		expect(await town.import(editor, 'streets', streets)).toMatchObject({ value: { unchanged: 1 } });
		const renamed = places.replace('Lieu étrange', 'Lieu changé');
		expect(await town.import(editor, 'places', renamed, { dryRun: true })).toMatchObject({
			value: { changed: 1, unchanged: 2 },
		});
		expect((await town.places.find(['p3'])).get('p3')?.name).toBe('Lieu étrange');
	});

	test('finds district and street whatever came first', async () => {
		const pool = await town.places.get('piscine-des-tilleuls');
		expect(pool).toMatchObject({
			district: { name: 'Centre ancien' },
			street: { slug: 'rue-de-l-eglise' },
			address: '12 Rue de l’Église',
		});
		expect((await town.places.get('lieu-etrange'))?.kind).toBe('other');
	});

	test('leaves faulty rows out and says which, in words', async () => {
		const result = await town.import(
			editor,
			'places',
			collection([
				feature({ id: 'x1', name: 'Bon' }, { type: 'Point', coordinates: [2.001, 47.001] }),
				feature({ id: 'x2', name: 'Perdu' }, { type: 'Point', coordinates: [47, 200] }),
				feature({ name: 'Sans id' }, { type: 'Point', coordinates: [2, 47] }),
				feature({ id: 'x1', name: 'Double' }, { type: 'Point', coordinates: [2, 47] }),
				feature(
					{ id: 'x3', name: 'Heures', openingHours: 'quand on veut' },
					{ type: 'Point', coordinates: [2, 47] },
				),
				feature(
					{ id: 'x4', name: 'Script', website: 'javascript:alert(1)' },
					{ type: 'Point', coordinates: [2, 47] },
				),
			]),
			{ dryRun: true },
		);
		expect(result).toMatchObject({ ok: true, value: { created: 1 } });
		const faults = result.ok ? result.value.faults.map(({ row, error }) => [row, error]) : [];
		expect(faults).toEqual([
			[2, 'town.import_geometry'],
			[3, 'town.import_id_missing'],
			[4, 'town.import_id_twice'],
			[5, 'town.opening_hours_unreadable'],
			[6, 'town.place_field_invalid'],
		]);
		for (const [, key] of faults) expect(running.platform.messages.t('fr', String(key))).not.toBe(key);
	});

	test('refuses files that make no sense, whole', async () => {
		const errors = await Promise.all(
			['{', '{"type":"Feature"}', 'name;lon\na;b', 'name,longitude,latitude\n"a,1,2', '\uFFFD{}', '[1]'].map(
				async (text) => {
					const result = await town.import(editor, 'places', text);
					return result.ok ? 'taken' : result.error;
				},
			),
		);
		expect(errors).toEqual([
			'town.import_not_json',
			'town.import_not_geojson',
			'town.import_csv_columns',
			'town.import_not_csv',
			'town.import_not_utf8',
			'town.import_csv_columns',
		]);
		await fc.assert(
			fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (text) => {
				const result = await town.import(editor, 'districts', text, { dryRun: true });
				return result.ok || result.error.startsWith('town.');
			}),
			{ numRuns: 50 },
		);
	});

	test('reads a spreadsheet’s CSV with semicolons and decimal commas', async () => {
		const csv = '\uFEFFid;name;kind;longitude;latitude\r\nc1;"Halle; marché";market;2,006;47,006\r\n';
		expect(await town.import(editor, 'places', csv)).toMatchObject({ value: { created: 1 } });
		expect(await town.places.get('halle-marche')).toMatchObject({ longitude: 2.006, kind: 'market' });
	});
});

describe('search', () => {
	const titles = async (text: string) =>
		(await town.search.find(text)).hits.map(({ title }) => title.map((f) => f.text).join(''));

	test('does not mind accents, capitals, plurals, elided articles or an unfinished word', async () => {
		for (const text of ['ecoles', 'ÉCOLE', 'élémentaires', 'jules verne', 'jul'])
			expect(await titles(text)).toContain('École élémentaire Jules-Verne');
		expect(await titles("rue de l'eglise")).toContain('Rue de l’Église');
		expect(await titles('pataugeoires')).toEqual(['Piscine des Tilleuls']);
	});

	test('sees through typing errors and says what it took', async () => {
		const answer = await town.search.find('picine');
		expect(answer).toMatchObject({ suggestion: 'piscine', corrected: true, total: 1 });
		expect(answer.hits[0]?.title).toContainEqual({ text: 'Piscine', marked: true });
	});

	test('answers anything without failing', async () => {
		await fc.assert(
			fc.asyncProperty(fc.string({ maxLength: 300 }), async (text) =>
				Array.isArray((await town.search.find(text)).hits),
			),
			{ numRuns: 100 },
		);
		for (const text of ["'; DROP TABLE x; --", ':* & | !', '\\', "l'", '<b>'])
			expect((await town.search.find(text)).hits).toBeInstanceOf(Array);
	});

	test('does not show what is archived', async () => {
		await town.places.archive(editor, 'lieu-etrange', true);
		expect(await titles('étrange')).toEqual([]);
		expect((await town.places.list()).items.map(({ slug }) => slug)).not.toContain('lieu-etrange');
		await town.places.archive(editor, 'lieu-etrange', false);
		expect(await titles('étrange')).toEqual(['Lieu étrange']);
	});
});

describe('places', () => {
	test('are created, found near, changed; wrong input changes nothing', async () => {
		const created = await town.places.create(editor, {
			kind: 'park',
			name: 'Parc des Berges',
			longitude: 2.002,
			latitude: 47.002,
			openingHours: '',
		});
		expect(created).toMatchObject({ ok: true, value: { slug: 'parc-des-berges', openingHours: null } });
		const near = await town.places.nearest([2.0021, 47.0021], { limit: 1 });
		expect(near[0]).toMatchObject({ slug: 'parc-des-berges' });
		expect(near[0]?.distanceMeters).toBeCloseTo(distanceMeters([2.0021, 47.0021], [2.002, 47.002]), -1);
		expect(await town.places.create(editor, { kind: 'park', name: ' ', longitude: 0, latitude: 0 })).toEqual({
			ok: false,
			error: 'town.place_name_missing',
		});
		expect(
			await town.places.change(editor, 'nulle-part', { kind: 'park', name: 'x', longitude: 0, latitude: 0 }),
		).toMatchObject({
			error: 'town.place_unknown',
		});
		expect(
			await town.places.create(anonymous, { kind: 'park', name: 'x', longitude: 0, latitude: 0 }),
		).toMatchObject({
			error: 'platform.not_allowed',
		});
	});
});

describe('map', () => {
	test('draws what was imported, with a version that changes with it', async () => {
		const before = await town.map.layer('water');
		await town.import(
			editor,
			'water',
			collection([feature({}, { type: 'Polygon', coordinates: square(2, 47, 0.002) })]),
		);
		const after = await town.map.layer('water');
		expect(after.version).not.toBe(before.version);
		expect(JSON.parse(after.geojson).features).toHaveLength(1);
		expect(await town.map.bounds()).toEqual([2, 47, 2.02, 47.01]);
		const around = await town.map.around([2.001, 47.001], 100);
		expect(new Set(around.map(({ layer }) => layer))).toEqual(new Set(['water', 'streets']));
	});
});

describe('opening hours', () => {
	const hours = 'Mo-Fr 12:00-20:00; Sa 10:00-18:00; PH off';

	test('are told in the town’s time, summer and winter', () => {
		expect(openingState(hours, new Date('2026-11-23T10:59:00Z'))).toEqual({
			open: false,
			changesAt: new Date('2026-11-23T11:00:00Z'),
		});
		expect(openingState(hours, new Date('2026-07-06T10:30:00Z'))).toEqual({
			open: true,
			changesAt: new Date('2026-07-06T18:00:00Z'),
		});
		expect(openingState(null, new Date())).toBeNull();
		expect(openingState('n’importe quoi !!', new Date())).toBeNull();
	});

	test('close on public holidays', () => {
		const week = openingWeek(hours, new Date('2026-11-10T08:00:00Z'));
		expect(week?.[0]).toEqual({
			date: '2026-11-10',
			hours: [{ from: '12:00', to: '20:00' }],
			publicHoliday: false,
		});
		expect(week?.[1]).toEqual({ date: '2026-11-11', hours: [], publicHoliday: true });
		expect(week).toHaveLength(7);
	});
});

describe('settings', () => {
	test('take an accent that can be read, and refuse one that cannot', async () => {
		expect(await town.settings.change(system, { accent: '#ffee88' })).toMatchObject({
			error: 'town.colour_contrast',
		});
		expect(await town.settings.change(editor, { name: 'Valbrune' })).toMatchObject({
			error: 'platform.not_allowed',
		});
		expect(await town.settings.change(system, { name: 'Valbrune', accent: '#7A1F3D' })).toMatchObject({
			ok: true,
		});
		const { name, accents } = await town.settings.get();
		expect(name).toBe('Valbrune');
		expect(contrastRatio(accents.dark, '#1c2025')).toBeGreaterThanOrEqual(4.5);
		expect(contrastRatio('#000000', '#ffffff')).toBe(21);
	});
});

describe('timeline', () => {
	test('shows a place’s facts newest first and takes a correction', async () => {
		const pool = await town.places.get('piscine-des-tilleuls');
		const db = running.platform.db<unknown>();
		const record = (subject: string, happenedAt: string, fr: string) =>
			db.transaction().execute((trx) =>
				town.timeline.record(trx, {
					room: 'test',
					subject,
					placeId: pool?.id ?? null,
					happenedAt: new Date(happenedAt),
					title: { fr, en: fr },
					url: null,
				}),
			);
		await record('a', '2026-01-01T00:00:00Z', 'Premier');
		await record('b', '2026-02-01T00:00:00Z', 'Second');
		await record('a', '2026-03-01T00:00:00Z', 'Premier, corrigé');
		const items = await town.timeline.list({ placeId: pool?.id ?? '' });
		expect(items.map(({ title }) => title.fr)).toEqual(['Premier, corrigé', 'Second']);
		expect(items[0]?.place).toEqual({ slug: 'piscine-des-tilleuls', name: 'Piscine des Tilleuls' });
	});
});
