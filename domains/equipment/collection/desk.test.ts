import { newId } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { receiptNumber } from './rules/receipt-number.ts';
import { createTestCollection, errorOf, value } from './testing.ts';

let town: Awaited<ReturnType<typeof createTestCollection>>;
beforeAll(async () => {
	town = await createTestCollection();
}, 120_000);
afterAll(() => town?.close());

const answersOf = async (deviceId: string, actions: readonly unknown[]) =>
	(await value(town.sync(deviceId, actions))).answers;
const count = async () => (await value(town.collection.items.list(town.collector))).total;
const photo = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64',
);

test('phones have numbers of their own; a receipt sent twice, by two pages at once, or after a lost answer is one', async () => {
	const [one, two] = [newId(), newId()];
	const before = await count();
	const first = await town.receiptOn(one);
	const second = await town.receiptOn(two);
	expect(first.number.slice(0, 3)).not.toBe(second.number.slice(0, 3));
	const twice = await Promise.all([answersOf(one, [first]), answersOf(one, [first])]);
	expect(
		twice
			.flat()
			.map(({ outcome }) => outcome)
			.toSorted(),
	).toEqual(['accepted', 'already']);
	expect(await answersOf(two, [second])).toEqual([{ id: second.id, outcome: 'accepted' }]);
	expect((await answersOf(one, [first]))[0]?.outcome).toBe('already');
	expect(await count()).toBe(before + 2);
	const { day } = await value(town.collection.desk.day(town.collector, one));
	expect(day.used, 'a phone whose store was emptied goes on after its last number').toBe(1);
});

test('a number of another phone, another content under one id, and rubbish are refused without holding up the rest', async () => {
	const device = newId();
	const good = await town.receiptOn(device);
	await answersOf(device, [good]);
	const other = await town.receiptOn(newId());
	const next = await town.receiptOn(device);
	const outcomes = await answersOf(device, [
		{ ...good, lines: [{ id: newId(), category: 'laptop' }] },
		{ ...next, id: newId(), number: other.number },
		{ ...next, id: newId(), number: `${next.number.slice(0, -1)}${next.number.endsWith('2') ? '3' : '2'}` },
		{ ...next, id: newId(), number: good.number },
		{ ...next, id: newId(), lines: [] },
		{ ...next, id: newId(), lines: [{ id: newId(), category: 'fridge' }] },
		{ ...next, id: newId(), code: 'A' },
		{ ...next, id: newId(), lines: good.lines },
		null,
		'x'.repeat(70_000),
		next,
	]);
	expect(outcomes.map(({ error, outcome }) => error ?? outcome)).toEqual([
		'equipment.receipt_differs',
		'equipment.receipt_number_invalid',
		'equipment.receipt_number_invalid',
		'equipment.receipt_number_taken',
		'equipment.receipt_empty',
		'equipment.category_missing',
		'equipment.receipt_code_invalid',
		'equipment.receipt_differs',
		'equipment.field_invalid',
		'equipment.action_too_long',
		'accepted',
	]);
});

test('a box of twenty is one receipt with twenty items; each has its share of the weight', async () => {
	const device = newId();
	const box = await town.receiptOn(device, {
		lines: [
			{ id: newId(), category: 'feature_phone', quantity: 20, weightGrams: 2000 },
			{ id: newId(), category: 'monitor' },
		],
	});
	await answersOf(device, [box]);
	const { items } = await value(town.collection.items.list(town.collector, { text: box.number }));
	expect(items).toHaveLength(21);
	expect(new Set(items.map(({ number }) => number)).size).toBe(21);
	expect(items.filter(({ weightGrams }) => weightGrams === 100)).toHaveLength(20);
	expect(items.find(({ category }) => category === 'monitor')?.holdsData).toBe(false);
	const many = await town.receiptOn(device, { lines: [{ id: newId(), category: 'other', quantity: 201 }] });
	expect((await answersOf(device, [many]))[0]?.error).toBe('equipment.quantity_invalid');
});

