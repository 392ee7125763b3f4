import type { Position } from '@parvis/town';
import type { Context } from '../context.ts';
import { flowMap, selectContainers, toContainer } from './container-rows.ts';
import type { ComparedDay, Container, Day, FixedRound, Setup, Side, Site, Vehicle } from './face.ts';
import { fitFlows, inflowOf, readContainers, readEventFactor } from './forecasts.ts';
import { addDays, dayOf, daysBetween, instantOf, nextDayAmong, weekdayOf } from './rules/days.ts';
import { predict } from './rules/fill-model.ts';
import { driveInOrder } from './rules/fixed-drive.ts';
import {
	groupVehicles,
	type PlanVehicle,
	prizeOf,
	startPrefix,
	toProblem,
	vehiclesFor,
} from './rules/plan-problem.ts';
import { search } from './solving.ts';

/** A truck comes when about so much of the day's waste has been brought. */
const shareBeforePickup = 0.2;
const sensorSpread = 1.5;

interface Simulated {
	container: Container;
	location: number;
	/** Percent that came in, by day. */
	inflow: ReadonlyMap<Day, number>;
	usual: number;
	history: { day: Day; liters: number; censored: boolean }[];
	startPercent: number;
}

/**
 * Play the town's fixed rounds and the planned ones over the same past days: what came into each container is read from its
 * real levels, both drive the same trucks on the same roads. A planned day knows the days before it and the levels of that
 * morning, nothing of what comes.
 */
