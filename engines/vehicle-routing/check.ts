import type { Problem, Route, Solution, Stop, TimeWindow, Vehicle } from './problem.ts';

/** Seconds, meters and money are compared to the thousandth, or to a billionth of what they are. */
const near = (a: number, b: number) => Math.abs(a - b) <= 1e-3 + 1e-9 * Math.max(Math.abs(a), Math.abs(b));
const notAfter = (a: number, b: number) => a <= b || near(a, b);

/**
 * Every constraint that the solution breaks and every figure in it that is wrong, in words; empty: it is sound.
 * It shares nothing with the search: it follows the visits with the figures of the problem alone.
 */
export function check(problem: Problem, solution: Solution): string[] {
	const faults: string[] = [];
	const stops = new Map(problem.stops.map((stop) => [stop.id, stop]));
	const vehicles = new Map(problem.vehicles.map((vehicle) => [vehicle.id, vehicle]));
	const served = new Set<string>();
	const used = new Set<string>();
	let cost = 0;
	let meters = 0;
	for (const route of solution.routes) {
		const name = `${route.vehicle} (${route.instance})`;
		const vehicle = vehicles.get(route.vehicle);
		if (!vehicle) {
			faults.push(`${name} is no vehicle`);
			continue;
		}
		const { instance } = route;
		if (!(Number.isInteger(instance) && instance >= 0 && instance < (vehicle.count ?? 1)))
			faults.push(`there is no ${name}`);
		if (used.has(`${instance} ${route.vehicle}`)) faults.push(`${name} drives twice`);
		used.add(`${instance} ${route.vehicle}`);
		for (const fault of checkRoute(problem, vehicle, route, stops, served)) faults.push(`${name}: ${fault}`);
		cost += route.cost;
		meters += route.meters;
	}
	const unserved = new Set(solution.unserved);
	if (unserved.size !== solution.unserved.length) faults.push('a stop is left out twice');
	for (const { id, prize } of problem.stops) {
		if (served.has(id) && unserved.has(id)) faults.push(`${id} is served and left out`);
		if (served.has(id)) continue;
		if (!unserved.has(id)) faults.push(`${id} is forgotten`);
		else if (prize === undefined) faults.push(`${id} must be served`);
		cost += prize ?? 0;
	}
	for (const id of unserved) if (!stops.has(id)) faults.push(`${id} left out is no stop`);
	if (!near(cost, solution.cost)) faults.push(`the cost is ${cost}, not ${solution.cost}`);
	if (!near(meters, solution.meters)) faults.push(`the meters are ${meters}, not ${solution.meters}`);
	return faults;
}

