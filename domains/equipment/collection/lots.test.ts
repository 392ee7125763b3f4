import { createHash } from 'node:crypto';
import { lookAtPdf } from '@parvis/platform/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { itemEnds } from './face.ts';
import { forgetGivers } from './retention.ts';
import { createTestCollection, errorOf, signing, value } from './testing.ts';

let town: Awaited<ReturnType<typeof createTestCollection>>;
beforeAll(async () => {
	town = await createTestCollection();
}, 120_000);
afterAll(() => town?.close());

const visit = { address: '192.0.2.1' };

test('a lot leaves only wiped and signed by both; its slip never changes after', async () => {
	const { lots, collector, collection, platform } = town;
	const numbers = await town.brought(['smartphone', 'laptop', 'monitor']);
	const number = await town.lotWith(numbers);
	expect(await errorOf(lots.handOver(collector, number, signing))).toBe('equipment.lot_not_closed');
	await value(lots.close(collector, number));
	expect(await errorOf(lots.add(collector, number, await town.brought(['laptop'])))).toBe(
		'equipment.lot_not_open',
	);
	const [phone] = await Promise.all(numbers.map((one) => value(collection.items.get(collector, one))));
	town.unwiped.add(phone?.id ?? '');
	const refused = await lots.handOver(collector, number, signing);
	expect(refused).toMatchObject({
		ok: false,
		error: 'equipment.lot_not_wiped',
		detail: { numbers: phone?.number },
	});
	town.unwiped.delete(phone?.id ?? '');
	for (const [more, error] of [
		[{ town: { ...signing.town, name: ' ' } }, 'equipment.signer_missing'],
		[{ partner: { ...signing.partner, role: '' } }, 'equipment.signer_role_missing'],
		[{ partner: { ...signing.partner, strokes: '[[[0.1,0.2]]]' } }, 'equipment.signature_missing'],
		[{ partner: { ...signing.partner, strokes: '[[[9,9]]]' } }, 'equipment.signature_missing'],
		[{ scan: Buffer.from('%PDF-1.7 rubbish') }, 'platform.pdf_unreadable'],
		[{ scan: Buffer.from('rubbish') }, 'platform.photo_unreadable'],
	] as const)
		expect(await errorOf(lots.handOver(collector, number, { ...signing, ...more }))).toBe(error);
	const unsigned = await value(lots.slip(collector, number));
	const before = await lookAtPdf(unsigned.bytes);
	expect(before.faults).toEqual([]);
	expect(before.tags.filter(({ type }) => type === 'Figure')).toEqual([]);
	await value(lots.handOver(collector, number, signing));
	const lot = await value(lots.get(collector, number));
	expect(lot).toMatchObject({ status: 'handed_over', items: 3 });
	expect(lot.signatures.map(({ party, name }) => [party, name])).toEqual([
		['town', 'Nadia Benali'],
		['partner', 'Luc Martin'],
	]);
	const { bytes } = await value(lots.slip(collector, number));
	expect(createHash('sha256').update(bytes).digest('hex')).toBe(lot.slipSha256);
	const after = await lookAtPdf(bytes);
	expect(after.faults).toEqual([]);
	expect(after.tags.flatMap(({ alt }) => alt ?? [])).toEqual([
		expect.stringContaining('Nadia Benali'),
		expect.stringContaining('Luc Martin'),
	]);
	expect(await errorOf(lots.handOver(collector, number, signing))).toBe('equipment.lot_not_closed');
	expect(await errorOf(lots.reopen(collector, number))).toBe('equipment.lot_not_closed');
	expect(
		await errorOf(collection.items.edit(collector, numbers[0] ?? '', { condition: 'broken' }, 3)),
	).not.toBe('accepted');
	await expect(platform.pool.query('UPDATE equipment.lot_signature SET name = name')).rejects.toThrow();
	await expect(platform.pool.query('DELETE FROM equipment.item_event')).rejects.toThrow();
	const { rows } = await platform.pool.query('SELECT slip_key FROM equipment.lot WHERE number = $1', [
		number,
	]);
	const { Readable } = await import('node:stream');
	await platform.files.put(rows[0].slip_key, Readable.from([Buffer.from('%PDF- another')]));
	expect(
		await errorOf(lots.slip(collector, number)),
		'a file that was exchanged is not shown as the slip',
	).toBe('equipment.slip_missing');
});

test('the signed paper may be scanned instead', async () => {
	const { lots, collector } = town;
	const number = await town.lotWith(await town.brought(['monitor']));
	await value(lots.close(collector, number));
	const paper = (await value(lots.slip(collector, number))).bytes;
	await value(lots.handOver(collector, number, { ...signing, scan: paper }));
	const lot = await value(lots.get(collector, number));
	expect(lot.signatures.map(({ way }) => way)).toEqual(['scan', 'scan']);
	expect((await lots.scan(collector, number))?.contentType).toBe('application/pdf');
	expect(await lots.scan(town.resident, number)).toBeNull();
});