export async function simulateDays(
	context: Context,
	setup: Setup,
	town: { vehicles: readonly Vehicle[]; sites: readonly Site[]; fixedRounds: readonly FixedRound[] },
	{ days: count, iterations }: { days: number; iterations: number },
): Promise<{ days: ComparedDay[]; containers: number }> {
	const { db, now } = context;
	const [settings, flows, rows, read, eventFactor] = await Promise.all([
		setup.settings(),
		setup.flows(),
		selectContainers(db),
		readContainers(context, now()),
		readEventFactor(db),
	]);
	const fixed = town.fixedRounds.filter(({ active }) => active);
	const inFixed = new Set(fixed.flatMap(({ containers }) => containers.map(({ id }) => id)));
	const today = dayOf(now());
	const window = Array.from({ length: count }, (_, n) => addDays(today, n - count));
	const byId = new Map(read.map((container) => [container.id, container]));
	const points: Position[] = [];
	const locate = (longitude: number, latitude: number) => points.push([longitude, latitude]) - 1;
	const codes = flowMap(flows);

	const simulated = rows.flatMap((row): Simulated[] => {
		const own = byId.get(row.id);
		if (!own || !inFixed.has(row.id)) return [];
		const seen = own.history.inflow.filter(({ day }) => window.includes(day));
		// A sensor that was silent for a third of the days cannot tell what came.
		if (seen.length < count * 0.66) return [];
		const whole = seen.filter(({ censored }) => !censored);
		const usual =
			whole.reduce((sum, { percent }) => sum + Math.max(0, percent), 0) / Math.max(1, whole.length);
		// While it was full nobody could see what came beside it: as much as on other days, at least.
		const inflow = new Map(
			seen.map(({ day, percent, censored }) => [day, Math.max(0, percent, censored ? usual : 0)]),
		);
		const begin = instantOf(window[0] ?? today).getTime();
		return [
			{
				container: toContainer(row, codes),
				location: locate(row.longitude, row.latitude),
				inflow,
				usual,
				history: [...inflowOf(own, null)],
				startPercent: own.levels.find(({ at }) => at >= begin)?.percent ?? usual * 2,
			},
		];
	});
	const sites = town.sites
		.filter(({ kind, active }) => kind === 'unloading' && active)
		.map((site) => ({
			...site,
			location: locate(site.longitude, site.latitude),
		}));
	const vehicles = town.vehicles.flatMap((vehicle) => {
		const depot = town.sites.find(({ id }) => id === vehicle.depotId);
		return vehicle.active && depot ? [{ vehicle, depot: locate(depot.longitude, depot.latitude) }] : [];
	});
	if (!simulated.length || !vehicles.length) return { days: [], containers: 0 };
	const matrix = await context.town.roads.matrix(points, {
		profile: 'truck',
		heightMeters: Math.max(...vehicles.map(({ vehicle }) => vehicle.heightMeters)),
		weightTonnes: Math.max(...vehicles.map(({ vehicle }) => vehicle.weightTonnes)),
	});
	const roads = { locations: points.length, meters: matrix.meters, seconds: matrix.seconds };
	const amounts = (container: Container, percent: number) => {
		const liters = (Math.min(percent, 130) / 100) * container.volumeLiters;
		return {
			liters: liters / container.flow.compaction,
			kilograms: (liters / 1000) * container.flow.kilogramsPerCubicMeter,
		};
	};

	/** Live one policy through the days. */
	async function live(
		choose: (
			day: Day,
			level: ReadonlyMap<string, number>,
		) => Promise<{ collected: Set<string>; kilometers: number; hours: number; liters: number }>,
	): Promise<Map<Day, Side>> {
		const level = new Map(simulated.map(({ container, startPercent }) => [container.id, startPercent]));
		const sides = new Map<Day, Side>();
		for (const day of window) {
			const { collected, kilometers, hours, liters } = await choose(day, level);
			let [overflowDays, kilograms] = [0, 0];
			for (const { container, inflow, usual } of simulated) {
				const comes = inflow.get(day) ?? usual;
				const morning = (level.get(container.id) ?? 0) + comes * shareBeforePickup;
				const isCollected = collected.has(container.id);
				if (isCollected) kilograms += amounts(container, morning).kilograms;
				const evening = (isCollected ? 0 : morning) + comes * (1 - shareBeforePickup);
				if (Math.max(morning, evening) >= 100) overflowDays++;
				level.set(container.id, evening);
			}
			sides.set(day, { kilometers, hours, liters, overflowDays, pickups: collected.size, kilograms });
		}
		return sides;
	}

	const byContainer = new Map(simulated.map((one) => [one.container.id, one]));
	const fixedSides = await live(async (day, level) => {
		const outcome = { collected: new Set<string>(), kilometers: 0, hours: 0, liters: 0 };
		for (const round of fixed.filter(({ weekdays }) => weekdays.includes(weekdayOf(day)))) {
			const truck = vehicles.find(({ vehicle }) => vehicle.id === round.vehicle.id);
			if (!truck) continue;
			const stops = round.containers.flatMap(({ id }) => byContainer.get(id) ?? []);
			const drive = driveInOrder({
				...roads,
				depot: truck.depot,
				sites,
				capacity: {
					liters: Object.fromEntries(
						truck.vehicle.compartments.map(({ flow, cubicMeters }) => [flow, cubicMeters * 1000]),
					),
					kilograms: truck.vehicle.payloadKilograms,
				},
				stops: stops.map(({ container, location }) => ({
					location,
					flow: container.flow.code,
					serviceSeconds: container.serviceSeconds,
					...amounts(container, level.get(container.id) ?? 0),
				})),
			});
			for (const { container } of stops) outcome.collected.add(container.id);
			outcome.kilometers += drive.meters / 1000;
			outcome.hours += drive.seconds / 3600;
			outcome.liters += (drive.meters / 100_000) * truck.vehicle.litersPer100Kilometers;
		}
		return outcome;
	});

	const plannedSides = await live(async (day, level) => {
		const outcome = { collected: new Set<string>(), kilometers: 0, hours: 0, liters: 0 };
		if (!settings.collectionWeekdays.includes(weekdayOf(day))) return outcome;
		const models = fitFlows(
			simulated.map(({ container, history }) => ({
				id: container.id,
				flow: container.flow.code,
				volumeLiters: container.volumeLiters,
				longitude: container.longitude,
				latitude: container.latitude,
				deviceId: container.deviceId,
				emptiedAt: null,
				inflow: history,
			})),
			day,
			eventFactor,
		);
		const daysUntilNext = Math.max(1, daysBetween(day, nextDayAmong(day, settings.collectionWeekdays)));
		const planVehicles = vehicles.map(({ vehicle, depot }) => planVehicle(vehicle, depot));
		for (const group of groupVehicles(planVehicles)) {
			const candidates = simulated.flatMap(({ container, location }) => {
				const model = models.get(container.flow.code)?.containers.get(container.id);
				const now = level.get(container.id) ?? 0;
				if (!model) return [];
				const event = (on: Day) =>
					eventFactor({ ...container, flow: container.flow.code, emptiedAt: null }, on);
				const ahead = predict(
					model,
					container.volumeLiters,
					{ percent: now, spread: sensorSpread },
					{ today: day, shareLeft: 1, days: daysUntilNext, event },
				);
				const percent = now + model.litersPerDay * (shareBeforePickup / container.volumeLiters) * 100;
				const overflow = ahead.at(-1)?.overflow ?? 0;
				if (percent < settings.leastLevelPercent && overflow < 0.02) return [];
				const candidate = {
					id: container.id,
					location,
					flow: container.flow.code,
					...amounts(container, percent),
					serviceSeconds: container.serviceSeconds,
					skills: container.skills,
					maxHeightMeters: container.maxHeightMeters,
					maxWeightTonnes: container.maxWeightTonnes,
					prize: prizeOf(ahead, daysUntilNext, percent, {
						overflow: container.flow.overflowEuros,
						pickup: settings.eurosPerPickup,
					}),
					pin: null,
				};
				return vehiclesFor(candidate, group).length ? [candidate] : [];
			});
			if (!candidates.length) continue;
			const solved = await search(
				toProblem({
					...roads,
					vehicles: group,
					sites: sites.map(({ id, location, flows: accepted, serviceSeconds }) => ({
						id,
						location,
						flows: accepted,
						serviceSeconds,
						windows: null,
					})),
					containers: candidates,
					costs: settings,
				}),
				{ iterations, seed: 1, mostSeconds: 60 },
			);
			if (!solved.ok) continue;
			for (const route of solved.solution.routes) {
				const truck = vehicles.find(({ vehicle }) => vehicle.id === route.vehicle)?.vehicle;
				for (const { kind, id } of route.visits)
					if (kind === 'stop' && !id.startsWith(startPrefix)) outcome.collected.add(id);
				const service = route.visits.reduce(
					(sum, { kind, start, departure }) => sum + (kind === 'break' ? 0 : departure - start),
					0,
				);
				outcome.kilometers += route.meters / 1000;
				outcome.hours += (route.drivingSeconds + service) / 3600;
				outcome.liters += (route.meters / 100_000) * (truck?.litersPer100Kilometers ?? 0);
			}
		}
		return outcome;
	});

	const none: Side = { kilometers: 0, hours: 0, liters: 0, overflowDays: 0, pickups: 0, kilograms: 0 };
	return {
		days: window.map((day) => ({
			day,
			fixed: fixedSides.get(day) ?? none,
			planned: plannedSides.get(day) ?? none,
		})),
		containers: simulated.length,
	};
}

function planVehicle(vehicle: Vehicle, depot: number): PlanVehicle {
	const clock = (time: string) => Number(time.slice(0, 2)) * 3600 + Number(time.slice(3, 5)) * 60;
	const [from, to] = [clock(vehicle.shiftFrom), clock(vehicle.shiftTo)];
	return {
		id: vehicle.id,
		compartments: vehicle.compartments.map(({ flow, cubicMeters }) => ({ flow, liters: cubicMeters * 1000 })),
		payloadKilograms: vehicle.payloadKilograms,
		start: depot,
		depot,
		loadLiters: {},
		loadKilograms: 0,
		shift: { from, to: to + 2 * 3600 },
		overtimeAfterSeconds: Math.min(vehicle.overtimeAfterSeconds, to - from),
		beganAt: from,
		skills: vehicle.skills,
		heightMeters: vehicle.heightMeters,
		weightTonnes: vehicle.weightTonnes,
	};
}
