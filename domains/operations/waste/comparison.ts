import { ok, refuse, system } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { mayManage, maySee } from '../policies.ts';
import type { ComparedDay, Comparison, Day, Side, Waste } from './face.ts';
import { addDays, instantOf, weekdayOf } from './rules/days.ts';
import { driveInOrder } from './rules/fixed-drive.ts';
import { simulateDays } from './simulation.ts';

const words = {
	baseline: {
		fr: 'Les tournées fixes que la commune a déclarées : mêmes conteneurs, mêmes camions, les mêmes jours chaque semaine.',
		en: 'The fixed rounds that the town declared: the same containers and trucks, on the same days each week.',
	},
	simulation: {
		fr: 'Simulation : ce qui est tombé dans chaque conteneur est relu des niveaux mesurés, puis les deux façons de collecter sont rejouées sur les mêmes jours et les mêmes rues. Un jour planifié ne connaît que les jours d’avant.',
		en: 'Simulation: what fell into each container is read back from measured levels, then both ways to collect are replayed on the same days and streets. A planned day knows only the days before it.',
	},
	actual: {
		fr: 'Tournées faites, en kilomètres du plan suivi, contre les kilomètres des tournées fixes prévues ce jour-là, calculés sur les mêmes rues.',
		en: 'Rounds as driven, by the kilometres of the plan that was followed, against those of the fixed rounds due that day, reckoned on the same streets.',
	},
};