test('the partner answers by the link, all or none; givers who want to know are told once for each end', async () => {
	const { lots, collection, collector, manager } = town;
	const given = await value(
		collection.desk.receive(collector, {
			lines: [{ category: 'smartphone' }, { category: 'laptop' }],
			giver: { name: 'Inès', email: 'ines@example.org' },
		}),
	);
	const receipt = (await town.letters('ines@example.org'))[0];
	expect(receipt?.text).toContain(`${given.number}/${given.code.slice(0, 5)}-${given.code.slice(5)}`);
	const [first = '', second = ''] = given.items;
	const number = await town.lotWith(given.items);
	await value(lots.close(collector, number));
	expect(await errorOf(lots.answer(collector, number, [{ number: first, end: 'reused' }]))).toBe(
		'equipment.lot_not_handed_over',
	);
	const { token } = await value(lots.handOver(collector, number, signing));
	expect((await town.letters('atelier@example.org'))[0]?.text).toContain(token);
	expect((await collection.answers.get(token, visit))?.items).toHaveLength(2);
	expect(await collection.answers.get(`${token}x`, visit)).toBeNull();
	const say = (...answers: { number: string; end: string }[]) =>
		errorOf(collection.answers.answer(token, answers, visit));
	expect(await say({ number: first, end: 'reused' }, { number: 'XXX', end: 'reused' })).toBe(
		'equipment.item_not_in_lot',
	);
	expect(await say({ number: first, end: 'returned' })).toBe('equipment.end_invalid');
	expect((await value(collection.items.get(collector, first))).endedAs).toBeNull();
	expect(await say({ number: first, end: 'reused' })).toBe('accepted');
	expect(await say({ number: first, end: 'reused' })).toBe('accepted');
	expect((await value(lots.get(collector, number))).status).toBe('handed_over');
	await value(
		collection.answers.answerCsv(
			token,
			`Numéro;Devenir;Remarque\n${second};Recyclé;écran cassé\n${first};;\n`,
			visit,
		),
	);
	expect((await value(lots.get(collector, number))).status).toBe('settled');
	const told = (await town.letters('ines@example.org')).filter(({ id }) => id !== receipt?.id);
	expect(told).toHaveLength(2);
	expect(told.map(({ text }) => text).join()).toContain('Smartphone : réemployé');
	expect(told.map(({ text }) => text).join()).not.toContain(given.code);
	await value(lots.answer(collector, number, [{ number: second, end: 'parts' }]));
	const item = await value(collection.items.get(manager, second));
	expect(item.history.map(({ kind, end }) => end ?? kind)).toEqual([
		'received',
		'put_in_lot',
		'handed_over',
		'recycled',
		'parts',
	]);
	expect(item.history[3]).toMatchObject({ note: 'écran cassé' });
	const renewed = await value(lots.renewLink(collector, number));
	expect(await collection.answers.get(token, visit)).toBeNull();
	expect(await collection.answers.get(renewed.token, visit)).not.toBeNull();
	for (const [text, error] of [
		['rubbish', 'equipment.csv_columns'],
		[`numero;devenir\n${first};mangé`, 'equipment.csv_line'],
		['"', 'equipment.csv_unreadable'],
		['', 'equipment.csv_columns'],
	] as const)
		expect(await errorOf(collection.answers.answerCsv(renewed.token, text, visit))).toBe(error);
});

test('number and code together show the journey; guessing is slow; the giver’s address goes when asked, or after the days that are set', async () => {
	const { collection, collector, manager, clock, context } = town;
	const receive = (email: string) =>
		value(collection.desk.receive(collector, { lines: [{ category: 'laptop' }], giver: { email } }));
	const mine = await receive('paul@example.org');
	const look = (code: string, address = 'a') => collection.receipts.journey(mine.number, code, { address });
	expect((await value(look(mine.code.toLowerCase()))).items[0]).toMatchObject({
		category: 'laptop',
		endedAs: null,
	});
	expect(await errorOf(look('WRONGWRONG'))).toBe('equipment.receipt_unknown');
	expect(await errorOf(collection.receipts.journey('ABC-DEF-G', mine.code, { address: 'a' }))).toBe(
		'equipment.receipt_unknown',
	);
	for (let n = 0; n < 30; n++) await look(`GUESS${n}`, 'b');
	expect(await errorOf(look('GUESS', 'b'))).toBe('platform.too_many_requests');
	expect((await value(look(mine.code))).willBeTold).toBe(true);
	await value(collection.receipts.forgetMe(mine.number, mine.code, { address: 'a' }));
	expect((await value(look(mine.code))).willBeTold).toBe(false);

	const other = await receive('zoe@example.org');
	const known = async () =>
		(await town.platform.pool.query(`SELECT 1 FROM equipment.giver WHERE email = 'zoe@example.org'`))
			.rowCount;
	await value(collection.settings.save(manager, { giverDays: 10 }));
	expect(await errorOf(collection.settings.save(collector, { giverDays: 1 }))).toBe('platform.not_allowed');
	await value(collection.items.end(collector, other.items[0] ?? '', 'returned'));
	const before = clock.now;
	try {
		clock.now = new Date('2026-12-04T12:00:00Z');
		await forgetGivers(context);
		expect(await known(), 'ten days after the end').toBe(1);
		clock.now = new Date('2026-12-05T12:00:00Z');
		await forgetGivers(context);
		expect(await known()).toBe(0);
	} finally {
		clock.now = before;
	}
});

