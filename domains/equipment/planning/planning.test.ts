import { anonymous, newId } from '@parvis/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestEquipment, type TestEquipment } from '../testing.ts';

let town: TestEquipment;
let model: string;
let manager: Awaited<ReturnType<TestEquipment['person']>>;
beforeAll(async () => {
	town = await createTestEquipment();
	manager = await town.person('Sofia', 'equipment:manager');
	model = await newModel('laptop', null);
	await town.platform.pool.query(
		`INSERT INTO equipment.device (id, tag, model_id, status, in_use_on, bought_on, acquired, service, created_at, updated_at)
		SELECT gen_random_uuid(), 'L-' || n, $1, 'in_use', date '2026-11-24' - n * 60, date '2026-11-24' - n * 60, 'new',
			CASE WHEN n % 2 = 0 THEN 'Finances' ELSE 'Voirie' END, now(), now() FROM generate_series(1, 60) n`,
		[model],
	);
});
afterAll(() => town.close());

async function newModel(category: string, supportedUntil: string | null): Promise<string> {
	const id = newId();
	await town.platform.pool.query(
		`INSERT INTO equipment.model (id, manufacturer, name, category, supported_until, created_at) VALUES ($1, 'Essai', $2, $3, $4, now())`,
		[id, id, category, supportedUntil],
	);
	return id;
}

async function device(fields: Record<string, unknown>): Promise<string> {
	const id = newId();
	const all = {
		id,
		tag: id,
		model_id: model,
		status: 'in_use',
		acquired: 'new',
		in_use_on: '2023-11-24',
		created_at: new Date(),
		updated_at: new Date(),
		...fields,
	};
	const names = Object.keys(all);
	await town.platform.pool.query(
		`INSERT INTO equipment.device (${names.join(', ')}) VALUES (${names.map((_, at) => `$${at + 1}`).join(', ')})`,
		Object.values(all),
	);
	return id;
}

async function planOf(query = {}) {
	const plan = await town.equipment.planning.plan(manager, query);
	if (!plan.ok) throw new Error(plan.error);
	return plan.value;
}

describe('the plan', () => {
	it('is for whoever may see the inventory', async () => {
		const { planning } = town.equipment;
		for (const actor of [anonymous, await town.person('N', 'equipment:agent')]) {
			expect(await planning.plan(actor)).toMatchObject({ error: 'platform.not_allowed' });
			expect(await planning.budget(actor)).toMatchObject({ error: 'platform.not_allowed' });
			expect(await planning.whatIf(actor, { years: 1 })).toMatchObject({ error: 'platform.not_allowed' });
			expect(await planning.assignment(actor, { mostMoves: 5 })).toMatchObject({
				error: 'platform.not_allowed',
			});
		}
	});

	it('replaces older devices no later than younger ones of the kind, and says what each way costs', async () => {
		const { items, total } = await planOf({ category: 'laptop' });
		expect(total).toBe(60);
		expect(items).toHaveLength(50);
		const all = [...items, ...(await planOf({ category: 'laptop', page: 2 })).items];
		const byAge = all.toSorted((a, b) => b.ageMonths - a.ageMonths);
		const days = byAge.map(({ replaceOn }) => replaceOn ?? '9999');
		expect(days).toEqual(days.toSorted());
		expect(all.every(({ keepCents, successorCents }) => keepCents > 0 && successorCents > 0)).toBe(true);
		expect(all.every(({ savingCents }) => savingCents >= 0)).toBe(true);
	});

	it('replaces what has no support any more, and what is broken, at once; keeps safe what nobody knows the age of apart', async () => {
		const unsupported = await device({ model_id: await newModel('tablet', '2025-01-01') });
		const broken = await device({ model_id: await newModel('monitor', null), condition: 'broken' });
		await device({ in_use_on: null, status: 'on_loan', model_id: await newModel('tablet', null) });
		const { items, unknownAge } = await planOf();
		expect(items.find(({ deviceId }) => deviceId === unsupported)).toMatchObject({
			replaceOn: '2026-11-24',
			reason: 'security',
		});
		expect(items.find(({ deviceId }) => deviceId === broken)).toMatchObject({ reason: 'broken' });
		expect(unknownAge).toBe(1);
	});

	it('follows an assumption that the town changes', async () => {
		const before = await planOf({ category: 'laptop' });
		await town.equipment.carbon.assumptions.change(manager, {
			name: 'newPrice',
			category: 'laptop',
			low: 5000,
			mid: 6000,
			high: 7000,
			source: 'marché 2026',
		});
		await town.equipment.carbon.assumptions.change(manager, {
			name: 'refurbishedPrice',
			category: 'laptop',
			low: 4000,
			mid: 5000,
			high: 6000,
			source: 'marché 2026',
		});
		const after = await planOf({ category: 'laptop' });
		const due = (plan: typeof before) =>
			plan.items.filter(({ replaceOn }) => (replaceOn ?? '9999') < '2028').length;
		expect(due(after)).toBeGreaterThan(due(before));
		for (const [name, mid] of [
			['newPrice', 90_000],
			['refurbishedPrice', 45_000],
		] as const)
			await town.equipment.carbon.assumptions.change(manager, {
				name,
				category: 'laptop',
				low: mid * 0.8,
				mid,
				high: mid * 1.3,
				source: 'essai',
			});
	});
});

