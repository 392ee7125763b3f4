import { anonymous, system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestEquipment, type TestEquipment } from '../testing.ts';
import { writeLetter } from './letters.ts';
import { addDevice, addModel, value, voteUsualPolicy } from './testing.ts';

let made: TestEquipment;
beforeAll(async () => {
	made = await createTestEquipment();
	made.clock.now = new Date('2026-11-25T09:00:00Z');
}, 120_000);
afterAll(async () => {
	await made?.close();
});

const statusOf = async (id: string) =>
	made.context.db
		.selectFrom('equipment.device')
		.select(['status', 'holder_id', 'need'])
		.where('id', '=', id)
		.executeTakeFirstOrThrow();

test('a need is told, answered by the policy, decided by a person, and acted upon', async () => {
	const { requests, orders } = made.equipment.policy;
	const nadia = await made.person('Nadia Benali', 'equipment:agent');
	const other = await made.person('Marc', 'equipment:agent');
	const sofia = await made.person('Sofia', 'equipment:manager');
	const laptops = await addModel(made, 'laptop', { supportedUntil: '2030-01-01' });
	const old = await addDevice(
		made,
		{ modelId: laptops, boughtOn: '2023-01-10', inUseOn: '2023-01-15' },
		nadia,
	);
	const ask = {
		category: 'laptop',
		need: 'standard',
		trouble: 'broken',
		deviceId: old.id,
		purpose: 'Le clavier ne répond plus ; je rédige les arrêtés.',
		service: 'Urbanisme',
	};
	expect(await requests.create(nadia, ask)).toMatchObject({ error: 'equipment.policy_missing' });
	expect(value(await requests.choices(nadia))).toBeNull();
	await voteUsualPolicy(made);
	value(
		await orders.saveOffer(sofia, {
			category: 'laptop',
			repairCents: 15_000,
			batteryCents: 8_000,
			reinstallCents: 4_000,
			refurbishedCents: 40_000,
			newCents: 90_000,
			repairDays: 7,
			poolDays: 2,
			refurbishedDays: 10,
			newDays: 21,
			source: 'Marché 2026-04',
		}),
	);

	expect(await requests.create(anonymous, ask)).toMatchObject({ error: 'platform.not_allowed' });
	expect(await requests.create(other, ask)).toMatchObject({ error: 'equipment.device_not_held' });
	expect(await requests.create(nadia, { ...ask, need: 'caprice' })).toMatchObject({
		error: 'equipment.need_missing',
	});
	expect(await requests.create(nadia, { ...ask, purpose: ' ' })).toMatchObject({
		error: 'equipment.purpose_missing',
	});
	expect(await requests.create(nadia, { ...ask, deviceId: null })).toMatchObject({
		error: 'equipment.device_missing',
	});
	expect(await requests.create(nadia, { ...ask, wantedBy: '2026-11-24' })).toMatchObject({
		error: 'equipment.wanted_in_past',
	});
	expect(await requests.create(nadia, 'rubbish')).toMatchObject({ ok: false });
	expect(value(await requests.choices(nadia))).toMatchObject({
		devices: [{ id: old.id, category: 'laptop' }],
	});

	const { number } = value(await requests.create(nadia, ask));
	expect(number).toBe('D-2026-0001');
	expect(await requests.create(nadia, ask)).toMatchObject({
		error: 'equipment.request_open',
		detail: { number },
	});
	expect(await requests.get(other, number)).toMatchObject({ error: 'equipment.request_unknown' });
	expect(value(await requests.list(other)).total).toBe(0);
	const view = value(await requests.get(nadia, number));
	expect(view).toMatchObject({ mine: true, asker: 'Nadia Benali', answer: { best: 'keep' } });
	const [keep, , refurbished] = view.answer.options;
	expect(keep).toMatchObject({
		actions: ['repair'],
		costCents: 15_000,
		delayDays: 7,
		article: { number: 3 },
	});
	// The carbon of the category is known without a model's own.
	expect(keep?.carbon?.perYear.mid).toBeGreaterThan(0);
	expect(refurbished).toMatchObject({ feasible: true, costCents: 40_000 });

	expect(await requests.decide(nadia, number, 1, { decision: 'keep' })).toMatchObject({
		error: 'platform.not_allowed',
	});
	expect(await requests.decide(sofia, number, 1, { decision: 'new', reason: 'parce que' })).toMatchObject({
		error: 'equipment.reason_too_short',
	});
	expect(await requests.decide(sofia, number, 7, { decision: 'keep' })).toMatchObject({
		error: 'equipment.changed_meanwhile',
	});
	value(await requests.decide(sofia, number, 1, { decision: 'keep' }));
	expect(await statusOf(old.id)).toMatchObject({ status: 'in_repair' });
	expect(value(await requests.get(nadia, number))).toMatchObject({
		status: 'decided',
		decision: { kind: 'keep', exception: false, by: 'Sofia' },
	});
	expect(await requests.decide(sofia, number, 2, { decision: 'keep' })).toMatchObject({
		error: 'equipment.request_decided',
	});

	// Lost: from the pool, once there is one.
	const spare = await addDevice(made, { modelId: laptops });
	const lost = value(
		await requests.create(other, {
			category: 'laptop',
			need: 'standard',
			trouble: 'none',
			purpose: 'Nouvel arrivant',
		}),
	);
	expect(value(await requests.get(other, lost.number)).answer.best).toBe('pool');
	expect(value(await requests.pool(sofia, lost.number))).toMatchObject([{ id: spare.id }]);
	// Somebody had the spare one in the meantime, and nobody wiped it.
	const { devices } = made.equipment.inventory;
	value(await devices.assign(sofia, spare.id, undefined, { holder: { name: 'Un stagiaire' } }));
	value(await devices.takeBack(sofia, spare.id, undefined, {}));
	expect(await requests.decide(sofia, lost.number, 1, { decision: 'pool' })).toMatchObject({
		error: 'equipment.wipe_missing_in_town',
		detail: { field: 'unwipedReason' },
	});
	expect(await statusOf(spare.id)).toMatchObject({ status: 'in_stock' });
	value(
		await requests.decide(sofia, lost.number, 1, {
			decision: 'pool',
			unwipedReason: 'Poste de prêt sans compte ni dossier local.',
		}),
	);
	expect(await statusOf(spare.id)).toMatchObject({ status: 'in_use', need: 'standard' });
	expect((await statusOf(spare.id)).holder_id).not.toBeNull();

	// The pool is empty by now: refurbished is the answer, new an exception that the report shows.
	const more = value(
		await requests.create(other, {
			category: 'laptop',
			need: 'standard',
			trouble: 'none',
			purpose: 'Un second poste',
		}),
	);
	expect(value(await requests.get(other, more.number)).answer.best).toBe('refurbished');
	expect(
		await requests.decide(sofia, more.number, 1, {
			decision: 'pool',
			reason: 'Il y en avait un ce matin encore',
		}),
	).toMatchObject({
		error: 'equipment.pool_device_missing',
	});
	value(
		await requests.decide(sofia, more.number, 1, {
			decision: 'new',
			reason: 'Le logiciel du permis de construire demande un processeur de 2026.',
		}),
	);
	const decided = value(await requests.get(other, more.number)).decision;
	expect(decided).toMatchObject({ kind: 'new', exception: true, order: { number: 'C-2026-0001' } });
	const order = value(await orders.get(sofia, decided?.order?.id ?? ''));
	expect(order.lines).toMatchObject([
		{ acquired: 'new', unitCents: 90_000, quantity: 1, request: more.number, productLine: 'it' },
	]);
	expect(await orders.cancel(sofia, order.id, order.version)).toMatchObject({
		error: 'equipment.order_has_requests',
	});

	const gone = value(
		await requests.create(other, {
			category: 'laptop',
			need: 'standard',
			trouble: 'none',
			purpose: 'Finalement non',
		}),
	);
	expect(await requests.withdraw(sofia, gone.number)).toMatchObject({ error: 'platform.not_allowed' });
	value(await requests.withdraw(other, gone.number));
	expect(await requests.decide(sofia, gone.number, 2, { decision: 'refurbished' })).toMatchObject({
		error: 'equipment.request_decided',
	});

	expect(await requests.year(2026)).toMatchObject({
		requests: 4,
		toDecide: 0,
		withdrawn: 1,
		decided: { keep: 1, pool: 1, refurbished: 0, new: 1, nothing: 0 },
		exceptions: 1,
		exceptionKinds: [{ proposed: 'refurbished', decided: 'new', count: 1 }],
		simulated: false,
	});
	expect(await requests.years()).toEqual([2026]);
	expect(await requests.exceptions(nadia, 2026)).toMatchObject({ error: 'platform.not_allowed' });
	expect(value(await requests.exceptions(sofia, 2026))).toMatchObject([
		{ number: more.number, proposed: 'refurbished', decided: 'new', day: '2026-11-25' },
	]);

	// A letter is written once, however often the worker is told.
	const event = {
		id: gone.id,
		name: 'equipment.request.changed',
		payload: { number, what: 'decided' as const },
	};
	await writeLetter(made.context, event);
	await writeLetter(made.context, event);
	const letters = (await made.platform.mail.list()).filter(({ to }) => to === `${nadia.id}@example.org`);
	expect(letters).toHaveLength(1);
	expect(letters[0]?.text).toContain('garder le terminal');

	// Erased: the year stays, the person does not.
	const [source] = made.platform.personalData.all().filter(({ room }) => room === 'equipment.policy');
	expect(await source?.source.export(other.id)).toMatchObject({ requests: [{}, {}, {}] });
	await made.context.db.transaction().execute(async (trx) => source?.source.erase(trx as never, other.id));
	expect(value(await requests.get(sofia, more.number))).toMatchObject({ asker: null, purpose: null });
	expect(await requests.year(2026)).toMatchObject({ requests: 4, exceptions: 1 });
});

