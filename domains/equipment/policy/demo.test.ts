import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestEquipment, type TestEquipment } from '../testing.ts';
import { fillDemo } from './demo.ts';
import { value } from './testing.ts';

let made: TestEquipment;
beforeAll(async () => {
	made = await createTestEquipment({ PARVIS_DEMO: 'true' });
	made.clock.now = new Date('2026-11-25T09:00:00Z');
}, 120_000);
afterAll(async () => {
	await made?.close();
});

test('the demonstration has a policy, requests in each state, and a year on each side of its share', async () => {
	const { equipment, context } = made;
	const { policy, carbon } = equipment;
	await made.person('Nadia', 'equipment:agent');
	const sofia = await made.person('Sofia', 'equipment:manager');
	const fill = () => fillDemo(context, carbon, policy.security.look);
	await fill();
	await fill();

	expect(await policy.inForce('2026-11-25')).toMatchObject({ number: 2 });
	expect((await policy.versions.voted()).every(({ simulated }) => simulated)).toBe(true);
	const { items, total } = value(await policy.requests.list(sofia, { pageSize: 100 }));
	expect(total).toBe(15);
	expect(new Set(items.map(({ status }) => status))).toEqual(new Set(['to_decide', 'decided', 'withdrawn']));
	expect(items.filter(({ decision }) => decision?.exception).length).toBeGreaterThanOrEqual(2);
	const shares = await Promise.all([2024, 2025, 2026].map((year) => policy.orders.statement(year)));
	expect(shares.map(({ lines }) => lines[0]?.reached)).toEqual([true, false, false]);
	expect(shares.every(({ simulated }) => simulated)).toBe(true);
	expect(shares[2]?.lines[0]?.reusePercent ?? 0).toBeGreaterThan(15);
	expect(value(await policy.orders.statementCsv(sofia, 2024))).toContain('Données de démonstration');
	expect(await policy.requests.years()).toEqual([2026, 2025, 2024]);
});
