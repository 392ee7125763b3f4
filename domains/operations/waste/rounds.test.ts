import { newId, system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestOperations, type TestOperations } from '../testing.ts';
import type { RoundAction } from './face.ts';
import { fillWaste } from './testing.ts';

let town: TestOperations;
let set: Awaited<ReturnType<typeof fillWaste>>;
const day = '2026-11-24';

beforeAll(async () => {
	town = await createTestOperations();
	set = await fillWaste(town);
});
afterAll(async () => {
	await town.close();
});

/** A round of the first truck with these containers, as a plan leaves it. */
async function round(containers: readonly string[], vehicle = set.glassTruck): Promise<[string, string[]]> {
	const id = newId();
	const { db } = town.context;
	await db
		.insertInto('operations.waste_round')
		.values({ id, day, vehicle_id: vehicle, created_at: new Date(), updated_at: new Date() })
		.execute();
	const stops = containers.map((containerId, position) => ({
		id: newId(),
		round_id: id,
		day,
		position,
		kind: 'container' as const,
		container_id: containerId,
		level_percent: 80,
	}));
	await db.insertInto('operations.waste_round_stop').values(stops).execute();
	return [id, stops.map((stop) => stop.id)];
}

const action = (roundId: string, more: Partial<RoundAction>): RoundAction => ({
	id: newId(),
	roundId,
	kind: 'done',
	at: town.clock.now,
	...more,
});

test('an action is done once however often it comes, and late ones are facts', async () => {
	const { rounds, containers } = town.operations.waste;
	const [first = '', second = '', third = ''] = set.containers;
	const [roundId, [stopA, stopB, stopC]] = await round([first, second, third]);
	const driver = await town.person('Karim', 'operations:agent');
	const done = action(roundId, { stopId: stopA ?? null, fillPercent: 90 });
	expect(await rounds.act(driver, done)).toMatchObject({
		ok: true,
		value: { applied: true, conflict: null, round: { status: 'under_way', driver: { id: driver.id } } },
	});
	const again = await rounds.act(driver, done);
	expect(again).toMatchObject({ ok: true, value: { applied: false, conflict: null } });
	const read = await containers.get(system, first);
	if (!read.ok) throw new Error(read.error);
	expect(read.value.pickups).toHaveLength(1);
	expect(read.value.pickups[0]).toMatchObject({ source: 'round', fillPercent: 90, kilograms: 810 });
	expect(read.value.lastPickupAt).toEqual(town.clock.now);

	expect(
		await rounds.act(driver, action(roundId, { stopId: stopB ?? null, kind: 'could_not' })),
	).toMatchObject({
		ok: false,
		error: 'operations.waste_reason_missing',
	});
	await rounds.act(
		driver,
		action(roundId, { stopId: stopB ?? null, kind: 'could_not', reason: 'blocked', note: 'Une voiture' }),
	);
	// A colleague had done the same stop meanwhile: they are told who was first.
	const other = await town.person('Nadia', 'operations:agent');
	const late = await rounds.act(other, action(roundId, { stopId: stopA ?? null }));
	expect(late).toMatchObject({ ok: true, value: { conflict: { by: 'Karim', state: 'done' } } });
	// A later plan took the third out while the telephone was out of reach; it was emptied all the same.
	await town.context.db
		.updateTable('operations.waste_round_stop')
		.set({ state: 'removed' })
		.where('id', '=', stopC ?? '')
		.execute();
	const fact = await rounds.act(driver, action(roundId, { stopId: stopC ?? null }));
	expect(fact).toMatchObject({ ok: true, value: { round: { counts: { total: 3, done: 2, couldNot: 1 } } } });
	await rounds.act(driver, action(roundId, { kind: 'unloaded', kilograms: 1200 }));
	expect(await rounds.act(driver, action(roundId, { kind: 'finish' }))).toMatchObject({
		ok: true,
		value: { round: { status: 'done' } },
	});
	const mine = await rounds.mine(driver, day);
	expect(mine.ok && mine.value.map(({ id }) => id)).toEqual([roundId]);
	expect(await rounds.mine(other, day)).toEqual({ ok: true, value: [] });
});

test('the same action sent twice at once is done once', async () => {
	const { rounds } = town.operations.waste;
	const [roundId, [stop]] = await round([set.containers[4] ?? ''], set.sortingTruck);
	const once = action(roundId, { stopId: stop ?? null });
	const outcomes = await Promise.all(Array.from({ length: 6 }, () => rounds.act(system, once)));
	expect(outcomes.map((outcome) => outcome.ok && outcome.value.applied).filter(Boolean)).toHaveLength(1);
	const read = await town.operations.waste.containers.get(system, set.containers[4] ?? '');
	expect(read.ok && read.value.pickups).toHaveLength(1);
});

test('nobody without a role sees or does anything; hostile input is refused in words', async () => {
	const { rounds, containers, vehicles } = town.operations.waste;
	const visitor = await town.person('Visiteur');
	for (const refused of [
		await rounds.list(visitor, day),
		await rounds.act(visitor, action(newId(), {})),
		await containers.list(visitor),
		await vehicles.list(visitor),
		await containers.save(visitor, {}),
	])
		expect(refused).toMatchObject({ ok: false, error: 'platform.not_allowed' });
	expect(await rounds.get(system, "'; DROP TABLE")).toMatchObject({ ok: false });
	expect(await rounds.list(system, '2026-13-45')).toMatchObject({ ok: false });
	expect(
		await containers.save(system, { name: 'x', flow: 'lava', volumeLiters: 1000, longitude: 0, latitude: 0 }),
	).toMatchObject({ ok: false, error: 'operations.waste_flow_unknown' });
	expect(await containers.save(system, { name: 'x', flow: 'glass', volumeLiters: -1 })).toMatchObject({
		ok: false,
		detail: { field: 'volumeLiters' },
	});
});

test('containers come by CSV, tried first, and who comes second is told', async () => {
	const { containers } = town.operations.waste;
	const csv =
		'externalId;name;flow;volumeLiters;longitude;latitude;skills\nz1;Colonne Z;glass;4000;2,21;46,74;grue\nz2;;glass;1;2;46;\n';
	const dry = await containers.importCsv(system, csv, { dryRun: true });
	expect(dry).toMatchObject({ ok: true, value: { created: 1, refused: [{ line: 3 }] } });
	const text = await containers.list(system, { text: 'colonne z' });
	expect(text.ok && text.value).toHaveLength(0);
	await containers.importCsv(system, csv, { dryRun: false });
	expect(await containers.importCsv(system, csv, { dryRun: false })).toMatchObject({
		ok: true,
		value: { created: 0, updated: 1 },
	});
	const found = await containers.list(system, { text: 'colonne z' });
	const [container] = found.ok ? found.value : [];
	expect(container).toMatchObject({ skills: ['grue'], longitude: 2.21, version: 2 });
	const input = { name: 'Autre', flow: 'glass', volumeLiters: 4000, longitude: 2.21, latitude: 46.74 };
	const both = await Promise.all([
		containers.change(system, container?.id ?? '', input, 2),
		containers.change(system, container?.id ?? '', { ...input, name: 'Encore' }, 2),
	]);
	expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
	expect(both.find(({ ok }) => !ok)).toMatchObject({ error: 'operations.changed_meanwhile' });
});