test('what is below the security floor is found each day and goes one of three ways', async () => {
	const { security } = made.equipment.policy;
	const sofia = await made.person('Sofia', 'equipment:manager');
	const nadia = await made.person('Nadia', 'equipment:agent');
	const model = await addModel(made, 'laptop', { supportedUntil: '2026-08-27' });
	const phones = await addModel(made, 'smartphone', { supportedUntil: '2025-01-01' });
	const young = await addDevice(
		made,
		{ modelId: model, boughtOn: '2020-01-01', inUseOn: '2020-01-01' },
		nadia,
	);
	const aged = await addDevice(
		made,
		{ modelId: model, boughtOn: '2015-01-01', inUseOn: '2015-01-01' },
		nadia,
	);
	const phone = await addDevice(
		made,
		{ modelId: phones, boughtOn: '2019-01-01', inUseOn: '2019-01-01' },
		nadia,
	);
	await addDevice(made, { modelId: phones, need: 'display' });

	// 90 days after the 27th of August: the last day of grace.
	made.clock.now = new Date('2026-11-25T09:00:00Z');
	expect(await security.look()).toBe(1);
	made.clock.now = new Date('2026-11-25T23:30:00Z');
	expect(await security.look()).toBe(3);
	expect(await security.look()).toBe(3);
	expect(await security.list(nadia)).toMatchObject({ error: 'platform.not_allowed' });
	const found = value(await security.list(sofia));
	const proposals = Object.fromEntries(found.map(({ deviceId, proposal }) => [deviceId, proposal]));
	expect(proposals).toEqual({ [young.id]: 'reinstall', [aged.id]: 'safe_use', [phone.id]: 'leave' });

	expect(await security.act(nadia, phone.id, { action: 'leave' })).toMatchObject({
		error: 'platform.not_allowed',
	});
	expect(await security.act(sofia, phone.id, { action: 'throw' })).toMatchObject({ ok: false });
	expect(
		await security.act(sofia, young.id, { action: 'reinstall', supportedUntil: '2026-01-01' }),
	).toMatchObject({
		error: 'equipment.support_in_past',
	});
	value(await security.act(sofia, young.id, { action: 'reinstall', supportedUntil: '2029-04-30' }));
	value(await security.act(sofia, aged.id, { action: 'safe_use' }));
	value(await security.act(sofia, phone.id, { action: 'leave' }));
	expect(await security.act(sofia, phone.id, { action: 'leave' })).toMatchObject({
		error: 'equipment.not_found',
	});
	expect(await statusOf(phone.id)).toMatchObject({ status: 'leaving' });
	expect(await statusOf(aged.id)).toMatchObject({ need: 'display' });
	expect(await security.look()).toBe(0);
	expect(value(await security.list(system))).toEqual([]);
});
