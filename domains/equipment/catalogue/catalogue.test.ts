import { newId } from '@parvis/platform';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDevice } from '../inventory/changing.ts';
import { type Category, categories, type Range } from '../kinds.ts';
import { createTestEquipment, type TestEquipment } from '../testing.ts';
import { fillDemo } from './demo.ts';
import { demoModels } from './demo-models.ts';
import type { DeviceFootprint } from './face.ts';
import { shippedCategories, shippedModels } from './factors/shipped.ts';
import { findOrCreateModel, findOrCreateModels, modelGivenKey } from './models.ts';
import { makerName, makerOfModel, modelKey, modelName } from './rules/names.ts';
import { around, phasesOfSheet } from './rules/sheet.ts';

let town: TestEquipment;
let sofia: Awaited<ReturnType<TestEquipment['person']>>;
beforeAll(async () => {
	town = await createTestEquipment();
	sofia = await town.person('Sofia', 'equipment:manager');
});
afterAll(() => town?.close());

const ranges = (footprint: {
	manufacture: Range;
	transport: Range;
	endOfLife: Range;
	useKwhPerYear: Range;
}) => [footprint.manufacture, footprint.transport, footprint.endOfLife, footprint.useKwhPerYear];

const own = (changes: object = {}) => ({
	category: 'laptop',
	validFrom: '2026-01-01',
	manufacture: { low: 150, mid: 200, high: 300 },
	transport: { low: 5, mid: 10, high: 20 },
	endOfLife: { low: 1, mid: 2, high: 4 },
	useKwhPerYear: { low: 20, mid: 30, high: 40 },
	source: 'Marché 2026, fiche du titulaire',
	sourceYear: 2026,
	licence: 'fourni par le titulaire',
	...changes,
});

describe('shipped factors', () => {
	test('every category but other has one, with source, licence and caveat, its ranges in order', () => {
		expect([...shippedCategories.keys()].sort()).toEqual(
			categories.filter((name) => name !== 'other').sort(),
		);
		for (const footprint of [...shippedCategories.values(), ...shippedModels.values()]) {
			for (const { low, mid, high } of ranges(footprint)) {
				expect(low).toBeGreaterThanOrEqual(0);
				expect(mid).toBeGreaterThanOrEqual(low);
				expect(high).toBeGreaterThanOrEqual(mid);
			}
			expect(footprint.sources.length).toBeGreaterThan(0);
			for (const { label, year, licence } of footprint.sources) expect(label && year && licence).toBeTruthy();
			expect(footprint.caveat?.fr).toBeTruthy();
			expect(footprint.caveat?.en).toBeTruthy();
		}
		expect(shippedModels.size).toBeGreaterThan(80);
	});

	test('nine makers’ sheets in ten lie within the range of their category', () => {
		for (const category of ['laptop', 'desktop', 'monitor', 'smartphone', 'server'] as const) {
			const { low, high } = (shippedCategories.get(category) as DeviceFootprint).manufacture;
			const mids = [...shippedModels.values()]
				.filter((model) => model.category === category)
				.map(({ manufacture }) => manufacture.mid);
			const within = mids.filter((mid) => mid >= low && mid <= high).length;
			expect(within / mids.length, category).toBeGreaterThanOrEqual(0.9);
		}
	});

	test('a sheet’s shares of its total: Latitude 5420, 364 kg of which 84.8 % made, ± 21.98 %', () => {
		const { manufacture, useKwhPerYear } = shippedModels.get(modelKey('Dell', 'Latitude 5420')) ?? {};
		expect(manufacture?.mid).toBeCloseTo(308.672, 3);
		expect(manufacture?.high).toBeCloseTo(376.518, 3);
		expect(manufacture?.low).toBeCloseTo(253.051, 3);
		expect(useKwhPerYear?.mid).toBe(21.35);
	});
});

