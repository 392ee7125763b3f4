import { newId, system } from '@parvis/platform';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestOperations, type TestOperations } from '../testing.ts';
import type { Plan } from './face.ts';
import { fillWaste } from './testing.ts';

let town: TestOperations;
let set: Awaited<ReturnType<typeof fillWaste>>;
// A Tuesday, an hour before the trucks go out.
const day = '2026-11-24';

beforeAll(async () => {
	town = await createTestOperations();
	set = await fillWaste(town, { containers: 18 });
	await town.context.db.updateTable('operations.waste_setting').set({ solve_seconds: 0.3 }).execute();
});
afterAll(async () => {
	await town.close();
});

/** Without sensors all know only when they were last emptied: a third yesterday, a third a week ago, the others long ago. */
beforeEach(async () => {
	const { db } = town.context;
	town.clock.now = new Date('2026-11-24T04:00:00Z');
	for (const table of [
		'operations.waste_plan',
		'operations.waste_wish',
		'operations.waste_round',
		'operations.waste_pickup',
		'operations.waste_vehicle_absence',
	] as const)
		await db.deleteFrom(table).execute();
	for (const [n, id] of set.containers.entries())
		await db
			.updateTable('operations.waste_container')
			.set({
				emptied_at: new Date(town.clock.now.getTime() - ([1, 7, 13][Math.floor(n / 6)] ?? 0) * 86_400_000),
			})
			.where('id', '=', id)
			.execute();
});

async function make(): Promise<Plan> {
	return set.kept(town.operations.waste.plans.make(system, day));
}
const inPlan = (plan: Plan) =>
	plan.rounds.flatMap(({ stops }) => stops.flatMap(({ container }) => container?.id ?? []));
const of = (plan: Plan, containerId: string | undefined) =>
	plan.containers.find(({ container }) => container.id === containerId);

test('the full ones are in, the empty ones wait, and each is told why', async () => {
	const plan = await make();
	expect(plan.problems).toEqual([]);
	const chosen = inPlan(plan);
	for (const id of set.containers.slice(12)) expect(chosen).toContain(id);
	for (const id of set.containers.slice(0, 6)) expect(chosen).not.toContain(id);
	expect(of(plan, set.containers[0])).toMatchObject({ chosen: false, reason: 'too_little' });
	expect(of(plan, set.containers[17])).toMatchObject({ chosen: true, reason: 'overflow_risk' });
	expect(plan.containers).toHaveLength(18);
	expect(plan.nextDay).toBe('2026-11-25');
	for (const round of plan.rounds) {
		// They come home empty, in time, by a truck that takes the flow.
		expect(round.stops.at(-1)?.kind).toBe('unloading');
		expect(round.plannedMeters).toBeGreaterThan(1000);
		// At the beginning of the shift: a later start would put the break off.
		expect(round.plannedStart?.toISOString()).toBe('2026-11-24T05:00:00.000Z');
		const flows = new Set(round.stops.flatMap(({ container }) => container?.flow.code ?? []));
		expect(flows.has('glass')).toBe(round.vehicle.name === 'Camion verre');
		expect(round.line.length).toBeGreaterThan(2);
	}
});

test('pinned is in, excluded is out, with the reason and who asked; a wish can be taken back', async () => {
	const { plans } = town.operations.waste;
	const manager = await town.person('Julien Moreau', 'operations:manager');
	let plan = await make();
	const [empty, , , , , , , , , , , , full] = set.containers;
	const wish = (containerId: string | undefined, kind: 'pin' | 'exclude' | null, more: object = {}) =>
		plans.wish(manager, day, { containerId: containerId ?? '', kind, version: plan.version, ...more });
	expect(await wish(full, 'exclude')).toMatchObject({ ok: false, error: 'operations.waste_reason_missing' });
	plan = await set.kept(wish(full, 'exclude', { reason: 'Rue barrée' }));
	plan = await set.kept(wish(empty, 'pin', { vehicleId: set.glassTruck, first: true }));
	expect(inPlan(plan)).not.toContain(full);
	expect(of(plan, full)).toMatchObject({
		reason: 'excluded',
		wish: { by: 'Julien Moreau', reason: 'Rue barrée' },
	});
	expect(of(plan, empty)).toMatchObject({ chosen: true, reason: 'pinned' });
	const glass = plan.rounds.find(({ vehicle }) => vehicle.id === set.glassTruck);
	expect(glass?.stops[0]?.container?.id).toBe(empty);
	plan = await set.kept(wish(full, null));
	expect(inPlan(plan)).toContain(full);
	const agent = await town.person('Nadia', 'operations:agent');
	expect(
		await plans.wish(agent, day, { containerId: full ?? '', kind: 'pin', version: plan.version }),
	).toMatchObject({
		error: 'platform.not_allowed',
	});
	expect(await plans.make(system, '2026-11-23')).toMatchObject({ error: 'operations.waste_plan_past' });
	expect(await plans.make(system, '2027-01-01')).toMatchObject({ error: 'operations.waste_plan_far' });
});

