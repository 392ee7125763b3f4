import type { Break, Problem, Stop, TimeWindow } from '@parvis/vehicle-routing';
import type { ForecastDay, PlanReason } from '../face.ts';

/** What a day's plan weighs up. Places are indexes into the matrices; seconds count from the town's midnight. */
export interface DayProblem {
	locations: number;
	meters: ArrayLike<number>;
	seconds: ArrayLike<number>;
	vehicles: readonly PlanVehicle[];
	sites: readonly PlanSite[];
	containers: readonly PlanCandidate[];
	costs: PlanCosts;
	/** Containers of each truck in this order, where people chose it: nothing else is decided then. */
	orders?: ReadonlyMap<string, readonly string[]> | undefined;
}

export interface PlanVehicle {
	id: string;
	/** Flow and litres of each compartment. */
	compartments: readonly { flow: string; liters: number }[];
	payloadKilograms: number;
	/** Where it is now: the depot, or where it was last seen at work. */
	start: number;
	depot: number;
	/** On board: compacted litres by flow, and kilograms. */
	loadLiters: Readonly<Record<string, number>>;
	loadKilograms: number;
	shift: TimeWindow;
	overtimeAfterSeconds: number;
	/** Seconds at which its driver began; breaks count from there. */
	beganAt: number;
	skills: readonly string[];
	heightMeters: number;
	weightTonnes: number;
}

export interface PlanSite {
	id: string;
	location: number;
	flows: readonly string[];
	serviceSeconds: number;
	windows: readonly TimeWindow[] | null;
}

export interface PlanCandidate {
	id: string;
	location: number;
	flow: string;
	/** What is taken on board, compacted, and its weight. */
	liters: number;
	kilograms: number;
	serviceSeconds: number;
	skills: readonly string[];
	maxHeightMeters: number | null;
	maxWeightTonnes: number | null;
	prize: number;
	pin: { vehicleId: string | null; first: boolean } | null;
}

export interface PlanCosts {
	eurosPerKilometer: number;
	eurosPerHour: number;
	overtimeEurosPerHour: number;
	breakAfterSeconds: number | null;
	breakSeconds: number;
}

/** Begins the id of what stands for a truck's own place on its route. */
export const startPrefix = 'start ';

/** Dearer than any way: a pinned container is left out only where no truck can take it. */
export const pinnedPrize = 100_000;

/**
 * What it costs not to collect a container today, in euros: the overflow days to expect until trucks go out again, and what its
 * pickup is worth by how full it is. Emptied at half, a container has used a whole pickup for half of one: so much of the usual
 * price of a pickup is lost, and only a short detour makes up for it. The marginal cost of waiting, as in rolling-horizon
 * inventory routing (Trudeau & Dror, Transportation Science 26, 1992).
 * @param days forecast from today on; those before `daysUntilNext` count
 */
export function prizeOf(
	days: readonly Pick<ForecastDay, 'overflow'>[],
	daysUntilNext: number,
	levelPercent: number,
	euros: { overflow: number; pickup: number },
): number {
	const overflowDays = days.slice(0, daysUntilNext).reduce((sum, { overflow }) => sum + overflow, 0);
	return overflowDays * euros.overflow + (Math.min(100, Math.max(0, levelPercent)) / 100) * euros.pickup;
}

/** Which trucks may take it: flow, skills, and the limits of its access. */
export function vehiclesFor(
	container: Pick<PlanCandidate, 'flow' | 'skills' | 'maxHeightMeters' | 'maxWeightTonnes'>,
	vehicles: readonly PlanVehicle[],
): PlanVehicle[] {
	return vehicles.filter(
		(vehicle) =>
			vehicle.compartments.some(({ flow }) => flow === container.flow) &&
			container.skills.every((skill) => vehicle.skills.includes(skill)) &&
			(container.maxHeightMeters === null || vehicle.heightMeters <= container.maxHeightMeters) &&
			(container.maxWeightTonnes === null || vehicle.weightTonnes <= container.maxWeightTonnes),
	);
}

/** Trucks that share a flow compete for the same containers; others are planned apart. */
export function groupVehicles<Vehicle extends Pick<PlanVehicle, 'compartments'>>(
	vehicles: readonly Vehicle[],
): Vehicle[][] {
	const groups: { flows: Set<string>; vehicles: Vehicle[] }[] = [];
	for (const vehicle of vehicles) {
		const flows = new Set(vehicle.compartments.map(({ flow }) => flow));
		const touching = groups.filter((group) => [...flows].some((flow) => group.flows.has(flow)));
		const merged = {
			flows: new Set([...flows, ...touching.flatMap((group) => [...group.flows])]),
			vehicles: [...touching.flatMap((group) => group.vehicles), vehicle],
		};
		for (const group of touching) groups.splice(groups.indexOf(group), 1);
		groups.push(merged);
	}
	return groups.map((group) => group.vehicles);
}

