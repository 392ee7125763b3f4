import { newId, system } from '@parvis/platform';
import { until } from '@parvis/platform/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestOperations, type TestOperations } from '../testing.ts';
import type { Agent, RecurringInput } from './face.ts';

let town: TestOperations;
type Person = Awaited<ReturnType<TestOperations['person']>>;
let nadia: Person;
let karim: Person;
let julien: Person;

beforeAll(async () => {
	town = await createTestOperations({ PARVIS_ROLES: 'web,worker' });
	nadia = await town.person('Nadia', 'operations:agent');
	karim = await town.person('Karim', 'operations:agent');
	julien = await town.person('Julien', 'operations:manager');
	// Roles of the other tests live in the actor; agents are read from who holds the role.
	for (const { id } of [nadia, karim])
		await town.platform.pool.query(
			"INSERT INTO identity.role_grant (person_id, role, granted_at) VALUES ($1, 'operations:agent', now())",
			[id],
		);
}, 120_000);
afterAll(() => town.close());

const value = <T>(result: { ok: true; value: T } | { ok: false; error: string; detail?: object }): T => {
	if (!result.ok) throw new Error(`${result.error} ${JSON.stringify(result.detail)}`);
	return result.value;
};
const face = () => town.operations.interventions;
const open = async (title: string, longitude: number, more: object = {}) =>
	value(
		await face().open(julien, {
			source: { kind: 'agent', key: newId() },
			title,
			category: 'pothole',
			longitude,
			latitude: 48.3,
			durationMinutes: 30,
			...more,
		}),
	);
const hours = (from: string, to: string): Agent['hours'] =>
	[0, 1, 2, 3, 4, 5, 6].map((day) => (day < 5 ? { from, to } : null));
const agent = (more: Partial<Agent> = {}) => ({
	serviceIds: [],
	skills: [],
	hours: hours('08:00', '16:00'),
	breakFrom: '12:00',
	breakMinutes: 45,
	vehicle: 'car' as const,
	start: { label: 'Atelier', longitude: 3.7, latitude: 48.3 },
	...more,
});

test('recurring work is made once, whoever asks and how often, over a change of the clocks too', async () => {
	const category = (await face().categories.get('check'))?.id ?? '';
	const input: RecurringInput = {
		kind: 'inspection',
		title: 'Contrôle des aires de jeux',
		categoryId: category,
		every: 1,
		unit: 'week',
		startsOn: '2026-10-19',
		endsOn: null,
		leadDays: 14,
		checklist: ['Fixations', 'Sol souple'],
		targets: [
			{ label: 'Square nord', longitude: 3.7, latitude: 48.3 },
			{ label: 'Square sud', longitude: 3.71, latitude: 48.29 },
		],
	};
	const saved = value(await face().recurring.save(julien, input));
	town.clock.now = new Date('2026-10-20T06:00:00Z');
	const made = await Promise.all([1, 2, 3].map(() => face().recurring.makeDue()));
	expect(made.reduce((a, b) => a + b)).toBe(6);
	expect(await face().recurring.makeDue()).toBe(0);
	const list = value(await face().list(julien, { sourceKind: 'inspection', pageSize: 50 }));
	expect([...new Set(list.items.map(({ plannedOn }) => plannedOn))].sort()).toEqual([
		'2026-10-19',
		'2026-10-26',
		'2026-11-02',
	]);
	// 18:00 on the clocks of the town, before and after they change.
	expect(new Set(list.items.map(({ dueAt }) => dueAt.toISOString()))).toEqual(
		new Set(['2026-10-19T16:00:00.000Z', '2026-10-26T17:00:00.000Z', '2026-11-02T17:00:00.000Z']),
	);
	town.clock.now = new Date('2026-10-27T06:00:00Z');
	expect(await face().recurring.makeDue()).toBe(2);
	value(await face().recurring.save(julien, { ...input, paused: true }, saved.id));
	town.clock.now = new Date('2026-11-10T06:00:00Z');
	expect(await face().recurring.makeDue()).toBe(0);
	for (const wrong of [{ targets: [] }, { every: 0 }, { startsOn: '2026-02-30' }, { endsOn: '2026-01-01' }])
		expect((await face().recurring.save(julien, { ...input, ...wrong })).ok).toBe(false);
	expect(await face().recurring.save(nadia, input)).toMatchObject({ error: 'platform.not_allowed' });
	for (const { id } of list.items)
		value(await face().change(julien, id, null, { status: 'cancelled', reason: 'essai' }));
	for (const { id } of value(await face().list(julien, { open: true })).items)
		value(await face().change(julien, id, null, { status: 'cancelled', reason: 'essai' }));
	town.clock.now = new Date('2026-11-24T08:00:00Z');
});