/** Fixed rounds beside planned ones: in a simulation on past levels, then in fact. Both go to the footprint. */
export function createComparison(
	context: Context,
	waste: Pick<Waste, 'setup' | 'vehicles' | 'sites' | 'fixedRounds' | 'rounds'>,
): Comparison {
	const { db, footprint, platform, now } = context;

	async function declared() {
		const [vehicles, sites, fixedRounds] = await Promise.all([
			waste.vehicles.list(system),
			waste.sites.list(system),
			waste.fixedRounds.list(system),
		]);
		if (!vehicles.ok || !sites.ok || !fixedRounds.ok) throw new Error('the platform sees everything');
		return { vehicles: vehicles.value, sites: sites.value, fixedRounds: fixedRounds.value };
	}

	async function keep(kind: 'simulation' | 'actual', days: readonly ComparedDay[]): Promise<void> {
		if (!days.length) return;
		const simulated = kind === 'simulation' || platform.config.demo;
		await db.transaction().execute(async (trx) => {
			await trx
				.insertInto('operations.waste_comparison')
				.values(
					days.map(({ day, fixed, planned }) => ({
						kind,
						day,
						fixed: JSON.stringify(fixed),
						planned: JSON.stringify(planned),
						made_at: now(),
					})),
				)
				.onConflict((conflict) =>
					conflict.columns(['kind', 'day']).doUpdateSet(({ ref }) => ({
						fixed: ref('excluded.fixed'),
						planned: ref('excluded.planned'),
						made_at: ref('excluded.made_at'),
					})),
				)
				.execute();
			await footprint.post(
				trx,
				days.flatMap(({ day, fixed, planned }) =>
					(
						[
							['diesel', fixed.liters - planned.liters, 'l', 'diesel_litre'],
							['distance', fixed.kilometers - planned.kilometers, 'km', null],
							['work', fixed.hours - planned.hours, 'h', null],
						] as const
					).map(([name, quantity, unit, factor]) => ({
						key: `waste/${kind}/${day}/${name}`,
						day,
						service: 'waste',
						quantity: Math.round(quantity * 1000) / 1000,
						unit,
						factor,
						baseline: words.baseline,
						method: words[kind],
						simulated,
					})),
				),
			);
		});
	}

	return {
		async days(actor, kind) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const rows = await db
				.selectFrom('operations.waste_comparison')
				.selectAll()
				.where('kind', '=', kind)
				.orderBy('day')
				.execute();
			return ok(
				rows.map(({ day, fixed, planned }) => ({ day, fixed: fixed as Side, planned: planned as Side })),
			);
		},

		async simulate(actor, { days = 30, iterations = 1500 } = {}) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const town = await declared();
			if (!town.fixedRounds.some(({ active }) => active)) return refuse('operations.waste_no_fixed_round');
			const simulated = await simulateDays(context, waste.setup, town, {
				days: Math.min(Math.max(Math.trunc(days), 1), 120),
				iterations,
			});
			if (!simulated.days.length) return refuse('operations.waste_no_history');
			await keep('simulation', simulated.days);
			await platform.audit.record(null, {
				actor,
				action: 'operations.waste_comparison.simulated',
				detail: { days: simulated.days.length, containers: simulated.containers },
			});
			return ok({ days: simulated.days.length, containers: simulated.containers });
		},

		async measure(day: Day) {
			const rounds = await waste.rounds.list(system, day);
			if (!rounds.ok) return false;
			const town = await declared();
			const driven = rounds.value.filter(({ startedAt }) => startedAt !== null);
			const due = town.fixedRounds.filter(
				({ active, weekdays }) => active && weekdays.includes(weekdayOf(day)),
			);
			// Before the town drives by plan there is nothing to compare.
			const began = await db
				.selectFrom('operations.waste_round')
				.select('day')
				.where('started_at', 'is not', null)
				.where('day', '<=', day)
				.limit(1)
				.executeTakeFirst();
			if (!began || (!driven.length && !due.length)) return false;
			const planned: Side = {
				kilometers: 0,
				hours: 0,
				liters: 0,
				overflowDays: await fullOn(day),
				pickups: 0,
				kilograms: 0,
			};
			for (const round of driven) {
				planned.kilometers += round.plannedMeters / 1000;
				planned.liters += round.plannedLiters;
				planned.pickups += round.counts.done;
				const end = round.finishedAt ?? round.stops.findLast(({ doneAt }) => doneAt)?.doneAt;
				if (round.startedAt && end) planned.hours += (end.getTime() - round.startedAt.getTime()) / 3_600_000;
			}
			const { rows } = await sql<{ kilograms: number }>`
				SELECT coalesce(sum(kilograms), 0)::float8 AS kilograms FROM operations.waste_pickup
				WHERE at >= ${instantOf(day)} AND at < ${instantOf(addDays(day, 1))} AND source <> 'sensor'`.execute(
				db,
			);
			planned.kilograms = rows[0]?.kilograms ?? 0;
			const fixed = await fixedSide(due, town);
			await keep('actual', [{ day, fixed, planned }]);
			return true;
		},
	};

	/** What the fixed rounds due that day would have driven, with containers as full as they usually are when one comes. */
	async function fixedSide(
		due: Awaited<ReturnType<typeof declared>>['fixedRounds'],
		town: Awaited<ReturnType<typeof declared>>,
	): Promise<Side> {
		const side: Side = { kilometers: 0, hours: 0, liters: 0, overflowDays: null, pickups: 0, kilograms: 0 };
		for (const round of due) {
			const vehicle = town.vehicles.find(({ id }) => id === round.vehicle.id);
			const depot = town.sites.find(({ id }) => id === vehicle?.depotId);
			if (!vehicle || !depot) continue;
			const { rows } = await sql<{
				id: string;
				flow: string;
				longitude: number;
				latitude: number;
				liters: number;
				kilograms: number;
				service_seconds: number;
			}>`
				SELECT container.id, container.flow, longitude, latitude, service_seconds,
					share * volume_liters / flow.compaction AS liters,
					share * volume_liters / 1000 * flow.kilograms_per_cubic_meter AS kilograms
				FROM operations.waste_container container JOIN operations.waste_flow flow ON flow.code = container.flow
				LEFT JOIN operations.waste_forecast forecast ON forecast.container_id = container.id,
				LATERAL (SELECT least(1, coalesce(percent_per_day, 8) * 7 / ${round.weekdays.length} / 100) AS share) usual
				WHERE container.id = ANY(${round.containers.map(({ id }) => id)}::uuid[])`.execute(db);
			const byId = new Map(rows.map((row) => [row.id, row]));
			const stops = round.containers.flatMap(({ id }) => byId.get(id) ?? []);
			const sites = town.sites.filter(({ kind, active }) => kind === 'unloading' && active);
			const matrix = await context.town.roads.matrix(
				[depot, ...sites, ...stops].map(({ longitude, latitude }) => [longitude, latitude]),
				{ profile: 'truck', heightMeters: vehicle.heightMeters, weightTonnes: vehicle.weightTonnes },
			);
			const drive = driveInOrder({
				locations: 1 + sites.length + stops.length,
				meters: matrix.meters,
				seconds: matrix.seconds,
				depot: 0,
				sites: sites.map(({ serviceSeconds }, n) => ({ location: 1 + n, serviceSeconds })),
				capacity: {
					liters: Object.fromEntries(
						vehicle.compartments.map(({ flow, cubicMeters }) => [flow, cubicMeters * 1000]),
					),
					kilograms: vehicle.payloadKilograms,
				},
				stops: stops.map((stop, n) => ({
					location: 1 + sites.length + n,
					flow: stop.flow,
					liters: stop.liters,
					kilograms: stop.kilograms,
					serviceSeconds: stop.service_seconds,
				})),
			});
			side.kilometers += drive.meters / 1000;
			side.hours += drive.seconds / 3600;
			side.liters += (drive.meters / 100_000) * vehicle.litersPer100Kilometers;
			side.pickups += stops.length;
			side.kilograms += stops.reduce((sum, { kilograms }) => sum + kilograms, 0);
		}
		return side;
	}

	/** How many containers were full at some hour of the day, by their sensors. */
	async function fullOn(day: Day): Promise<number> {
		const rows = await db
			.selectFrom('operations.waste_container')
			.select('device_id')
			.where('active', '=', true)
			.where('device_id', 'is not', null)
			.execute();
		const deviceIds = rows.flatMap(({ device_id }) => device_id ?? []);
		if (!deviceIds.length) return 0;
		const series = await context.sensing.reading.series(system, { deviceIds, property: 'fillingLevel' });
		let full = 0;
		for (const { id } of series) {
			const read = await context.sensing.reading.aggregates(
				system,
				id,
				'day',
				instantOf(day),
				instantOf(addDays(day, 1)),
			);
			if (read.ok && (read.value.aggregates[0]?.maximum ?? 0) >= 99.5) full++;
		}
		return full;
	}
}