function checkRoute(
	problem: Problem,
	vehicle: Vehicle,
	route: Route,
	stops: ReadonlyMap<string, Stop>,
	served: Set<string>,
): string[] {
	const faults: string[] = [];
	const facilities = new Map((problem.facilities ?? []).map((facility) => [facility.id, facility]));
	const breaks = new Map((vehicle.breaks ?? []).map((pause) => [pause.id, pause]));
	const order = new Map(problem.stops.map(({ id }, i) => [id, i]));
	const taken = new Set<string>();
	const here: Stop[] = [];
	const dimensions = Math.max(
		vehicle.capacity?.length ?? 0,
		vehicle.load?.length ?? 0,
		...problem.stops.map(({ demand }) => demand?.length ?? 0),
	);
	let load = Array.from({ length: dimensions }, (_, d) => vehicle.load?.[d] ?? 0);
	let at = vehicle.start;
	/** Since when on the way, and until when kept by breaks. */
	let left = route.start;
	let free = route.start;
	let paused = 0;
	let driving = 0;
	let meters = 0;
	let serving = 0;
	const drive = (to: number | null, arrival: number, what: string) => {
		const seconds = at === null || to === null ? 0 : (problem.seconds[at * problem.locations + to] as number);
		const distance = at === null || to === null ? 0 : (problem.meters[at * problem.locations + to] as number);
		if (!Number.isFinite(seconds + distance)) faults.push(`no way to ${what}`);
		if (!notAfter(left + seconds + paused, arrival) || !notAfter(free, arrival))
			faults.push(`too early at ${what}`);
		driving += seconds;
		meters += distance;
		serving += paused;
		paused = 0;
		at = to;
	};
	const inWindow = (windows: readonly TimeWindow[] | undefined, start: number) =>
		!windows || windows.some(({ from, to }) => notAfter(from, start) && notAfter(start, to));

	for (const [i, visit] of route.visits.entries()) {
		const { id } = visit;
		if (!notAfter(visit.arrival, visit.start) || !notAfter(visit.start, visit.departure))
			faults.push(`${id}: arrival, start and departure are out of order`);
		if (visit.kind === 'break') {
			const pause = breaks.get(id);
			if (!pause) {
				faults.push(`${id} is no break`);
				continue;
			}
			if (taken.has(id)) faults.push(`break ${id} is taken twice`);
			taken.add(id);
			if (visit.location !== null) faults.push(`break ${id} has a location`);
			if (!notAfter(free, visit.start)) faults.push(`break ${id} begins before the work is done`);
			if (!inWindow([pause.window], visit.start)) faults.push(`break ${id} is outside its window`);
			if (!near(visit.departure - visit.start, pause.seconds))
				faults.push(`break ${id} is not as long as it is`);
			free = visit.departure;
			paused += pause.seconds;
		} else {
			const place = visit.kind === 'stop' ? stops.get(id) : facilities.get(id);
			if (!place) {
				faults.push(`${id} is no ${visit.kind}`);
				continue;
			}
			if (visit.location !== place.location) faults.push(`${id} is elsewhere`);
			if (vehicle.start === null && here.length === 0 && i === 0 && !near(visit.arrival, route.start))
				faults.push('it starts where it first arrives, but not then');
			drive(place.location, visit.arrival, id);
			if (!inWindow(place.windows, visit.start)) faults.push(`${id} is served outside its windows`);
			if (!near(visit.departure - visit.start, place.serviceSeconds ?? 0))
				faults.push(`${id} is not served for as long as it takes`);
			serving += place.serviceSeconds ?? 0;
			left = visit.departure;
			free = visit.departure;
			if (visit.kind === 'facility') {
				if (vehicle.facilities && !vehicle.facilities.includes(id))
					faults.push(`${id} is not for this vehicle`);
				load = load.map(() => 0);
			} else {
				const stop = place as Stop;
				if (served.has(id)) faults.push(`${id} is served twice`);
				served.add(id);
				load = load.map((value, d) => value + (stop.demand?.[d] ?? 0));
				if (load.some((value, d) => !notAfter(value, vehicle.capacity?.[d] ?? Number.POSITIVE_INFINITY)))
					faults.push(`at ${id} it holds more than it can`);
				if (stop.vehicles && !stop.vehicles.includes(vehicle.id))
					faults.push(`${id} is not for this vehicle`);
				for (const skill of stop.skills ?? [])
					if (!vehicle.skills?.includes(skill)) faults.push(`${id} needs the skill ${skill}`);
				for (const earlier of stop.after ?? [])
					if (!here.some((other) => other.id === earlier)) faults.push(`${id} comes before ${earlier}`);
				const last = here.at(-1);
				if (stop.position === 'first' && last && last.position !== 'first') faults.push(`${id} is not first`);
				if (last?.position === 'last' && stop.position !== 'last') faults.push(`${last.id} is not last`);
				if (
					stop.position &&
					stop.position === last?.position &&
					(order.get(last.id) ?? 0) > (order.get(id) ?? 0)
				)
					faults.push(`${id} is pinned before ${last.id}`);
				here.push(stop);
			}
		}
		if (!visit.load.every((value, d) => near(value, load[d] ?? 0)) || visit.load.length !== load.length)
			faults.push(`at ${id} it holds ${load.join()}, not ${visit.load.join()}`);
	}
	drive(vehicle.end, route.end, 'the end');
	if (here.length === 0) faults.push('it drives for nothing');
	if (vehicle.end === null && !near(route.end, free)) faults.push('it ends where it last was, but not then');
	if (vehicle.emptyAtEnd && load.some((value) => value > 0)) faults.push('it comes home loaded');
	for (const [id, { window }] of breaks)
		if (!taken.has(id) && !notAfter(route.end, window.to) && !notAfter(window.to, route.start))
			faults.push(`break ${id} is not taken`);
	const whole = route.end - route.start;
	const { shift, cost } = vehicle;
	if (shift && !(notAfter(shift.from, route.start) && notAfter(route.end, shift.to)))
		faults.push('it drives outside its shift');
	if (!notAfter(whole, vehicle.maximalSeconds ?? Number.POSITIVE_INFINITY)) faults.push('it takes too long');
	if (!notAfter(meters, vehicle.maximalMeters ?? Number.POSITIVE_INFINITY)) faults.push('it drives too far');
	if (here.length > (vehicle.maximalStops ?? Number.POSITIVE_INFINITY)) faults.push('it has too many stops');
	const overtime = Math.max(0, whole - (cost?.overtime?.afterSeconds ?? Number.POSITIVE_INFINITY));
	const perMeter = cost?.perMeter ?? (cost?.perSecond === undefined ? 1 : 0);
	const figures = {
		meters,
		drivingSeconds: driving,
		waitingSeconds: whole - driving - serving,
		overtimeSeconds: overtime,
		cost:
			(cost?.fixed ?? 0) +
			perMeter * meters +
			(cost?.perSecond ?? 0) * whole +
			overtime * (cost?.overtime?.perSecond ?? 0),
	};
	for (const [figure, value] of Object.entries(figures) as [keyof typeof figures, number][])
		if (!near(value, route[figure])) faults.push(`${figure} is ${value}, not ${route[figure]}`);
	return faults;
}
