import { newId, system } from '@parvis/platform';
import { until } from '@parvis/platform/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestOperations, type TestOperations } from '../testing.ts';
import type { Plan } from './face.ts';
import { fillWaste } from './testing.ts';

let town: TestOperations;
let set: Awaited<ReturnType<typeof fillWaste>>;
const dayMilliseconds = 86_400_000;

beforeAll(async () => {
	town = await createTestOperations({ PARVIS_ROLES: 'web,ingest,worker' });
	set = await fillWaste(town);
	await town.context.db
		.updateTable('operations.waste_setting')
		.set({ solve_seconds: 0.2, collection_weekdays: [1, 2, 3, 4, 5, 7] })
		.execute();
}, 120_000);
afterAll(() => town?.close());

/** Without sensors all know only when they were last emptied: the first ones yesterday, the others long ago. */
async function emptied(): Promise<void> {
	for (const [n, id] of set.containers.entries())
		await town.context.db
			.updateTable('operations.waste_container')
			.set({ emptied_at: new Date(town.clock.now.getTime() - (n < 3 ? 1 : 13) * dayMilliseconds) })
			.where('id', '=', id)
			.execute();
}
const planOf = async (day: string): Promise<Plan | null> =>
	set.kept(town.operations.waste.plans.get(system, day));
/** Until everything that was sent to the jobs of this room is done. */
const settled = () =>
	until(async () => {
		const { rowCount } = await town.platform.pool.query(
			`SELECT FROM pgboss.job WHERE state < 'completed' AND (name LIKE 'operations.waste.%'
				OR name LIKE 'event.operations.waste.%') LIMIT 1`,
		);
		return rowCount === 0;
	});
const nightly = async () => {
	await town.platform.jobs.send('operations.waste.plan', {});
	await settled();
};
const publish = (name: string, payload: object) =>
	town.platform
		.db<object>()
		.transaction()
		.execute((trx) => town.platform.events.publish(trx, name, payload));

test.each([
	['an ordinary day', '2026-11-24', '2026-11-24T03:00:00Z', '2026-11-24T05:00:00.000Z'],
	['the day of 25 hours', '2026-10-25', '2026-10-25T03:00:00Z', '2026-10-25T05:00:00.000Z'],
	['the day of 23 hours', '2027-03-28', '2027-03-28T02:00:00Z', '2027-03-28T04:00:00.000Z'],
])('at four in the morning of %s its plan is made, once', async (_, day, now, start) => {
	town.clock.now = new Date(now);
	await emptied();
	await nightly();
	const plan = await planOf(day);
	expect(plan).toMatchObject({ day, cause: 'nightly', version: 1, problems: [] });
	expect(plan?.rounds.length).toBeGreaterThan(0);
	for (const round of plan?.rounds ?? []) expect(round.plannedStart?.toISOString()).toBe(start);
	await nightly();
	expect(await planOf(day)).toEqual(plan);
});

test('on a day without collection nothing is planned; a plan made the day before is made anew', async () => {
	town.clock.now = new Date('2026-11-28T03:00:00Z');
	await nightly();
	expect(await planOf('2026-11-28')).toBeNull();
	town.clock.now = new Date('2026-11-29T14:00:00Z');
	await emptied();
	expect(await set.kept(town.operations.waste.plans.make(system, '2026-11-30'))).toMatchObject({
		version: 1,
	});
	town.clock.now = new Date('2026-11-30T03:00:00Z');
	await nightly();
	expect(await planOf('2026-11-30')).toMatchObject({ version: 2, cause: 'nightly' });
});

test('a truck that is off today makes the day anew without it, one that is off another day does not', async () => {
	const day = '2026-12-01';
	town.clock.now = new Date('2026-12-01T03:00:00Z');
	await emptied();
	await nightly();
	const before = await planOf(day);
	const off = (fromDay: string, vehicle = set.glassTruck) =>
		set.kept(
			town.operations.waste.vehicles.declareAbsence(system, vehicle, {
				fromDay,
				toDay: fromDay,
				reason: 'Contrôle technique',
			}),
		);
	await off('2026-12-02');
	await settled();
	expect(await planOf(day)).toEqual(before);
	await off(day);
	await settled();
	const after = await planOf(day);
	expect(after).toMatchObject({ cause: 'vehicle', staleReason: null });
	const running = (plan: Plan | null) =>
		plan?.rounds.filter(({ status }) => status !== 'cancelled').map(({ vehicle }) => vehicle.id) ?? [];
	expect(running(before)).toContain(set.glassTruck);
	expect(running(after)).toEqual([set.sortingTruck]);
	expect(after?.containers.filter(({ reason }) => reason === 'no_vehicle').length).toBeGreaterThan(0);
});

