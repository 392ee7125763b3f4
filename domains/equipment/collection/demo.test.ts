import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestEquipment, type TestEquipment } from '../testing.ts';
import { fillDemo } from './demo.ts';
import { value } from './testing.ts';

let town: TestEquipment;
beforeAll(async () => {
	town = await createTestEquipment({ PARVIS_DEMO: 'true' });
}, 120_000);
afterAll(() => town?.close());

test('the demonstration has campaigns at each moment, lots in each state, every item accounted for; repeating it changes nothing', async () => {
	const { collection } = town.equipment;
	const manager = await town.person('Sofia', 'equipment:manager');
	await fillDemo(town.context, collection);
	const campaigns = await collection.campaigns.list(manager);
	expect(campaigns.map(({ moment }) => moment)).toEqual(['under_way', 'coming', 'over']);
	expect(campaigns.every(({ simulated }) => simulated)).toBe(true);
	const over = campaigns.at(-1);
	expect(Object.values(over?.ends ?? {}).reduce((sum, n) => sum + n, 0)).toBe(over?.items);
	const lots = await value(collection.lots.list(manager));
	expect(new Set(lots.map(({ status }) => status))).toEqual(
		new Set(['open', 'closed', 'handed_over', 'settled']),
	);
	for (const lot of lots) {
		const whole = await value(collection.lots.get(manager, lot.number));
		expect(whole.contents.length).toBeGreaterThan(0);
		if (whole.status === 'open') continue;
		expect((await value(collection.lots.slip(manager, lot.number))).bytes.length).toBeGreaterThan(1000);
		expect(whole.signatures).toHaveLength(whole.status === 'closed' ? 0 : 2);
	}
	const totals = await collection.totals();
	expect(totals).toMatchObject({ received: 250, simulated: true });
	const { items } = await value(collection.items.list(manager, { state: 'ended' }));
	const [one] = items;
	expect(
		await value(collection.receipts.journey(one?.receiptNumber ?? '', 'demen-strat', { address: 'x' })),
	).toMatchObject({ number: one?.receiptNumber });
	await fillDemo(town.context, collection);
	expect(await collection.totals()).toEqual(totals);
	expect(await town.platform.mail.list()).toEqual([]);
});