test('a phone whose clock is wrong is put right; nothing is received after it was heard of', async () => {
	const device = newId();
	const late = await town.receiptOn(device, { at: '2026-11-24T11:00:00.000Z' });
	await value(
		town.collection.desk.sync(town.collector, {
			personId: town.collector.id,
			deviceId: device,
			sentAt: '2026-11-24T11:30:00.000Z',
			actions: [late],
		}),
	);
	const { items } = await value(town.collection.items.list(town.collector, { text: late.number }));
	expect(items[0]?.receivedAt.toISOString()).toBe('2026-11-24T07:30:00.000Z');
});

test('a device of the town is known by its label and waits to leave; a label that none has is kept as it was read', async () => {
	const { pool } = town.platform;
	const [modelId, id] = [newId(), newId()];
	await pool.query(
		`INSERT INTO equipment.model (id, manufacturer, name, category, created_at) VALUES ($1, 'Maker', 'One', 'laptop', now())`,
		[modelId],
	);
	await pool.query(
		`INSERT INTO equipment.device (id, tag, serial, model_id, status, acquired, created_at, updated_at)
		VALUES ($1, 'P-00042', 'S1', $2, 'in_stock', 'new', now(), now())`,
		[id, modelId],
	);
	const device = newId();
	const receipt = await town.receiptOn(device, {
		lines: [
			{ id: newId(), category: 'smartphone', tag: 'p-00042' },
			{ id: newId(), category: 'smartphone', tag: 'P-99999' },
		],
	});
	expect((await answersOf(device, [receipt]))[0]?.outcome).toBe('accepted');
	const { items } = await value(town.collection.items.list(town.collector, { text: receipt.number }));
	const own = items.find(({ deviceTag }) => deviceTag === 'P-00042');
	expect(own).toMatchObject({ category: 'laptop', serial: 'S1', tagRead: null });
	expect(items.find(({ tagRead }) => tagRead)).toMatchObject({ tagRead: 'P-99999', deviceTag: null });
	const status = async () =>
		(await pool.query('SELECT status, left_as FROM equipment.device WHERE id = $1', [id])).rows[0];
	expect(await status()).toEqual({ status: 'leaving', left_as: null });
	const again = await town.receiptOn(device, {
		lines: [{ id: newId(), category: 'laptop', tag: 'P-00042' }],
	});
	expect((await answersOf(device, [again]))[0]?.outcome, 'nobody brings it twice').toBe('accepted');
	await value(town.collection.items.end(town.collector, own?.number ?? '', 'returned'));
	expect(await status()).toEqual({ status: 'in_stock', left_as: null });
	const [history] = (
		await pool.query('SELECT kind FROM equipment.device_event WHERE device_id = $1 ORDER BY recorded_at', [
			id,
		])
	).rows;
	expect(history.kind).toBe('collected');
});

test('photos come apart, once; only the desk sees them', async () => {
	const device = newId();
	const receipt = await town.receiptOn(device);
	await answersOf(device, [receipt]);
	const [line] = receipt.lines as { id: string }[];
	const id = newId();
	const given = { id, personId: town.collector.id, lineId: line?.id ?? '', content: photo };
	await value(town.collection.desk.keepPhoto(town.collector, given));
	await value(town.collection.desk.keepPhoto(town.collector, given));
	const item = await value(town.collection.items.get(town.collector, receipt.number));
	expect(item.photos).toHaveLength(1);
	expect(await town.collection.items.photo(town.resident, id)).toBeNull();
	expect(await town.collection.items.photo(town.collector, id)).not.toBeNull();
	expect(await errorOf(town.collection.desk.keepPhoto(town.collector, { ...given, lineId: newId() }))).toBe(
		'equipment.item_unknown',
	);
	expect(
		await errorOf(
			town.collection.desk.keepPhoto(town.collector, { ...given, id: newId(), content: Buffer.from('x') }),
		),
	).toBe('platform.photo_unreadable');
});

test('many at the table at once, without a script, get numbers of their own', async () => {
	const { collection, collector } = town;
	const receipts = await Promise.all(
		Array.from({ length: 60 }, () =>
			value(collection.desk.receive(collector, { lines: [{ category: 'laptop' }] })),
		),
	);
	expect(new Set(receipts.map(({ number }) => number)).size).toBe(60);
});

