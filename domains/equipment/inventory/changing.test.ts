import { changing, newId, refuse, system } from '@parvis/platform';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conditions, deviceStatuses } from '../kinds.ts';
import { createTestEquipment, type TestEquipment } from '../testing.ts';
import { changeDevice, changeDevices, createDevice, createDevices, type NewDevice } from './changing.ts';
import type { DeviceChanges, DeviceEventKind, DeviceFields } from './face.ts';
import { findOrCreateHolder } from './holders.ts';
import { fieldsOf } from './rows.ts';
import { replay } from './rules/fields.ts';

let made: TestEquipment;
const modelId = newId();
beforeAll(async () => {
	made = await createTestEquipment();
	await made.platform.pool.query(
		`INSERT INTO equipment.model (id, manufacturer, name, category, created_at) VALUES ($1, 'Fabrique', 'Portable 14', 'laptop', now())`,
		[modelId],
	);
});
afterAll(() => made?.close());

const create = (
	fields: Partial<NewDevice> = {},
	happening: Partial<{ kind: DeviceEventKind; at: Date }> = {},
) =>
	changing(made.context.db, (trx) =>
		createDevice(made.context, trx, system, { modelId, ...fields }, { kind: 'created', ...happening }),
	);
const change = (
	id: string,
	changes: Partial<DeviceFields>,
	more: { kind?: DeviceEventKind; expectedVersion?: number; at?: Date; note?: string } = {},
) =>
	changing(made.context.db, (trx) =>
		changeDevice(made.context, trx, system, id, changes, { kind: 'edited', ...more }),
	);
const row = (id: string) =>
	made.context.db.selectFrom('equipment.device').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const history = (id: string) =>
	made.context.db
		.selectFrom('equipment.device_event')
		.selectAll()
		.where('device_id', '=', id)
		.orderBy('id')
		.execute();
async function kept<T>(result: Promise<{ ok: true; value: T } | { ok: false; error: string }>): Promise<T> {
	const outcome = await result;
	if (!outcome.ok) throw new Error(outcome.error);
	return outcome.value;
}

test('a device gets a tag of its own, a first entry, and news of it go out', async () => {
	const { id, tag } = await kept(create({ serial: '  SN-1 ', boughtOn: '2024-02-29' }));
	expect(tag).toMatch(/^P-\d{5}$/);
	expect(await row(id)).toMatchObject({ serial: 'SN-1', status: 'in_stock', acquired: 'new', version: 1 });
	const [first] = await history(id);
	expect(first).toMatchObject({
		kind: 'created',
		changes: { serial: [null, 'SN-1'], status: [null, 'in_stock'] },
	});
	const { rows } = await made.platform.pool.query(
		`SELECT payload FROM platform.event WHERE name = 'equipment.device.changed' AND payload->>'deviceId' = $1`,
		[id],
	);
	expect(rows).toHaveLength(1);
});

test('what goes by itself: first use, measure of the battery, nobody holds what is in stock or gone', async () => {
	const { id } = await kept(create());
	const holderId = await made.context.db
		.transaction()
		.execute((trx) => findOrCreateHolder(trx, { name: 'Zoé Martin', service: 'Accueil' }));
	// Half past midnight in the town, still the day before in UTC.
	await kept(
		change(id, { status: 'in_use', holderId }, { kind: 'assigned', at: new Date('2026-06-01T22:30:00Z') }),
	);
	await kept(
		change(
			id,
			{ batteryHealthPercent: 81 },
			{ kind: 'battery_measured', at: new Date('2026-07-03T10:00:00Z') },
		),
	);
	expect(await row(id)).toMatchObject({
		in_use_on: '2026-06-02',
		holder_id: holderId,
		battery_measured_on: '2026-07-03',
	});
	await kept(change(id, { status: 'in_stock' }, { kind: 'returned' }));
	expect(await row(id)).toMatchObject({ holder_id: null, in_use_on: '2026-06-02' });
	expect(await change(id, { status: 'left' })).toEqual(
		refuse('equipment.left_as_missing', { field: 'leftAs' }),
	);
	await kept(
		change(id, { status: 'left', leftAs: 'donated' }, { kind: 'left', at: new Date('2026-08-01T08:00:00Z') }),
	);
	expect(await row(id)).toMatchObject({ left_on: '2026-08-01', left_as: 'donated' });
	await kept(change(id, { status: 'in_stock' }, { kind: 'found' }));
	expect(await row(id)).toMatchObject({ left_on: null, left_as: null });
});

test('refusals say what is wrong and write nothing', async () => {
	const one = await kept(create({ tag: 'Mairie/12 é' }));
	const two = await kept(create());
	expect(await create({ tag: 'MAIRIE/12 É' })).toEqual(refuse('equipment.tag_taken', { field: 'tag' }));
	expect(await change(two.id, { tag: 'mairie/12 é' })).toEqual(
		refuse('equipment.tag_taken', { field: 'tag' }),
	);
	expect(await create({ modelId: newId() })).toMatchObject({ error: 'equipment.model_unknown' });
	expect(await change(two.id, { status: 'in_use', holderId: newId() })).toMatchObject({
		error: 'equipment.holder_unknown',
	});
	expect(await change(newId(), { note: 'x' })).toEqual(refuse('equipment.not_found', {}));
	expect(await change("'; DROP", { note: 'x' })).toEqual(refuse('equipment.not_found', {}));
	expect(await change(two.id, { boughtOn: '2026-02-30' })).toEqual(
		refuse('equipment.day_invalid', { field: 'boughtOn' }),
	);
	expect(
		await change(two.id, { boughtOn: '2026-02-03', status: 'left', leftAs: 'sold', leftOn: '2025-01-01' }),
	).toEqual(refuse('equipment.left_before_bought', { field: 'leftOn' }));
	await kept(change(two.id, { note: 'première' }, { expectedVersion: 1 }));
	expect(await change(two.id, { note: 'seconde' }, { expectedVersion: 1 })).toEqual(
		refuse('equipment.device_changed', {}),
	);
	expect(await row(two.id)).toMatchObject({ note: 'première', version: 2, tag: two.tag });
	expect(await history(two.id)).toHaveLength(2);
	await kept(change(one.id, { note: null }));
	expect(await history(one.id), 'an edit that changes nothing leaves no entry').toHaveLength(1);
	await expect(made.platform.pool.query('DELETE FROM equipment.device_event')).rejects.toThrow();
});