describe('the budget', () => {
	it('has ranges in order, the same each time, and buys no fewer than it must', async () => {
		const budget = await town.equipment.planning.budget(manager);
		if (!budget.ok) throw new Error(budget.error);
		expect(budget.value.years.map(({ year }) => year)).toEqual([2026, 2027, 2028, 2029, 2030, 2031]);
		for (const { purchases, spent, running, carbon } of budget.value.years)
			for (const { low, mid, high } of [purchases, spent, running, carbon]) {
				expect(low).toBeLessThanOrEqual(mid);
				expect(mid).toBeLessThanOrEqual(high);
				expect(low).toBeGreaterThanOrEqual(0);
			}
		expect(await town.equipment.planning.budget(manager)).toEqual(budget);
		const due = (await planOf({ year: 2026 })).total;
		expect(budget.value.years[0]?.purchases.high).toBeGreaterThanOrEqual(due);
	});
});

describe('what if', () => {
	it('nothing is changed by no years, and two more years buy and make less', async () => {
		const none = await town.equipment.planning.whatIf(manager, { category: 'laptop', years: 0 });
		if (!none.ok) throw new Error(none.error);
		expect(none.value.difference.total.spent).toEqual({ low: 0, mid: 0, high: 0 });
		expect(none.value.difference.balance.carbon).toEqual({ low: 0, mid: 0, high: 0 });
		const two = await town.equipment.planning.whatIf(manager, {
			category: 'laptop',
			years: 2,
			reinstall: true,
		});
		if (!two.ok) throw new Error(two.error);
		expect(two.value.devices).toBe(60);
		expect(two.value.difference.total.purchases.mid).toBeLessThan(0);
		expect(two.value.difference.total.carbon.mid).toBeLessThan(0);
		expect(two.value.difference.balance.carbon.high).toBeLessThanOrEqual(0);
		const sooner = await town.equipment.planning.whatIf(manager, { category: 'laptop', years: -2 });
		expect(sooner.ok && sooner.value.difference.total.carbon.mid).toBeGreaterThan(0);
	});

	it('keeps nothing beyond its support', async () => {
		await device({ model_id: await newModel('server', '2027-06-30'), in_use_on: '2025-01-01' });
		const found = await town.equipment.planning.whatIf(manager, { category: 'server', years: 5 });
		expect(found).toMatchObject({ value: { devices: 1, heldBack: 1, query: { reinstall: false } } });
		const reinstalled = await town.equipment.planning.whatIf(manager, {
			category: 'server',
			years: 5,
			reinstall: true,
		});
		if (!found.ok || !reinstalled.ok) throw new Error('refused');
		expect(reinstalled.value.difference.total.purchases.mid).toBeLessThan(
			found.value.difference.total.purchases.mid,
		);
	});

	it('refuses what is no question', async () => {
		for (const input of [{ years: 9 }, { years: 1.5 }, { years: 'x' }, { category: 'tank', years: 1 }, null])
			expect(await town.equipment.planning.whatIf(manager, input)).toMatchObject({ ok: false });
		expect(await town.equipment.planning.assignment(manager, { mostMoves: 0 })).toMatchObject({
			error: 'equipment.moves_invalid',
		});
	});
});

describe('who gets what', () => {
	it('gives a free device to who has the worst, and never one of another kind', async () => {
		const printer = await newModel('printer', null);
		const old = await device({ model_id: printer, in_use_on: '2012-01-01', service: 'État civil' });
		await device({ model_id: printer, in_use_on: '2026-01-01', service: 'Finances' });
		const spare = await device({ model_id: printer, in_use_on: '2026-06-01', status: 'in_stock' });
		const proposal = await town.equipment.planning.assignment(manager, { mostMoves: 10 });
		if (!proposal.ok) throw new Error(proposal.error);
		expect(proposal.value.optimal).toBe(true);
		expect(proposal.value.handovers.filter(({ device: { id } }) => id === spare)).toMatchObject([
			{ to: { deviceId: old, service: 'État civil' }, from: null },
		]);
		expect(proposal.value.savingCents).toBeGreaterThan(0);
		expect(proposal.value.beyondGreedyCents).toBeGreaterThanOrEqual(0);
	});
});

describe('for everybody', () => {
	it('ages are counted, and no device is told of', async () => {
		const pyramid = await town.equipment.planning.pyramid();
		expect(pyramid.ages).toHaveLength(11);
		expect(pyramid.categories.reduce((sum, { devices }) => sum + devices, 0)).toBe(pyramid.devices);
		expect(pyramid.refurbished).toBe(0);
		expect(JSON.stringify(pyramid)).not.toContain(model);
	});
});
