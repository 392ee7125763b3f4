import { system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestCollection, signing, value as soon } from '../collection/testing.ts';
import { changeDevice } from '../inventory/changing.ts';
import type { DeviceFields } from '../inventory/face.ts';
import { addDevice, addModel, value } from './testing.ts';

let town: Awaited<ReturnType<typeof createTestCollection>>;
beforeAll(async () => {
	town = await createTestCollection();
}, 120_000);
afterAll(() => town?.close());

test('what became of retired devices is counted from their histories; a signed lot that serves again is the proof', async () => {
	const { context, clock, collection, collector, lots, equipment } = town;
	const [screens, servers] = [await addModel(town, 'monitor'), await addModel(town, 'server')];
	const add = (tag: string, inUseOn: string | undefined, modelId = screens) =>
		addDevice(town, { modelId, tag, status: 'in_stock', ...(inUseOn && { inUseOn }) });
	const change = ({ id }: { id: string }, changes: Partial<DeviceFields>) =>
		context.db
			.transaction()
			.execute(async (trx) =>
				value(await changeDevice(context, trx, system, id, changes, { kind: 'edited' })),
			);

	clock.now = new Date('2025-12-10T09:00:00Z');
	await add('PROVEN', '2020-02-01');
	const [given, stays, old, lost, server, recycled, unknownAge] = await Promise.all([
		add('GIVEN', '2020-02-01'),
		add('STAYS', '2020-02-01'),
		add('OLD', '2015-12-31'),
		add('LOST', '2020-02-01'),
		add('SERVER', '2020-02-01', servers),
		add('RECYCLED', '2020-02-01'),
		add('UNKNOWN-AGE', undefined),
	]);
	const { items } = await soon(
		collection.desk.receive(collector, { lines: [{ category: 'monitor', tag: 'PROVEN' }] }),
	);
	for (const device of [given, stays, old, lost, server, unknownAge])
		await change(device, { status: 'leaving' });

	clock.now = new Date('2026-03-02T09:00:00Z');
	await change(given, { status: 'left', leftAs: 'donated' });
	await change(lost, { status: 'left', leftAs: 'lost' });
	await change(recycled, { status: 'left', leftAs: 'recycled' });
	const number = await town.lotWith(items);
	await soon(lots.close(collector, number));
	await soon(lots.handOver(collector, number, signing));
	expect(await equipment.policy.retirement(2026), 'signed, not yet told what became of it').toMatchObject({
		provenReuse: 0,
	});
	await soon(lots.answer(collector, number, [{ number: items[0] ?? '', end: 'reused' }]));

	expect(await equipment.policy.retirement(2026)).toEqual({
		year: 2026,
		inStock: 4,
		left: 3,
		reuse: 2,
		provenReuse: 1,
		percent: 50,
		provenPercent: 25,
		goalPercent: 50,
		reached: false,
		simulated: false,
	});
	expect(await equipment.policy.retirement(2025)).toMatchObject({
		inStock: 0,
		left: 0,
		percent: null,
		reached: null,
	});
	expect(await equipment.policy.retirement(2027)).toMatchObject({ inStock: 2, left: 0, reached: false });
});