test('of two managers at once the second is told who was first', async () => {
	const { plans } = town.operations.waste;
	const plan = await make();
	const [one, two] = [
		await town.person('Anne', 'operations:manager'),
		await town.person('Bruno', 'operations:manager'),
	];
	const both = await Promise.all(
		[one, two].map((actor, n) =>
			plans.wish(actor, day, { containerId: set.containers[n] ?? '', kind: 'pin', version: plan.version }),
		),
	);
	expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
	const refused = both.find(({ ok }) => !ok);
	expect(refused).toMatchObject({ error: 'operations.waste_plan_changed', detail: { at: '05:00' } });
	expect(['Anne', 'Bruno']).toContain(refused && !refused.ok && refused.detail?.by);
});

test('an order by hand is kept; what another truck cannot carry is refused in words', async () => {
	const { plans } = town.operations.waste;
	let plan = await make();
	const sorting = plan.rounds.find(({ vehicle }) => vehicle.id === set.sortingTruck);
	const glass = plan.rounds.find(({ vehicle }) => vehicle.id === set.glassTruck);
	const ids = sorting?.stops.filter(({ kind }) => kind === 'container').map(({ id }) => id) ?? [];
	const wanted = ids.toReversed();
	plan = await set.kept(
		plans.reorder(system, day, { roundId: sorting?.id ?? '', stopIds: wanted, version: plan.version }),
	);
	const after = plan.rounds.find(({ id }) => id === sorting?.id);
	expect(after?.stops.filter(({ kind }) => kind === 'container').map(({ id }) => id)).toEqual(wanted);
	expect(plan.rounds.find(({ id }) => id === glass?.id)?.stops.map(({ id }) => id)).toEqual(
		glass?.stops.map(({ id }) => id),
	);
	const bottle = glass?.stops.find(({ kind }) => kind === 'container');
	const refused = await plans.reorder(system, day, {
		roundId: sorting?.id ?? '',
		stopIds: [bottle?.id ?? '', ...wanted],
		version: plan.version,
	});
	expect(refused).toMatchObject({ ok: false, error: 'operations.waste_order_impossible' });
});

test('replanned in the middle of the day: what is done stays, the truck is taken where it is', async () => {
	const { plans, rounds, vehicles } = town.operations.waste;
	let plan = await make();
	const before = plan.rounds.find(({ vehicle }) => vehicle.id === set.glassTruck);
	const stops = before?.stops.filter(({ kind }) => kind === 'container') ?? [];
	expect(stops.length).toBeGreaterThan(2);
	town.clock.now = new Date('2026-11-24T06:30:00Z');
	for (const [n, kind] of [
		['0', 'done'],
		['1', 'could_not'],
	] as const)
		await set.kept(
			rounds.act(system, {
				id: newId(),
				roundId: before?.id ?? '',
				stopId: stops[Number(n)]?.id ?? null,
				kind,
				at: town.clock.now,
				...(kind === 'could_not' ? { reason: 'blocked' as const } : { fillPercent: 100 }),
			}),
		);
	plan = await set.kept(plans.make(system, day, { cause: 'alarm' }));
	const after = plan.rounds.find(({ id }) => id === before?.id);
	expect(after?.stops.slice(0, 2).map(({ state }) => state)).toEqual(['done', 'could_not']);
	expect(after?.stops[2]?.plannedArrival?.getTime()).toBeGreaterThanOrEqual(town.clock.now.getTime());
	expect(of(plan, stops[1]?.container?.id)).toMatchObject({ chosen: false, reason: 'could_not' });
	// Stops that stay keep their ids, for the telephone that has them.
	const waiting = after?.stops.filter(({ state, kind }) => state === 'waiting' && kind === 'container') ?? [];
	expect(waiting.length).toBeGreaterThan(0);
	for (const { id } of waiting) expect(stops.slice(2).map((stop) => stop.id)).toContain(id);

	await set.kept(
		vehicles.declareAbsence(system, set.glassTruck, {
			fromDay: day,
			toDay: day,
			reason: 'Panne hydraulique',
		}),
	);
	expect(await plans.get(system, day)).toMatchObject({ value: { staleReason: 'vehicle' } });
	plan = await set.kept(plans.make(system, day, { cause: 'vehicle' }));
	expect(plan.rounds.find(({ id }) => id === before?.id)?.stops.map(({ state }) => state)).toEqual([
		'done',
		'could_not',
	]);
	expect(plan.containers.filter(({ reason }) => reason === 'no_vehicle').length).toBeGreaterThan(0);
	expect(plan.staleReason).toBe(null);
});

test('capacity makes trucks unload on the way; a low bridge keeps a high truck out', async () => {
	const { db } = town.context;
	await db
		.updateTable('operations.waste_vehicle')
		.set({ compartments: JSON.stringify([{ flow: 'glass', cubicMeters: 4 }]) })
		.where('id', '=', set.glassTruck)
		.execute();
	await db
		.updateTable('operations.waste_container')
		.set({ max_height_meters: 3 })
		.where('id', '=', set.containers[15] ?? '')
		.execute();
	let plan = await make();
	for (const n of [6, 9, 12])
		plan = await set.kept(
			town.operations.waste.plans.wish(system, day, {
				containerId: set.containers[n] ?? '',
				kind: 'pin',
				version: plan.version,
			}),
		);
	const glass = plan.rounds.find(({ vehicle }) => vehicle.id === set.glassTruck);
	expect(glass?.counts.total).toBe(3);
	expect(glass?.stops.filter(({ kind }) => kind === 'unloading').length).toBeGreaterThan(1);
	expect(of(plan, set.containers[15])).toMatchObject({ chosen: false, reason: 'no_vehicle' });
});
