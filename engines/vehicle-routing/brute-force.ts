import type { Facility, Problem, Stop, Vehicle } from './problem.ts';

/**
 * The least cost there is, by trying every plan in whole seconds; Infinity: there is no plan. For tests on a few stops:
 * it shares nothing with the search.
 * @param latest start that is tried
 */
export function bruteForce(problem: Problem, latest: number): number {
	const vehicles = problem.vehicles.flatMap((vehicle) =>
		new Array<Vehicle>(vehicle.count ?? 1).fill(vehicle),
	);
	const known = new Map<string, number>();
	const routeCost = (vehicle: Vehicle, order: readonly Stop[]) => {
		const key = `${vehicle.id}:${order.map(({ id }) => id).join()}`;
		let cost = known.get(key);
		if (cost === undefined) {
			cost = order.length ? cheapest(problem, vehicle, order, latest) : 0;
			known.set(key, cost);
		}
		return cost;
	};
	let best = Number.POSITIVE_INFINITY;
	const assign = (left: readonly Stop[], at: number, order: readonly Stop[], cost: number): void => {
		const vehicle = vehicles[at];
		if (!vehicle) {
			best = Math.min(
				best,
				left.reduce((sum, { prize = Number.POSITIVE_INFINITY }) => sum + prize, cost),
			);
			return;
		}
		assign(left, at + 1, [], cost + routeCost(vehicle, order));
		for (const stop of left)
			if (mayFollow(problem, vehicle, order, stop))
				assign(
					left.filter((other) => other !== stop),
					at,
					[...order, stop],
					cost,
				);
	};
	assign(problem.stops, 0, [], 0);
	return best;
}

function mayFollow(problem: Problem, vehicle: Vehicle, order: readonly Stop[], stop: Stop): boolean {
	if (order.length >= (vehicle.maximalStops ?? Number.POSITIVE_INFINITY)) return false;
	if (stop.vehicles && !stop.vehicles.includes(vehicle.id)) return false;
	if (!(stop.skills ?? []).every((skill) => vehicle.skills?.includes(skill))) return false;
	if (!(stop.after ?? []).every((id) => order.some((other) => other.id === id))) return false;
	const rank = { first: -1, last: 1, none: 0 };
	return order.every((other) => {
		const [before, own] = [rank[other.position ?? 'none'], rank[stop.position ?? 'none']];
		return (
			before < own ||
			(before === own && (own === 0 || problem.stops.indexOf(other) < problem.stops.indexOf(stop)))
		);
	});
}

/** Every choice of facilities and breaks between the stops, every start. */
function cheapest(problem: Problem, vehicle: Vehicle, order: readonly Stop[], latest: number): number {
	const { cost = {}, shift, breaks = [], capacity = [] } = vehicle;
	const perMeter = cost.perMeter ?? (cost.perSecond === undefined ? 1 : 0);
	const facilities = (problem.facilities ?? []).filter(
		({ id }) => !vehicle.facilities || vehicle.facilities.includes(id),
	);
	const pauses = breaks.toSorted((a, b) => a.window.from - b.window.from || a.window.to - b.window.to);
	const end = shift?.to ?? Number.POSITIVE_INFINITY;
	let best = Number.POSITIVE_INFINITY;
	const matrix = (values: ArrayLike<number>, from: number | null, to: number | null) =>
		from === null || to === null ? 0 : (values[from * problem.locations + to] as number);

	/** @param taken breaks behind, from those that were due */
	const drive = (
		start: number,
		time: number,
		at: number | null,
		next: number,
		taken: number,
		load: readonly number[],
		meters: number,
		fresh: boolean,
	): void => {
		for (let upTo = taken; upTo <= pauses.length; upTo++) {
			const leg = (to: number | null) => {
				let free = time;
				let busy = time + matrix(problem.seconds, at, to);
				for (const { window, seconds } of pauses.slice(taken, upTo)) {
					free = Math.max(free, window.from);
					if (free > window.to) return Number.POSITIVE_INFINITY;
					free += seconds;
					busy += seconds;
				}
				return Math.max(free, busy);
			};
			const visit = (place: Facility | Stop, then: (departure: number) => void) => {
				const arrival = leg(place.location);
				const windows = place.windows ?? [{ from: arrival, to: arrival }];
				const window = windows.toSorted((a, b) => a.from - b.from).find(({ to }) => to >= arrival);
				if (window && arrival < Number.POSITIVE_INFINITY)
					then(Math.max(arrival, window.from) + (place.serviceSeconds ?? 0));
			};
			const stop = order[next];
			if (stop) {
				const more = load.map((value, d) => value + (stop.demand?.[d] ?? 0));
				if (more.every((value, d) => value <= (capacity[d] ?? Number.POSITIVE_INFINITY)))
					visit(stop, (departure) =>
						drive(
							start,
							departure,
							stop.location,
							next + 1,
							upTo,
							more,
							meters + matrix(problem.meters, at, stop.location),
							false,
						),
					);
			} else if (!vehicle.emptyAtEnd || load.every((value) => value === 0)) {
				const home = leg(vehicle.end);
				const whole = home - start;
				const driven = meters + matrix(problem.meters, at, vehicle.end);
				if (
					home < Number.POSITIVE_INFINITY &&
					home <= end &&
					pauses.slice(upTo).every(({ window }) => home <= window.to) &&
					whole <= (vehicle.maximalSeconds ?? whole) &&
					driven <= (vehicle.maximalMeters ?? driven)
				)
					best = Math.min(
						best,
						(cost.fixed ?? 0) +
							perMeter * driven +
							(cost.perSecond ?? 0) * whole +
							Math.max(0, whole - (cost.overtime?.afterSeconds ?? whole)) * (cost.overtime?.perSecond ?? 0),
					);
			}
			if (!fresh && load.some((value) => value > 0))
				for (const facility of facilities)
					visit(facility, (departure) =>
						drive(
							start,
							departure,
							facility.location,
							next,
							upTo,
							load.map(() => 0),
							meters + matrix(problem.meters, at, facility.location),
							true,
						),
					);
		}
	};
	const dimensions = Math.max(capacity.length, ...order.map(({ demand }) => demand?.length ?? 0));
	const isTimed = cost.perSecond || cost.overtime || vehicle.maximalSeconds !== undefined || breaks.length;
	const from = shift?.from ?? 0;
	for (let start = from; start <= (isTimed ? latest : from); start++) {
		const passed = pauses.filter(({ window }) => window.to <= start).length;
		for (let skipped = 0; skipped <= passed; skipped++)
			if (pauses.slice(0, skipped).every(({ window }) => window.to <= start))
				drive(
					start,
					start,
					vehicle.start,
					0,
					skipped,
					Array.from({ length: dimensions }, (_, d) => vehicle.load?.[d] ?? 0),
					0,
					false,
				);
	}
	return best;
}