test('a day is ordered by the engine: all that fits, by road, with skills, pins and reasons for the rest', async () => {
	const day = '2026-11-25';
	value(await face().agents.save(julien, nadia.id, agent({ skills: ['electricity'] })));
	value(
		await face().agents.save(julien, karim.id, agent({ hours: hours('08:00', '10:00'), breakFrom: null })),
	);
	const far = await open('Loin', 3.78, { category: 'lamp-out' });
	await open('Près', 3.71, { category: 'lamp-out' });
	const middle = await open('Entre', 3.74, { category: 'lamp-out' });
	const lamp = await open('Lampe', 3.72, { category: 'lamp-out' });
	const tree = await open('Arbre', 3.72, { category: 'tree' });
	const own = await open('À Karim', 3.705, { assigneeIds: [karim.id] });
	const outcome = value(await face().dayPlan.plan(julien, day, { withUnplanned: true }));
	expect(outcome).toMatchObject({
		planned: 5,
		left: [{ intervention: { id: tree.id }, reason: 'skills', detail: 'pruning' }],
	});
	const planned = value(await face().dayPlan.day(julien, day));
	const stops = (id: string) => planned.agents.find((one) => one.agent.id === id)?.stops ?? [];
	expect(stops(nadia.id).map(({ id }) => id)).toContain(lamp.id);
	expect(stops(karim.id).map(({ id }) => id)).toContain(own.id);
	for (const { agent: who, stops: own } of planned.agents) {
		expect(own.map(({ plannedTurn }) => plannedTurn)).toEqual(own.map((_, i) => i + 1));
		for (const [i, stop] of own.entries())
			expect(stop.plannedFrom?.getTime()).toBeGreaterThanOrEqual(
				own[i - 1]?.plannedTo?.getTime() ?? Date.parse(`${day}T07:00:00Z`),
			);
		expect(own.at(-1)?.plannedTo?.getTime() ?? 0).toBeLessThanOrEqual(
			Date.parse(who.id === karim.id ? `${day}T09:00:00Z` : `${day}T15:00:00Z`),
		);
	}
	expect(outcome.meters).toBeLessThan(outcome.baselineMeters - 1000);
	const { rows } = await town.platform.pool.query(
		"SELECT quantity FROM footprint.entry WHERE key LIKE 'interventions/day/%'",
	);
	expect(rows.reduce((sum, { quantity }) => sum + Number(quantity), 0)).toBeCloseTo(
		(outcome.baselineMeters - outcome.meters) / 1000,
		1,
	);

	// The next day takes nothing from a day that is still to be done.
	value(await face().dayPlan.plan(julien, '2026-11-26', { withUnplanned: true }));
	expect(value(await face().get(julien, far.id)).plannedOn).toBe(day);

	// What is pinned by hand stays where and when it is.
	value(await face().dayPlan.place(julien, far.id, { day, agentId: nadia.id, turn: 1 }));
	const first = value(await face().get(julien, far.id));
	value(await face().change(julien, far.id, null, { pinned: true }));
	value(await face().dayPlan.plan(julien, day, { withUnplanned: false }));
	const kept = value(await face().get(julien, far.id));
	expect(kept.assignees[0]?.id).toBe(nadia.id);
	expect(
		Math.abs((kept.plannedFrom?.getTime() ?? 0) - (first.plannedFrom?.getTime() ?? 0)),
	).toBeLessThanOrEqual(16 * 60_000);
	value(await face().dayPlan.place(julien, middle.id, null));
	expect(value(await face().get(julien, middle.id))).toMatchObject({ plannedOn: null, status: 'new' });
	expect(
		value(await face().mine(nadia, day)).length + value(await face().mine(karim, day)).length,
	).toBeGreaterThan(2);
	expect(await face().dayPlan.plan(nadia, day, { withUnplanned: true })).toMatchObject({
		error: 'platform.not_allowed',
	});
	expect(await face().dayPlan.plan(julien, '2026-11-29', { withUnplanned: true })).toMatchObject({
		error: 'operations.nobody_works',
	});
});

test('an alarm of a mapped rule opens one intervention, and its end is only noted', async () => {
	const rule = { ruleId: newId(), ruleName: 'Conteneur plein', severity: 'warning' };
	const type = value(
		await town.sensing.types.create(system, {
			vendor: 'V',
			model: 'M',
			name: 'Niveau',
			mapping: [],
			expectedIntervalSeconds: 3600,
		}),
	);
	const device = value(
		await town.sensing.devices.create(system, {
			name: 'Conteneur 12',
			typeId: type.id,
			externalId: 'c-12',
			longitude: 3.7,
			latitude: 48.3,
		}),
	);
	const raise = (what: string, alarmId: string, ruleId = rule.ruleId) =>
		town.platform
			.db<object>()
			.transaction()
			.execute((trx) =>
				town.platform.events.publish(trx, `sensing.alarm.${what}`, {
					...rule,
					ruleId,
					alarmId,
					deviceId: device.id,
					placeId: null,
					property: 'fillingLevel',
					value: 0.95,
					at: '2026-11-24T07:59:00Z',
				}),
			);
	const [mapped, unmapped] = [newId(), newId()];
	const category = await face().categories.get('overflowing-bin');
	value(await face().alarmMappings.save(julien, rule.ruleId, category?.id ?? '', 'high'));
	await raise('raised', unmapped, newId());
	await raise('raised', mapped);
	await raise('raised', mapped);
	const [found] = await until(async () => {
		const { items } = value(await face().list(julien, { sourceKind: 'alarm' }));
		return items.length ? items : null;
	});
	expect(found).toMatchObject({
		title: 'Conteneur plein, Conteneur 12',
		priority: 'high',
		source: { key: mapped },
	});
	await raise('cleared', mapped);
	await until(async () =>
		value(await face().history(julien, found?.id ?? '')).some(({ kind }) => kind === 'alarm_cleared'),
	);
	expect(value(await face().list(julien, { sourceKind: 'alarm' })).items).toHaveLength(1);
	expect(value(await face().get(julien, found?.id ?? '')).status).toBe('new');
});