describe('rules', () => {
	test('phases that are told never make more than the total', () => {
		const base = shippedCategories.get('laptop');
		if (!base) throw new Error('no laptop');
		const share = fc.double({ min: 0, max: 0.25, noNaN: true });
		fc.assert(
			fc.property(
				fc.double({ min: 1, max: 5000, noNaN: true }),
				share,
				share,
				share,
				share,
				(total, m, u, t, e) => {
					const phases = phasesOfSheet(
						{
							total,
							manufactureShare: m,
							useShare: u,
							transportShare: t,
							endShare: e,
							kwhPerYear: 10,
							error: 0.2,
						},
						base,
					);
					const sum = phases ? phases.manufacture.mid + phases.transport.mid + phases.endOfLife.mid : 0;
					expect(sum).toBeLessThanOrEqual(total + 1e-9);
				},
			),
		);
	});

	test('an interval around a value holds it and never falls below nought', () => {
		fc.assert(
			fc.property(
				fc.double({ min: 0, max: 1e6, noNaN: true }),
				fc.double({ min: 0, max: 3, noNaN: true }),
				(mid, error) => {
					const { low, high } = around(mid, error);
					expect(low >= 0 && low <= mid && mid <= high).toBe(true);
				},
			),
		);
	});

	test('names of makers and models as inventories write them', () => {
		expect(makerName('Dell Inc.')).toBe('Dell');
		expect(makerName(' LENOVO ')).toBe('Lenovo');
		expect(makerOfModel('Latitude 5420')).toBe('Dell');
		expect(makerOfModel('HP P24h G4')).toBe('HP');
		expect(makerOfModel('Machin 3000')).toBeNull();
		expect(modelName('HP', 'HP EliteBook 840 G5 Notebook PC')).toBe('EliteBook 840 G5 Notebook PC');
		expect(modelKey('Apple Inc.', 'iPhone 12 64GB')).toBe(modelKey('apple', 'IPHONE 12'));
		expect(modelKey('HP Inc.', 'HP EliteBook 840 G5 Notebook PC')).toBe(modelKey('HP', 'EliteBook 840 G5'));
	});
});

describe('models', () => {
	test('are saved, found by any word, and refused twice', async () => {
		const saved = await town.equipment.catalogue.models.save(sofia, {
			manufacturer: 'Dell Inc.',
			name: 'Latitude 5420',
			category: 'laptop',
			newPriceCents: 95_000,
		});
		expect(saved).toMatchObject({
			ok: true,
			value: { manufacturer: 'Dell', ownFootprint: true, devices: 0, version: 1 },
		});
		const again = await town.equipment.catalogue.models.save(sofia, {
			manufacturer: 'DELL',
			name: 'latitude 5420',
			category: 'laptop',
		});
		expect(again).toMatchObject({ ok: false, error: 'equipment.model_taken' });
		const found = await town.equipment.catalogue.models.list(sofia, { search: '5420 dell' });
		expect(found).toMatchObject({ ok: true, value: { total: 1 } });
	});

	test('a stale change is refused, and so is whoever may not', async () => {
		const camille = await town.person('Camille');
		expect(await town.equipment.catalogue.models.list(camille)).toMatchObject({ ok: false });
		expect(await town.equipment.catalogue.footprints.add(camille, own())).toMatchObject({
			ok: false,
			error: 'platform.not_allowed',
		});
		const input = { manufacturer: 'HP', name: 'ProBook 450 G9', category: 'laptop' };
		const saved = await town.equipment.catalogue.models.save(sofia, input);
		if (!saved.ok) throw new Error(saved.error);
		const { id, version } = saved.value;
		expect(await town.equipment.catalogue.models.save(sofia, { ...input, id, version })).toMatchObject({
			ok: true,
		});
		expect(await town.equipment.catalogue.models.save(sofia, { ...input, id, version })).toMatchObject({
			ok: false,
			error: 'equipment.changed_meanwhile',
		});
	});

	test('names given together come back as they were given, whatever their capitals', async () => {
		await town.platform
			.db<import('../tables.ts').DB>()
			.transaction()
			.execute(async (trx) => {
				const given = [
					{ manufacturer: 'Samsung Electronics', name: 'Samsung Galaxy A54', category: 'smartphone' },
					{ manufacturer: 'SAMSUNG', name: 'galaxy a54', category: 'smartphone' },
					{ manufacturer: '', name: '', category: 'other' },
				] as const;
				const ids = await findOrCreateModels(trx, given);
				const [first, second, third] = given.map((model) => ids.get(modelGivenKey(model)));
				expect(first).toBeTruthy();
				expect(second).toBe(first);
				expect(third).toBeTruthy();
			});
	});

	test('a merged model takes its devices along, with an entry each, and its name means the other one', async () => {
		const db = town.context.db;
		const [from, into] = await db.transaction().execute(async (trx) => [
			await findOrCreateModel(trx, { manufacturer: 'Lenovo', name: 'TP T14 G1', category: 'laptop' }),
			await findOrCreateModel(trx, {
				manufacturer: 'Lenovo',
				name: 'ThinkPad T14 Gen 1',
				category: 'laptop',
			}),
		]);
		const device = await db.transaction().execute(async (trx) => {
			const made = await createDevice(
				town.context,
				trx,
				sofia,
				{ modelId: from ?? '', tag: 'M-1' },
				{ kind: 'created' },
			);
			if (!made.ok) throw new Error(made.error);
			return made.value.id;
		});
		expect(await town.equipment.catalogue.models.merge(sofia, from ?? '', into ?? '')).toEqual({
			ok: true,
			value: { devices: 1 },
		});
		const row = await db
			.selectFrom('equipment.device')
			.select('model_id')
			.where('id', '=', device)
			.executeTakeFirstOrThrow();
		expect(row.model_id).toBe(into);
		const events = await db
			.selectFrom('equipment.device_event')
			.select(['kind', 'changes'])
			.where('device_id', '=', device)
			.orderBy('id')
			.execute();
		expect(events.at(-1)).toMatchObject({ kind: 'edited', changes: { modelId: [from, into] } });
		const meant = await db
			.transaction()
			.execute((trx) =>
				findOrCreateModel(trx, { manufacturer: 'lenovo', name: 'tp t14 g1', category: 'laptop' }),
			);
		expect(meant).toBe(into);
		expect(await town.equipment.catalogue.models.get(sofia, from ?? '')).toMatchObject({ ok: false });
	});
});