test('of many who give the same tag at once, one does', async () => {
	const outcomes = await Promise.all(
		Array.from({ length: 6 }, (_, n) => create({ tag: n % 2 ? 'Même' : 'MÊME' })),
	);
	expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
	expect(outcomes.filter((outcome) => !outcome.ok && outcome.error === 'equipment.tag_taken')).toHaveLength(
		5,
	);
});

test('many at once: one word of news, and the first refusal undoes all', async () => {
	const many = Array.from({ length: 1500 }, (_, n) => ({
		modelId,
		serial: `M${n}`,
		source: { system: 'glpi', externalId: String(n) },
	}));
	const inOne = (list: NewDevice[]) =>
		changing(made.context.db, (trx) => createDevices(made.context, trx, system, list, { kind: 'imported' }));
	const created = await kept(inOne(many));
	expect(new Set(created.map(({ tag }) => tag)).size).toBe(1500);
	expect(await inOne([{ modelId, source: { system: 'glpi', externalId: '7' } }])).toEqual(
		refuse('equipment.source_taken'),
	);
	expect(
		await inOne([
			{ modelId, tag: 'A-1' },
			{ modelId, tag: 'B-1' },
			{ modelId, tag: 'a-1' },
		]),
	).toEqual(refuse('equipment.tag_taken', { index: 2, field: 'tag' }));
	const { rows } = await made.platform.pool.query(
		`SELECT jsonb_array_length(payload->'deviceIds') AS count FROM platform.event WHERE name = 'equipment.devices.changed'`,
	);
	expect(rows).toEqual([{ count: 1500 }]);
	const moved = await changing(made.context.db, (trx) =>
		changeDevices(
			made.context,
			trx,
			system,
			created.map(({ id }) => ({ deviceId: id, changes: { site: 'Mairie' } })),
			{ kind: 'moved' },
		),
	);
	expect(moved.ok && moved.value.every(({ version }) => version === 2)).toBe(true);
});

test('holders: by account, by address, by name where nothing tells them apart', async () => {
	const find = (given: Parameters<typeof findOrCreateHolder>[1]) =>
		made.context.db.transaction().execute((trx) => findOrCreateHolder(trx, given));
	const personId = newId();
	const paul = await find({ name: 'Paul Roux' });
	expect(await find({ name: ' paul   ROUX ', service: 'Voirie' })).toBe(paul);
	expect(await find({ name: 'Paul Roux', service: 'Culture' }), 'two of the same name').not.toBe(paul);
	expect(await find({ name: 'Paul Roux', service: 'Voirie', email: 'Paul@example.org' })).toBe(paul);
	expect(await find({ name: 'P. Roux', email: 'paul@EXAMPLE.org', personId })).toBe(paul);
	expect(await find({ name: 'Paul R.', personId })).toBe(paul);
	const both = await Promise.all(
		Array.from({ length: 8 }, () => find({ name: 'Lin', email: 'lin@example.org' })),
	);
	expect(new Set(both).size).toBe(1);
});

test('the history, replayed, is the present row, whatever happens', async () => {
	const holders = await Promise.all(
		['Ana', 'Bob'].map((name) =>
			made.context.db.transaction().execute((trx) => findOrCreateHolder(trx, { name })),
		),
	);
	const day = fc
		.date({ min: new Date('2015-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
		.map((at) => at.toISOString().slice(0, 10));
	const fields = fc.record(
		{
			status: fc.constantFrom(...deviceStatuses),
			holderId: fc.constantFrom(...holders, null),
			service: fc.constantFrom('Voirie', 'Écoles', '', null),
			condition: fc.constantFrom(...conditions, null),
			batteryHealthPercent: fc.option(fc.integer({ min: -5, max: 105 })),
			boughtOn: fc.option(day),
			inUseOn: fc.option(day),
			priceCents: fc.option(fc.integer({ min: 0, max: 1e6 })),
			leftAs: fc.constantFrom('sold' as const, 'recycled' as const, null),
			leftOn: fc.option(day),
			note: fc.option(fc.string({ unit: 'binary', maxLength: 20 })),
		},
		{ requiredKeys: [] },
	);
	await fc.assert(
		fc.asyncProperty(fields, fc.array(fields, { maxLength: 8 }), async (first, actions) => {
			const created = await create(first);
			if (!created.ok) return;
			const { id } = created.value;
			let done = 1;
			for (const action of actions) {
				const outcome = await change(id, action, { kind: 'status_changed' });
				if (outcome.ok) done++;
			}
			const now = await row(id);
			const events = await history(id);
			expect(events).toHaveLength(done);
			expect(now.version).toBe(done);
			const known = Object.fromEntries(Object.entries(fieldsOf(now)).filter(([, value]) => value !== null));
			const replayed = Object.fromEntries(
				Object.entries(replay(events.map(({ changes }) => changes as DeviceChanges))).filter(
					([, value]) => value !== null,
				),
			);
			expect(replayed).toEqual(known);
		}),
		{ numRuns: 60 },
	);
});