test('only a manager, with a reason, takes an item out of what has to be wiped; anybody at the desk puts it in', async () => {
	const { collection, collector, manager } = town;
	const [laptop = '', printer = '', labelled = ''] = await town.brought(['laptop', 'printer', 'laptop']);
	const get = (number: string) => value(collection.items.get(manager, number));
	const edit = async (actor: typeof collector, number: string, input: object) =>
		errorOf(collection.items.edit(actor, number, input, (await get(number)).version));

	for (const input of [
		{ holdsData: false, reason: 'Je le sais.' },
		{ category: 'monitor', reason: 'C’est un écran.' },
	])
		expect(await edit(collector, laptop, input)).toBe('equipment.item_data_for_manager');
	expect(await edit(collector, printer, { holdsData: false })).toBe('equipment.item_data_for_manager');
	expect(await get(laptop)).toMatchObject({ category: 'laptop', holdsData: true, wiped: false, version: 1 });
	expect(await edit(collector, laptop, { category: 'desktop', condition: 'broken' })).toBe('accepted');
	expect(await edit(manager, laptop, { category: 'monitor', holdsData: false, reason: ' ' })).toBe(
		'equipment.item_data_reason_missing',
	);
	const reason = 'Pris pour un ordinateur : c’est un écran.';
	expect(await edit(manager, laptop, { category: 'monitor', holdsData: false, reason })).toBe('accepted');
	const ruledOut = await get(laptop);
	expect(ruledOut).toMatchObject({ holdsData: false, wiped: true, dataRuledOut: { reason } });
	expect(ruledOut.history.at(-1)).toMatchObject({ kind: 'data_ruled_out', note: reason, by: 'Sofia' });
	expect(
		(await value(collection.lots.get(collector, await town.lotWith([laptop, printer])))).contents,
	).toMatchObject([{ dataRuledOut: { reason } }, { dataRuledOut: null }]);

	expect(await edit(collector, laptop, { holdsData: true })).toBe('accepted');
	expect(await get(laptop)).toMatchObject({ holdsData: true, wiped: false });
	expect(await edit(collector, laptop, { holdsData: false })).toBe('equipment.item_data_for_manager');

	const { pool } = town.platform;
	const model = newId();
	await pool.query(
		`INSERT INTO equipment.model (id, manufacturer, name, category, created_at) VALUES ($1, 'Maker', 'Screen', 'monitor', now())`,
		[model],
	);
	await pool.query(
		`INSERT INTO equipment.device (id, tag, model_id, status, acquired, created_at, updated_at)
		VALUES ($1, 'P-00077', $2, 'in_stock', 'new', now(), now())`,
		[newId(), model],
	);
	expect(await edit(collector, labelled, { tag: 'P-00077' }), 'nor by the label of something else').toBe(
		'equipment.item_data_for_manager',
	);
	expect((await get(labelled)).deviceTag).toBeNull();
});

test('residents and other people’s phones are turned away', async () => {
	const device = newId();
	expect(await errorOf(town.collection.desk.day(town.resident, device))).toBe('platform.not_allowed');
	expect(await errorOf(town.sync(device, [], town.resident))).toBe('platform.not_allowed');
	expect(
		await errorOf(
			town.collection.desk.sync(town.collector, {
				personId: town.manager.id,
				deviceId: device,
				sentAt: new Date().toISOString(),
				actions: [],
			}),
		),
	).toBe('equipment.outbox_of_another');
	expect(await errorOf(town.collection.items.list(town.resident))).toBe('platform.not_allowed');
	expect(
		await errorOf(town.collection.desk.receive(town.resident, { lines: [{ category: 'laptop' }] })),
	).toBe('platform.not_allowed');
});

test('a page without a script receives too, with numbers of the town’s own desk, even many at once', async () => {
	const made = await Promise.all(
		Array.from({ length: 6 }, () =>
			value(town.collection.desk.receive(town.collector, { lines: [{ category: 'laptop' }] })),
		),
	);
	expect(new Set(made.map(({ number }) => number)).size).toBe(6);
	expect(() => receiptNumber('ABC', 31 ** 3)).toThrow(RangeError);
});