describe('footprints', () => {
	test('of the model where it has a sheet, else of the category, else none', async () => {
		const { catalogue } = town.equipment;
		const id = await town.context.db
			.transaction()
			.execute((trx) =>
				findOrCreateModel(trx, { manufacturer: 'Dell', name: 'Latitude 7420', category: 'laptop' }),
			);
		const known = await catalogue.footprintOf({ modelId: id, category: 'laptop' });
		expect(known?.modelId).toBe(id);
		expect(known?.manufacture.mid).toBeCloseTo(341 * 0.859, 6);
		const unknown = await catalogue.footprintOf({ modelId: newId(), category: 'monitor' });
		expect(unknown).toMatchObject({ modelId: null, manufacture: { mid: 64.6 } });
		expect(await catalogue.footprintOf({ category: 'other' })).toBeNull();
	});

	test('a town’s own value is used from its day on; older lines stay, news goes out', async () => {
		const { catalogue } = town.equipment;
		const kind: Category = 'tablet';
		const before = await catalogue.footprintOf({ category: kind });
		expect(before?.manufacture.mid).toBe(80.5);
		expect(
			await catalogue.footprints.add(sofia, own({ category: kind, validFrom: '2026-12-01' })),
		).toMatchObject({
			ok: true,
		});
		expect((await catalogue.footprintOf({ category: kind }))?.manufacture.mid).toBe(80.5);
		expect(await catalogue.footprints.add(sofia, own({ category: kind }))).toMatchObject({ ok: true });
		expect((await catalogue.footprintOf({ category: kind }))?.manufacture.mid).toBe(200);
		expect(await catalogue.footprints.add(sofia, own({ category: kind }))).toMatchObject({
			ok: false,
			error: 'equipment.footprint_day_taken',
		});
		const lines = await catalogue.footprints.lines({ category: kind });
		expect(lines.map(({ validFrom }) => validFrom)).toEqual(['2026-01-01', '2026-12-01', null]);
		const events = await town.platform.pool.query(
			"SELECT count(*)::int AS count FROM platform.event WHERE name = 'equipment.factors.changed'",
		);
		expect(events.rows[0].count).toBeGreaterThanOrEqual(2);
	});

	test('rubbish is refused and nothing of it kept', async () => {
		const { footprints } = town.equipment.catalogue;
		const bad = [
			own({ manufacture: { low: 3, mid: 2, high: 1 } }),
			own({ manufacture: { low: -1, mid: 2, high: 3 } }),
			own({ category: 'spaceship' }),
			own({ modelId: newId() }),
			own({ category: null }),
			own({ validFrom: '2026-02-30' }),
			own({ source: ' ' }),
			own({ url: 'javascript:alert(1)' }),
			own({ manufacture: { low: 1, mid: Number.NaN, high: 3 } }),
			null,
		];
		for (const input of bad) expect((await footprints.add(sofia, input as never)).ok).toBe(false);
		expect(await footprints.lines({ category: 'laptop' })).toHaveLength(1);
	});
});

test('a demonstration has forty models and more, once', async () => {
	const { db } = town.context;
	await fillDemo(town.context);
	const count = async () => (await db.selectFrom('equipment.model').select('id').execute()).length;
	const filled = await count();
	await fillDemo(town.context);
	expect(await count()).toBe(filled);
	expect(filled).toBeGreaterThanOrEqual(demoModels.length);
	const list = await town.equipment.catalogue.models.list(sofia, { search: 'fairphone' });
	expect(list).toMatchObject({ ok: true, value: { total: 3 } });
});
