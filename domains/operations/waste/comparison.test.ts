import { newId, system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestOperations, type TestOperations } from '../testing.ts';
import { driveInOrder } from './rules/fixed-drive.ts';
import { fillWaste } from './testing.ts';

const hour = 3_600_000;
const days = 40;
let town: TestOperations;
let set: Awaited<ReturnType<typeof fillWaste>>;

/** Levels as a sensor says them: some fill fast, others slowly, all are emptied each Tuesday. */
beforeAll(async () => {
	town = await createTestOperations();
	set = await fillWaste(town, { containers: 6 });
	const { sensing } = town;
	const type = await set.kept(
		sensing.types.upsert(system, {
			vendor: 'Parvis',
			model: 'Niveau',
			name: 'Niveau',
			mapping: [{ field: 'level', property: 'fillingLevel', unit: '%', minimum: -5, maximum: 105 }],
			expectedIntervalSeconds: 3600,
		}),
	);
	const now = town.clock.now.getTime();
	for (const [n, id] of set.containers.entries()) {
		await set.kept(
			sensing.devices.create(system, {
				name: `Niveau ${n}`,
				typeId: type.type.id,
				externalId: `niveau-${n}`,
			}),
		);
		const container = await set.kept(town.operations.waste.containers.get(system, id));
		await set.kept(
			town.operations.waste.containers.change(system, id, {
				name: container.name,
				flow: container.flow.code,
				volumeLiters: container.volumeLiters,
				longitude: container.longitude,
				latitude: container.latitude,
				sensor: `niveau-${n}`,
			}),
		);
		let level = 10;
		const rate = n < 2 ? 17 : 4;
		const messages = Array.from({ length: days * 24 }, (_, h) => {
			const at = new Date(now - (days * 24 - h) * hour);
			if (at.getUTCDay() === 2 && at.getUTCHours() === 9) level = 2;
			level += (rate / 24) * (0.7 + 0.6 * Math.abs(Math.sin(n + h / 17)));
			// The last one got stuck a week ago.
			const said = n === 5 && h > (days - 7) * 24 ? 33 : Math.min(100, level) + Math.sin(h * 3 + n) * 0.6;
			return {
				network: 'http' as const,
				identifier: { externalId: `niveau-${n}` },
				receivedAt: at,
				observedAt: at,
				payload: { fields: { level: said } },
				batteryPercent: null,
				hints: {},
			};
		});
		await sensing.ingest.accept(messages, [], { source: 'http', topic: null, payload: Buffer.alloc(0) });
	}
	await sensing.flush();
	await set.kept(
		town.operations.waste.fixedRounds.save(system, {
			name: 'Tout le mardi',
			vehicle: 'tri',
			weekdays: [2],
			containers: ['c1', 'c2', 'c4', 'c5'],
		}),
	);
	await set.kept(
		town.operations.waste.fixedRounds.save(system, {
			name: 'Verre le mardi',
			vehicle: 'verre',
			weekdays: [2],
			containers: ['c0', 'c3'],
		}),
	);
});
afterAll(async () => {
	await town?.close();
});

test('levels become pickups and forecasts; a sensor that is stuck is not believed', async () => {
	const { containers, forecasts } = town.operations.waste;
	expect(await forecasts.run()).toEqual({ own: 6, siblings: 0, doubtful: 1 });
	const fast = await set.kept(containers.get(system, set.containers[0] ?? ''));
	expect(fast.pickups.length).toBeGreaterThanOrEqual(5);
	expect(fast.pickups[0]).toMatchObject({ source: 'sensor' });
	expect(fast.forecast?.percentPerDay).toBeGreaterThan(12);
	const slow = await set.kept(containers.get(system, set.containers[3] ?? ''));
	expect(slow.forecast?.days[3]?.overflow).toBeLessThan(0.01);
	const stuck = await set.kept(containers.get(system, set.containers[5] ?? ''));
	expect(stuck.forecast?.doubt).toBe('stuck');
	// What drivers emptied is known until the sensor speaks again, and counted once.
	await set.kept(containers.recordPickup(system, fast.id, { fillPercent: 90 }));
	await forecasts.run();
	const emptied = await set.kept(containers.get(system, fast.id));
	expect(emptied.forecast?.levelPercent).toBeLessThan(20);
	await forecasts.run();
	expect((await set.kept(containers.get(system, fast.id))).pickups).toHaveLength(emptied.pickups.length);
	const report = await containers.reportSensor(system, stuck.id);
	const again = await containers.reportSensor(system, stuck.id);
	expect(report).toEqual(again);
	expect(report.ok).toBe(true);
});