test('what a person gave is exported and erased with their account', async () => {
	const { collection, collector, resident, platform } = town;
	const email = `${resident.id}@example.org`;
	await value(collection.desk.receive(collector, { lines: [{ category: 'laptop' }], giver: { email } }));
	const source = platform.personalData.all().find(({ room }) => room === 'equipment.collection')?.source;
	if (!source) throw new Error('the part offers no personal data');
	expect(await source.export(resident.id)).toMatchObject({ given: [{ email }] });
	const { received } = (await source.export(collector.id)) as { received: unknown[] };
	expect(received.length).toBeGreaterThan(0);
	await platform
		.db()
		.transaction()
		.execute(async (trx) => source.erase(trx as never, resident.id));
	expect(await source.export(resident.id)).toMatchObject({ given: [] });
});

test('nobody but the desk makes lots or tells ends; strangers see none', async () => {
	const { lots, collection, resident, collector } = town;
	const [number = ''] = await town.brought(['laptop']);
	expect(await errorOf(lots.list(resident))).toBe('platform.not_allowed');
	expect(await errorOf(lots.create(resident, { partnerId: 'x' }))).toBe('platform.not_allowed');
	expect(await errorOf(collection.items.end(resident, number, 'missing'))).toBe('platform.not_allowed');
	expect(await errorOf(collection.items.end(collector, number, 'recycled'))).toBe(
		'equipment.end_needs_partner',
	);
	expect(await errorOf(lots.create(collector, { partnerId: 'x' }))).toBe('equipment.partner_unknown');
	expect(await errorOf(collection.partners.save(collector, { name: 'x', kind: 'charity' }))).toBe(
		'platform.not_allowed',
	);
});

test('whatever is done in whatever order, every item that was received is counted once, and ends have their event', async () => {
	const { lots, collection, collector, manager } = town;
	const action = fc.oneof(
		fc.record({ do: fc.constant('bring' as const), n: fc.integer({ min: 1, max: 3 }) }),
		fc.record({ do: fc.constantFrom('lot', 'close', 'reopen', 'hand_over' as const), n: fc.nat(3) }),
		fc.record({
			do: fc.constantFrom('add', 'take_out', 'end', 'answer' as const),
			n: fc.nat(7),
			end: fc.constantFrom(...itemEnds),
		}),
	);
	await fc.assert(
		fc.asyncProperty(fc.array(action, { minLength: 6, maxLength: 18 }), async (actions) => {
			const items: string[] = await town.brought(['monitor', 'laptop']);
			const made: string[] = [await town.lotWith([])];
			for (const one of actions) {
				const lot = made[one.n % made.length] ?? '';
				const item = items[one.n % items.length] ?? '';
				switch (one.do) {
					case 'bring':
						items.push(...(await town.brought(Array.from({ length: one.n }, () => 'laptop'))));
						break;
					case 'lot':
						made.push(await town.lotWith([]));
						break;
					case 'close':
						await lots.close(collector, lot);
						break;
					case 'reopen':
						await lots.reopen(collector, lot);
						break;
					case 'hand_over':
						await lots.handOver(collector, lot, signing);
						break;
					case 'add':
						await lots.add(collector, lot, [item]);
						break;
					case 'take_out':
						await lots.takeOut(collector, lot, item);
						break;
					case 'end':
						if ('end' in one) await collection.items.end(manager, item, one.end);
						break;
					case 'answer':
						if ('end' in one) await lots.answer(collector, lot, [{ number: item, end: one.end }]);
				}
			}
			const { rows } = await town.platform.pool.query(
				`SELECT number, state, ended_as, lot_id,
					(SELECT ended_as FROM equipment.item_event WHERE item_id = item.id AND ended_as IS NOT NULL
						ORDER BY recorded_at DESC, id DESC LIMIT 1) AS told,
					(SELECT status FROM equipment.lot WHERE id = lot_id) AS lot
				FROM equipment.collected_item AS item WHERE number = ANY($1)`,
				[items],
			);
			expect(rows.map(({ number }) => number).toSorted()).toEqual(items.toSorted());
			for (const row of rows) {
				expect(row.ended_as).toBe(row.told);
				if (row.state === 'in_lot') expect(['open', 'closed']).toContain(row.lot);
				if (row.state === 'handed_over') expect(row.lot).toBe('handed_over');
				if (row.lot === 'handed_over')
					expect(
						rows.some(({ lot_id, state }) => lot_id === row.lot_id && state === 'handed_over'),
						'a lot whose items all ended is settled',
					).toBe(true);
			}
			const totals = await value(collection.items.totals(collector));
			const all = await value(collection.items.list(collector));
			expect(totals.reduce((sum, one) => sum + one.items, 0)).toBe(all.total);
			const shown = await collection.totals();
			expect(shown.received).toBe(all.total);
			expect(Object.values(shown.ends).reduce((sum, n) => sum + n, shown.underWay)).toBe(all.total);
		}),
		{ numRuns: 15 },
	);
}, 120_000);
