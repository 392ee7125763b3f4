import { parseCsv } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestEquipment, type TestEquipment } from '../testing.ts';
import { isSiret } from './rules/siret.ts';
import { addModel, value, voteUsualPolicy } from './testing.ts';

let made: TestEquipment;
beforeAll(async () => {
	made = await createTestEquipment();
	made.clock.now = new Date('2026-11-25T09:00:00Z');
	await voteUsualPolicy(made);
}, 120_000);
afterAll(async () => {
	await made?.close();
});

test('orders are checked against the law before they are placed, counted once they are, received into the pool', async () => {
	const { orders } = made.equipment.policy;
	const sofia = await made.person('Sofia', 'equipment:manager');
	const nadia = await made.person('Nadia', 'equipment:agent');
	const laptop = await addModel(made, 'laptop');
	const phone = await addModel(made, 'smartphone');
	expect(await orders.create(nadia, { supplier: 'Reprise' })).toMatchObject({
		error: 'platform.not_allowed',
	});
	expect(await orders.create(sofia, { supplier: '' })).toMatchObject({ error: 'equipment.supplier_missing' });

	const first = value(await orders.create(sofia, { supplier: 'Fournitures du Port' }));
	const line = {
		category: 'laptop',
		modelId: laptop,
		label: 'Portables',
		quantity: 10,
		unitCents: 86_000,
		acquired: 'new',
	};
	expect(await orders.addLine(sofia, first.id, line)).toMatchObject({ error: 'equipment.new_needs_reason' });
	expect(await orders.addLine(sofia, first.id, { ...line, modelId: phone, need: 'design' })).toMatchObject({
		error: 'equipment.model_unknown',
	});
	expect(await orders.addLine(sofia, first.id, { ...line, quantity: 0.5, need: 'design' })).toMatchObject({
		error: 'equipment.quantity_invalid',
	});
	expect(await orders.addLine(sofia, first.id, { ...line, need: 'design', donated: true })).toMatchObject({
		error: 'equipment.donated_new',
	});
	value(await orders.addLine(sofia, first.id, { ...line, need: 'design' }));
	let order = value(await orders.get(sofia, first.id));
	expect(order).toMatchObject({ number: 'C-2026-0001', status: 'draft', totalCents: 860_000 });
	expect(value(await orders.effect(sofia, first.id))).toMatchObject([
		{
			before: { totalCents: 0, reached: null },
			after: { totalCents: 860_000, reached: false, targetPercent: 30 },
		},
	]);
	expect((await orders.statement(2026)).lines[0]).toMatchObject({ totalCents: 0 });
	expect(
		await orders.place(sofia, first.id, order.version, { orderedOn: '2026-11-26', supplier: 'X' }),
	).toMatchObject({
		error: 'equipment.order_in_future',
	});
	value(
		await orders.place(sofia, first.id, order.version, {
			orderedOn: '2026-03-02',
			supplier: 'Fournitures du Port',
		}),
	);
	expect(await orders.addLine(sofia, first.id, { ...line, need: 'design' })).toMatchObject({
		error: 'equipment.order_status',
	});

	// 1 400 € refurbished beside 8 600 € new: 14 % of 20 % by law, of 30 % by the town's policy.
	const second = value(await orders.create(sofia, { supplier: 'Atelier du réemploi' }));
	value(
		await orders.addLine(sofia, second.id, {
			...line,
			label: 'Portables reconditionnés',
			quantity: 4,
			unitCents: 35_000,
			acquired: 'refurbished',
		}),
	);
	const [effect] = value(await orders.effect(sofia, second.id));
	expect(effect).toMatchObject({
		before: { reusePercent: 0 },
		after: { reusePercent: 14, targetPercent: 30 },
	});
	order = value(await orders.get(sofia, second.id));
	value(
		await orders.place(sofia, second.id, order.version, {
			orderedOn: '2026-12-31'.replace('12-31', '11-25'),
			supplier: 'Atelier du réemploi',
		}),
	);
	// Before and after stay the same once it counts.
	expect(value(await orders.effect(sofia, second.id))[0]).toMatchObject({
		before: { reusePercent: 0 },
		after: { reusePercent: 14 },
	});
	const statement = await orders.statement(2026);
	expect(statement.simulated).toBe(false);
	expect(statement.lines[0]).toMatchObject({
		totalCents: 1_000_000,
		reuseCents: 140_000,
		missingCents: Math.ceil((30 * 1_000_000 - 100 * 140_000) / 70),
		obligation: { line: 'it', reusePercent: 20 },
	});
	expect(statement.lines[0]?.projection?.totalCents).toBe(Math.round(1_000_000 / (329 / 365)));
	expect((await orders.statement(2025)).lines[0]).toMatchObject({ totalCents: 0, projection: null });

	expect(await orders.statementCsv(sofia, 2026)).toMatchObject({ error: 'equipment.buyer_missing' });
	expect(await orders.saveBuyer(sofia, { siret: '13002526500014', name: 'Commune' })).toMatchObject({
		error: 'equipment.siret_invalid',
	});
	value(await orders.saveBuyer(sofia, { siret: '130 025 265 00013', name: 'Commune' }));
	const csv = parseCsv(value(await orders.statementCsv(sofia, 2026)));
	expect(csv.map(({ cells }) => cells)).toMatchObject([
		{
			annee: '2026',
			siret: '13002526500013',
			type_produit_acquis: 'Matériel informatique et téléphonie',
			montant_total: '10000.00',
			montant_reemploi_et_reutilisation: '1400.00',
			montant_produits_issus_don: '0.00',
		},
		{ type_produit_acquis: "Matériel de reprographie et d'impression", montant_total: '0.00' },
	]);

	order = value(await orders.get(sofia, second.id));
	expect(await orders.receive(sofia, second.id, order.version, { receivedOn: '2026-11-24' })).toMatchObject({
		error: 'equipment.received_before_ordered',
	});
	expect(value(await orders.receive(sofia, second.id, order.version, { receivedOn: '2026-11-25' }))).toEqual({
		devices: 4,
	});
	expect(await orders.receive(sofia, second.id, order.version, { receivedOn: '2026-11-25' })).toMatchObject({
		error: 'equipment.order_status',
	});
	const devices = await made.context.db
		.selectFrom('equipment.device')
		.select(['status', 'acquired', 'order_number', 'price_cents', 'tag'])
		.where('order_number', '=', second.number)
		.execute();
	expect(devices).toHaveLength(4);
	for (const device of devices)
		expect(device).toMatchObject({ status: 'in_stock', acquired: 'refurbished', price_cents: 35_000 });

	const third = value(await orders.create(sofia, { supplier: 'Sans modèle' }));
	value(
		await orders.addLine(sofia, third.id, {
			category: 'network',
			label: 'Commutateur',
			quantity: 1,
			unitCents: 20_000,
			acquired: 'refurbished',
		}),
	);
	order = value(await orders.get(sofia, third.id));
	value(
		await orders.place(sofia, third.id, order.version, { orderedOn: '2026-11-25', supplier: 'Sans modèle' }),
	);
	order = value(await orders.get(sofia, third.id));
	expect(await orders.receive(sofia, third.id, order.version, { receivedOn: '2026-11-25' })).toMatchObject({
		error: 'equipment.order_line_without_model',
	});
	expect((await orders.statement(2026)).outside).toEqual([{ category: 'network', totalCents: 20_000 }]);
	value(await orders.cancel(sofia, third.id, order.version));
	expect((await orders.statement(2026)).outside).toEqual([]);
	expect(value(await orders.list(sofia, { year: 2026 })).total).toBe(3);
});

test('a SIRET is checked by its last digit, that of La Poste in its own way', () => {
	expect(isSiret('13002526500013')).toBe(true);
	expect(isSiret('13002526500031')).toBe(false);
	expect(isSiret('35600000000048')).toBe(true);
	expect(isSiret('35600000049837')).toBe(true);
	expect(isSiret('1300252650001')).toBe(false);
});
