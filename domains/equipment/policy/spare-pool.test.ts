import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestEquipment, type TestEquipment } from '../testing.ts';
import { addDevice, addModel, value, voteUsualPolicy } from './testing.ts';

let made: TestEquipment;
beforeAll(async () => {
	made = await createTestEquipment();
}, 120_000);
afterAll(() => made?.close());

test('the pool is compared with the share that was voted; what is below the security floor is no reserve', async () => {
	const { sparePool } = made.equipment.policy;
	const sofia = await made.person('Sofia', 'equipment:manager');
	expect(value(await sparePool(sofia)), 'before any vote').toEqual([]);
	await voteUsualPolicy(made);
	expect(await sparePool(await made.person('Camille'))).toMatchObject({ error: 'platform.not_allowed' });
	const [laptops, old] = [
		await addModel(made, 'laptop'),
		await addModel(made, 'laptop', { supportedUntil: '2020-01-01' }),
	];
	const nadia = await made.person('Nadia');
	for (let n = 0; n < 21; n++) await addDevice(made, { modelId: laptops }, nadia);
	await addDevice(made, { modelId: laptops });
	await addDevice(made, { modelId: old });
	// 5 % of 21, rounded up.
	expect(value(await sparePool(sofia)).find(({ category }) => category === 'laptop')).toEqual({
		category: 'laptop',
		inService: 21,
		inPool: 1,
		askedPercent: 5,
		asked: 2,
	});
});