test('an observation that raises an alarm plans the rest of the day anew, with the container that is full', async () => {
	const { sensing } = town;
	const { containers, plans } = town.operations.waste;
	// Sensors go by the clock of the wall, so this day is of now; its last noon, for trucks do not go out at midnight.
	const noon = new Date();
	noon.setUTCHours(11, 0, 0, 0);
	town.clock.now = noon <= new Date() ? noon : new Date(noon.getTime() - dayMilliseconds);
	const day = town.operations.waste.today();
	for (const table of ['waste_plan', 'waste_round', 'waste_vehicle_absence'] as const)
		await town.context.db.deleteFrom(`operations.${table}`).execute();
	await town.context.db
		.updateTable('operations.waste_vehicle')
		.set({ shift_from: '00:00', shift_to: '23:59' })
		.execute();
	const type = await set.kept(
		sensing.types.upsert(system, {
			vendor: 'Parvis',
			model: 'Niveau',
			name: 'Niveau',
			mapping: [{ field: 'level', property: 'fillingLevel', unit: '%', minimum: 0, maximum: 100 }],
			expectedIntervalSeconds: 3600,
		}),
	);
	const device = await set.kept(
		sensing.devices.create(system, { name: 'Niveau 0', typeId: type.type.id, externalId: 'niveau-0' }),
	);
	await set.kept(
		sensing.alarms.rules.create(system, {
			name: 'Conteneur plein',
			property: 'fillingLevel',
			condition: { kind: 'above', threshold: 90, hysteresis: 5 },
		}),
	);
	const [watched = ''] = set.containers;
	const before = await set.kept(containers.get(system, watched));
	await set.kept(
		containers.change(system, watched, {
			name: before.name,
			flow: before.flow.code,
			volumeLiters: before.volumeLiters,
			longitude: before.longitude,
			latitude: before.latitude,
			sensor: 'niveau-0',
		}),
	);
	await emptied();
	const say = async (minutesAgo: number, level: number) => {
		const at = new Date(town.clock.now.getTime() - minutesAgo * 60_000);
		await sensing.ingest.accept(
			[
				{
					network: 'http',
					identifier: { externalId: 'niveau-0' },
					receivedAt: at,
					observedAt: at,
					payload: { fields: { level } },
					batteryPercent: null,
					hints: {},
				},
			],
			[],
			{ source: 'http', topic: null, payload: Buffer.alloc(0) },
		);
		await sensing.flush();
	};
	await say(30, 12);
	const chosen = (plan: Plan | null) =>
		plan?.containers.find(({ container }) => container.id === watched)?.chosen;
	const first = await set.kept(plans.make(system, day));
	expect(chosen(first)).toBe(false);
	await say(1, 97);
	await until(async () => (await planOf(day))?.cause === 'alarm');
	await settled();
	const anew = await planOf(day);
	expect(chosen(anew)).toBe(true);

	// What is in the plan already, is no container or says something else changes nothing; nor does a day nobody planned.
	const alarm = { deviceId: device.id, property: 'fillingLevel', alarmId: newId(), ruleId: newId() };
	await publish('sensing.alarm.raised', alarm);
	await publish('sensing.alarm.raised', { ...alarm, deviceId: newId() });
	await publish('sensing.alarm.raised', { ...alarm, property: 'battery' });
	await settled();
	expect((await planOf(day))?.version).toBe(anew?.version);
	town.clock.now = new Date(town.clock.now.getTime() + 2 * dayMilliseconds);
	await publish('sensing.alarm.raised', alarm);
	await settled();
	expect(await planOf(town.operations.waste.today())).toBeNull();
});