test('both ways are played over the same days and go to the footprint, once', async () => {
	const { comparison } = town.operations.waste;
	expect(await comparison.simulate(system, { days: 28, iterations: 100 })).toMatchObject({
		ok: true,
		value: { days: 28, containers: 6 },
	});
	const compared = await set.kept(comparison.days(system, 'simulation'));
	expect(compared).toHaveLength(28);
	const sum = (side: 'fixed' | 'planned', name: 'pickups' | 'overflowDays' | 'kilograms') =>
		compared.reduce((total, day) => total + (day[side][name] ?? 0), 0);
	expect(sum('fixed', 'pickups')).toBe(4 * 6);
	expect(sum('planned', 'overflowDays')).toBeLessThan(sum('fixed', 'overflowDays'));
	// The same waste came in, but for what is still inside at the end.
	expect(sum('planned', 'kilograms') / sum('fixed', 'kilograms')).toBeGreaterThan(0.7);
	expect(sum('planned', 'kilograms') / sum('fixed', 'kilograms')).toBeLessThan(1.4);
	const entries = async () =>
		(
			await town.platform.pool.query(
				`SELECT count(*)::int AS count, bool_and(simulated) AS simulated FROM footprint.entry WHERE key LIKE 'waste/simulation/%'`,
			)
		).rows[0];
	const before = await entries();
	expect(before.simulated).toBe(true);
	await comparison.simulate(system, { days: 28, iterations: 100 });
	expect(await entries()).toEqual(before);
});

test('before anybody drives by plan there is nothing to compare in fact', async () => {
	expect(await town.operations.waste.comparison.measure('2026-11-24')).toBe(false);
	const visitor = await town.person('Visiteur');
	expect(await town.operations.waste.comparison.days(visitor, 'actual')).toMatchObject({
		error: 'platform.not_allowed',
	});
});

test('a round that was driven is compared in fact with what was due that day', async () => {
	const { waste } = town.operations;
	const plan = await set.kept(waste.plans.make(system, '2026-11-24'));
	const [round] = plan.rounds;
	const stop = round?.stops.find(({ kind }) => kind === 'container');
	for (const [kind, stopId] of [
		['start', null],
		['done', stop?.id],
		['finish', null],
	] as const)
		await set.kept(
			waste.rounds.act(system, {
				id: newId(),
				roundId: round?.id ?? '',
				kind,
				stopId: stopId ?? null,
				at: town.clock.now,
			}),
		);
	expect(await waste.comparison.measure('2026-11-24')).toBe(true);
	const [day] = await set.kept(waste.comparison.days(system, 'actual'));
	expect(day).toMatchObject({
		day: '2026-11-24',
		fixed: { pickups: 6, overflowDays: null },
		planned: { pickups: 1 },
	});
	expect(day?.fixed.kilometers).toBeGreaterThan(0);
	expect(day?.planned.kilometers).toBeGreaterThan(0);
});

test('a drive in a given order unloads before the next would not fit, and comes home empty', () => {
	const line = [0, 1, 2, 3, 4];
	const meters = line.flatMap((from) => line.map((to) => Math.abs(from - to) * 1000));
	const drive = driveInOrder({
		locations: 5,
		meters,
		seconds: meters.map((one) => one / 10),
		depot: 0,
		sites: [{ location: 4, serviceSeconds: 600 }],
		capacity: { liters: { glass: 100 }, kilograms: 1000 },
		stops: [1, 2, 3].map((location) => ({
			location,
			flow: 'glass',
			liters: 60,
			kilograms: 20,
			serviceSeconds: 60,
		})),
	});
	// 0 → 1 → 4 → 2 → 4 → 3 → 4 → 0
	expect(drive).toEqual({ meters: 14_000, seconds: 1400 + 180 + 1800, unloadings: 3 });
});
