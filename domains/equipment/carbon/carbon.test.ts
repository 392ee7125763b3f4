import { anonymous } from '@parvis/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestEquipment, type TestEquipment } from '../testing.ts';

let town: TestEquipment;
beforeAll(async () => {
	town = await createTestEquipment();
});
afterAll(() => town.close());

describe('assumptions', () => {
	const input = {
		name: 'referenceYears',
		category: 'laptop',
		low: 4,
		mid: 5,
		high: 6,
		source: 'Délibération 2026-12',
	};

	it('ship with a source each, and are changed by the manager alone, the older kept', async () => {
		const manager = await town.person('Sofia', 'equipment:manager');
		const { assumptions } = town.equipment.carbon;
		expect(await assumptions.list(anonymous)).toMatchObject({ error: 'platform.not_allowed' });
		expect(await assumptions.change(await town.person('N', 'equipment:agent'), input)).toMatchObject({
			error: 'platform.not_allowed',
		});
		const before = await assumptions.list(manager);
		if (!before.ok) throw new Error(before.error);
		expect(before.value.every(({ source }) => source.length > 10)).toBe(true);
		expect(
			before.value.find(({ name, category }) => name === 'referenceYears' && category === 'laptop'),
		).toMatchObject({ range: { mid: 4 }, chosen: false, changes: 0 });
		expect(await assumptions.change(manager, input)).toMatchObject({ ok: true });
		expect(await assumptions.change(manager, { ...input, mid: 4.5 })).toMatchObject({ ok: true });
		const after = await assumptions.list(manager);
		expect(
			after.ok &&
				after.value.find(({ name, category }) => name === 'referenceYears' && category === 'laptop'),
		).toMatchObject({ range: { mid: 4.5 }, source: 'Délibération 2026-12', changes: 2 });
		expect(await assumptions.history(manager, 'referenceYears', 'laptop')).toMatchObject({
			value: [{ mid: 4.5 }, { mid: 5 }],
		});
	});

	it('refuse what means nothing', async () => {
		const manager = await town.person('Sofia', 'equipment:manager');
		for (const [change, error] of [
			[{ name: 'magic' }, 'equipment.assumption_unknown'],
			[{ category: null }, 'equipment.assumption_unknown'],
			[{ name: 'rebound' }, 'equipment.assumption_unknown'],
			[{ low: Number.NaN }, 'equipment.assumption_invalid'],
			[{ low: 9 }, 'equipment.assumption_order'],
			[{ low: 0 }, 'equipment.assumption_bounds'],
			[{ source: ' ' }, 'equipment.assumption_source_missing'],
			[{ url: 'javascript:alert(1)' }, 'equipment.assumption_url'],
		] as const)
			expect(await town.equipment.carbon.assumptions.change(manager, { ...input, ...change })).toMatchObject({
				error,
			});
	});
});

describe('an option to answer a need', () => {
	const option = { category: 'laptop', modelId: null, serviceYears: 5 } as const;
	const of = async (kind: 'keep' | 'pool' | 'refurbished' | 'new') => {
		const found = await town.equipment.carbon.ofOption({ ...option, kind });
		if (!found) throw new Error(`nothing of ${kind}`);
		return found;
	};

	it('emits least where nothing is made, and most where it is new, with range, method and sources', async () => {
		const [keep, pool, refurbished, fresh] = [
			await of('keep'),
			await of('pool'),
			await of('refurbished'),
			await of('new'),
		];
		expect(pool.perYear).toEqual(keep.perYear);
		expect(keep.perYear.mid).toBeLessThan(refurbished.perYear.mid);
		expect(refurbished.perYear.mid).toBeLessThan(fresh.perYear.mid);
		for (const { perYear, total, method, sources } of [keep, refurbished, fresh]) {
			expect(perYear.low).toBeLessThanOrEqual(perYear.mid);
			expect(perYear.mid).toBeLessThanOrEqual(perYear.high);
			expect(total.mid).toBeCloseTo(perYear.mid * 5, 9);
			expect(method.fr).toContain('kg CO2e par an');
			expect(method.en).toContain('kg CO2e a year');
			expect(sources.length).toBeGreaterThan(1);
		}
		expect(refurbished.sources.some(({ label }) => label.includes('reconditionnés'))).toBe(true);
	});

	it('is nothing for a category without a footprint, or no years', async () => {
		const { ofOption } = town.equipment.carbon;
		expect(await ofOption({ ...option, kind: 'new', category: 'other' })).toBeNull();
		expect(await ofOption({ ...option, kind: 'new', serviceYears: 0 })).toBeNull();
	});
});