/** The day as the routing engine takes it: litres of each flow and kilograms are the dimensions of capacity. */
export function toProblem(day: DayProblem): Problem {
	const flows = [
		...new Set(day.vehicles.flatMap(({ compartments }) => compartments.map(({ flow }) => flow))),
	];
	const amounts = (liters: (flow: string) => number, kilograms: number) => [...flows.map(liters), kilograms];
	const orderOf = new Map<string, { vehicle: string; before: string | undefined }>();
	for (const [vehicle, ids] of day.orders ?? [])
		for (const [n, id] of ids.entries()) orderOf.set(id, { vehicle, before: ids[n - 1] });
	const { costs } = day;
	return {
		locations: day.locations,
		meters: day.meters,
		seconds: day.seconds,
		stops: [
			// Each truck begins when its shift does, or breaks would be put off by starting late; the way home of one that is out is
			// paid already: only what a container adds to it counts.
			...day.vehicles.map(
				({ id, start, shift }): Stop => ({
					id: `${startPrefix}${id}`,
					location: start,
					vehicles: [id],
					position: 'first',
					windows: [{ from: shift.from, to: shift.from + 60 }],
				}),
			),
			...day.containers.map((container): Stop => {
				const common = {
					id: container.id,
					location: container.location,
					demand: amounts((flow) => (flow === container.flow ? container.liters : 0), container.kilograms),
					serviceSeconds: container.serviceSeconds,
					skills: container.skills,
				};
				const order = orderOf.get(container.id);
				if (order)
					return { ...common, vehicles: [order.vehicle], ...(order.before && { after: [order.before] }) };
				const able = vehiclesFor(container, day.vehicles).map(({ id }) => id);
				const wanted = container.pin?.vehicleId ? able.filter((id) => id === container.pin?.vehicleId) : able;
				return {
					...common,
					vehicles: wanted,
					prize: container.pin ? pinnedPrize : container.prize,
					...(container.pin?.first && { position: 'first' as const }),
				};
			}),
		],
		vehicles: day.vehicles.map((vehicle) => {
			const facilities = day.sites.filter(
				(site) =>
					site.flows.length === 0 || vehicle.compartments.every(({ flow }) => site.flows.includes(flow)),
			);
			const breaks: Break[] =
				costs.breakAfterSeconds === null || costs.breakSeconds === 0
					? []
					: [
							{
								id: 'break',
								window: {
									from: vehicle.beganAt + Math.min(3600, costs.breakAfterSeconds / 2),
									to: vehicle.beganAt + costs.breakAfterSeconds,
								},
								seconds: costs.breakSeconds,
							},
						].filter(({ window }) => window.to > vehicle.shift.from);
			return {
				id: vehicle.id,
				capacity: amounts(
					(flow) => vehicle.compartments.find((compartment) => compartment.flow === flow)?.liters ?? 0,
					vehicle.payloadKilograms,
				),
				load: amounts((flow) => vehicle.loadLiters[flow] ?? 0, vehicle.loadKilograms),
				start: vehicle.start,
				end: vehicle.depot,
				shift: vehicle.shift,
				breaks,
				skills: vehicle.skills,
				facilities: facilities.map(({ id }) => id),
				emptyAtEnd: facilities.length > 0,
				cost: {
					perMeter: costs.eurosPerKilometer / 1000,
					perSecond: costs.eurosPerHour / 3600,
					overtime: {
						afterSeconds: vehicle.overtimeAfterSeconds,
						perSecond: costs.overtimeEurosPerHour / 3600,
					},
				},
			};
		}),
		facilities: day.sites.map((site) => ({
			id: site.id,
			location: site.location,
			serviceSeconds: site.serviceSeconds,
			...(site.windows && { windows: site.windows }),
		})),
	};
}

/** From this probability on a container is in the plan for itself, and not only since it lies on the way. */
const riskWorthGoing = 0.1;

/** Why a container is in the plan or out of it. */
export function reasonFor(container: {
	chosen: boolean;
	pinned: boolean;
	excluded: boolean;
	state: 'done' | 'could_not' | null;
	hasForecast: boolean;
	hasVehicle: boolean;
	isReachable: boolean;
	levelPercent: number;
	leastLevelPercent: number;
	overflow: number;
}): PlanReason {
	if (container.state) return container.state;
	if (container.excluded) return 'excluded';
	if (container.chosen)
		return container.pinned
			? 'pinned'
			: container.overflow >= riskWorthGoing
				? 'overflow_risk'
				: 'on_the_way';
	if (!container.hasVehicle) return 'no_vehicle';
	if (!container.isReachable) return 'unreachable';
	if (!container.hasForecast) return 'no_forecast';
	if (container.levelPercent < container.leastLevelPercent) return 'too_little';
	return 'can_wait';
}
