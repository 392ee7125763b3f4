import type { Infeasibility, Problem, Stop, TimeWindow, Vehicle } from './problem.ts';

/** What a break, or several in a row, do to a leg: arrival = max(departure + leg + seconds, notBefore), for departures up to `latest`. */
export interface Pause {
	seconds: number;
	notBefore: number;
	latest: number;
}

/** Facts of a vehicle, in numbers only. */
export interface Kind {
	index: number;
	count: number;
	/** Location, or -1 for open. */
	start: number;
	end: number;
	capacity: readonly number[];
	load: readonly number[];
	from: number;
	to: number;
	maximalSeconds: number;
	maximalMeters: number;
	maximalStops: number;
	breaks: readonly { from: number; to: number; seconds: number; index: number }[];
	/** pauses[k][m]: the m breaks from the k-th on, taken on one leg; null where that cannot be. */
	pauses: readonly (readonly (Pause | null)[])[];
	/** Indices of the facilities it may use. */
	facilities: readonly number[];
	emptyAtEnd: boolean;
	fixed: number;
	perMeter: number;
	perSecond: number;
	overtimeAfter: number;
	overtimePerSecond: number;
	/** One label a position is enough: no breaks, no facilities, one window a stop. */
	plain: boolean;
	/** Which stops it may serve at all. */
	serves: Uint8Array;
	/** Kinds that differ by name only share it. */
	group: number;
}

/** The problem in typed arrays; stops, vehicles and facilities by their index. */
export interface Compiled {
	problem: Problem;
	locations: number;
	meters: ArrayLike<number>;
	seconds: ArrayLike<number>;
	dimensions: number;
	size: number;
	location: Int32Array;
	demand: readonly (readonly number[])[];
	service: Float64Array;
	windows: readonly (readonly TimeWindow[])[];
	/** Infinity: it must be served. */
	prize: Float64Array;
	/** -1 first, 0 anywhere, 1 last. */
	position: Int8Array;
	after: readonly (readonly number[])[];
	/** Those that come later because of this one. */
	dependents: readonly (readonly number[])[];
	ordered: boolean;
	kinds: readonly Kind[];
	facilityLocation: Int32Array;
	facilityService: Float64Array;
	facilityWindows: readonly (readonly TimeWindow[])[];
}

const always: readonly TimeWindow[] = [{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }];

/** Sorted, those that touch made one. */
function mergeWindows(windows: readonly TimeWindow[] | undefined): readonly TimeWindow[] {
	if (windows === undefined) return always;
	const merged: TimeWindow[] = [];
	for (const { from, to } of windows.toSorted((a, b) => a.from - b.from)) {
		const last = merged.at(-1);
		if (last && from <= last.to) last.to = Math.max(last.to, to);
		else merged.push({ from, to });
	}
	return merged;
}

const padded = (values: readonly number[] | undefined, dimensions: number, otherwise: number) =>
	Array.from({ length: dimensions }, (_, d) => values?.[d] ?? otherwise);

/** What each run of breaks does to a leg. */
export function pausesOf(breaks: Kind['breaks']): (Pause | null)[][] {
	return Array.from({ length: breaks.length + 1 }, (_, k) => {
		const row: (Pause | null)[] = [
			{ seconds: 0, notBefore: Number.NEGATIVE_INFINITY, latest: Number.POSITIVE_INFINITY },
		];
		for (const { from, to, seconds } of breaks.slice(k)) {
			const before = row.at(-1);
			const start = before && Math.max(before.notBefore, from);
			row.push(
				before && start !== null && start !== undefined && start <= to
					? {
							seconds: before.seconds + seconds,
							notBefore: start + seconds,
							latest: Math.min(before.latest, to - before.seconds),
						}
					: null,
			);
		}
		return row;
	});
}

/** Turns a problem that {@link faultsOfInput} found sound into arrays. */
export function compile(problem: Problem): Compiled {
	const { stops, vehicles, facilities = [] } = problem;
	const stopIndex = new Map(stops.map(({ id }, i) => [id, i]));
	const facilityIndex = new Map(facilities.map(({ id }, i) => [id, i]));
	const dimensions = Math.max(
		0,
		...stops.map(({ demand }) => demand?.length ?? 0),
		...vehicles.map(({ capacity, load }) => Math.max(capacity?.length ?? 0, load?.length ?? 0)),
	);
	const demand = stops.map((stop) => padded(stop.demand, dimensions, 0));
	const windows = stops.map((stop) => mergeWindows(stop.windows));
	const facilityWindows = facilities.map((facility) => mergeWindows(facility.windows));
	const after = stops.map(({ after = [] }) => [...new Set(after.map((id) => stopIndex.get(id) ?? -1))]);
	const dependents: number[][] = stops.map(() => []);
	after.forEach((list, i) => {
		for (const j of list) dependents[j]?.push(i);
	});
	const prize = Float64Array.from(stops, (stop) => stop.prize ?? Number.POSITIVE_INFINITY);
	// What a stop that must be served comes after must be served too.
	const must = stops.flatMap((_, i) => (prize[i] === Number.POSITIVE_INFINITY ? [i] : []));
	for (let i = must.pop(); i !== undefined; i = must.pop())
		for (const j of after[i] ?? [])
			if (prize[j] !== Number.POSITIVE_INFINITY) {
				prize[j] = Number.POSITIVE_INFINITY;
				must.push(j);
			}
	const origin = Math.min(
		0,
		...[...windows, ...facilityWindows].map(([first]) => first?.from ?? 0).filter(Number.isFinite),
	);
	const groups = new Map<string, number>();
	const kinds = vehicles.map((vehicle, index): Kind => {
		const breaks = (vehicle.breaks ?? [])
			.map(({ window, seconds }, at) => ({ ...window, seconds, index: at }))
			.sort((a, b) => a.from - b.from || a.to - b.to);
		const capacity = padded(vehicle.capacity, dimensions, Number.POSITIVE_INFINITY);
		const needsFacility = vehicle.emptyAtEnd || capacity.some(Number.isFinite);
		const allowed = needsFacility
			? vehicle.facilities
				? [...new Set(vehicle.facilities)].map((id) => facilityIndex.get(id) ?? -1)
				: facilities.map((_, i) => i)
			: [];
		const serves = Uint8Array.from(stops, (stop) => (mayServe(stop, vehicle) ? 1 : 0));
		const { id: _, count: __, ...rest } = vehicle;
		const signature = JSON.stringify([rest, [...serves].join('')]);
		if (!groups.has(signature)) groups.set(signature, groups.size);
		return {
			index,
			count: Math.min(vehicle.count ?? 1, stops.length),
			start: vehicle.start ?? -1,
			end: vehicle.end ?? -1,
			capacity,
			load: padded(vehicle.load, dimensions, 0),
			from: vehicle.shift?.from ?? origin,
			to: vehicle.shift?.to ?? Number.POSITIVE_INFINITY,
			maximalSeconds: vehicle.maximalSeconds ?? Number.POSITIVE_INFINITY,
			maximalMeters: vehicle.maximalMeters ?? Number.POSITIVE_INFINITY,
			maximalStops: vehicle.maximalStops ?? Number.POSITIVE_INFINITY,
			breaks,
			pauses: pausesOf(breaks),
			facilities: allowed,
			emptyAtEnd: vehicle.emptyAtEnd ?? false,
			fixed: vehicle.cost?.fixed ?? 0,
			perMeter: vehicle.cost?.perMeter ?? (vehicle.cost?.perSecond === undefined ? 1 : 0),
			perSecond: vehicle.cost?.perSecond ?? 0,
			overtimeAfter: vehicle.cost?.overtime?.afterSeconds ?? Number.POSITIVE_INFINITY,
			overtimePerSecond: vehicle.cost?.overtime?.perSecond ?? 0,
			plain: !breaks.length && !allowed.length && windows.every((list) => list.length === 1),
			serves,
			group: groups.get(signature) ?? 0,
		};
	});
	return {
		problem,
		locations: problem.locations,
		meters: problem.meters,
		seconds: problem.seconds,
		dimensions,
		size: stops.length,
		location: Int32Array.from(stops, ({ location }) => location),
		demand,
		service: Float64Array.from(stops, ({ serviceSeconds = 0 }) => serviceSeconds),
		windows,
		prize,
		position: Int8Array.from(stops, ({ position }) =>
			position === 'first' ? -1 : position === 'last' ? 1 : 0,
		),
		after,
		dependents,
		ordered: stops.some((stop) => stop.position || stop.after?.length),
		kinds,
		facilityLocation: Int32Array.from(facilities, ({ location }) => location),
		facilityService: Float64Array.from(facilities, ({ serviceSeconds = 0 }) => serviceSeconds),
		facilityWindows,
	};
}

/** By name and skill. */
export function mayServe(stop: Stop, vehicle: Vehicle): boolean {
	if (stop.vehicles && !stop.vehicles.includes(vehicle.id)) return false;
	return (stop.skills ?? []).every((skill) => vehicle.skills?.includes(skill));
}

/** What makes no sense in itself: lengths, indices, signs, names. Empty: the problem can be compiled. */
export function faultsOfInput(problem: Problem): Infeasibility[] {
	const faults: Infeasibility[] = [];
	const say = (detail: string, who: { stop?: string; vehicle?: string } = {}) => {
		if (faults.length < 50) faults.push({ constraint: 'input', detail, ...who });
	};
	const { locations, meters, seconds, stops, vehicles, facilities = [] } = problem;
	if (!Number.isSafeInteger(locations) || locations < 0) {
		say('locations is not a count');
		return faults;
	}
	for (const [name, matrix] of [
		['meters', meters],
		['seconds', seconds],
	] as const) {
		if (matrix?.length !== locations * locations)
			say(`${name} does not have ${locations} × ${locations} figures`);
		else if (name === 'meters' || matrix !== meters) {
			let bad = -1;
			for (let i = 0; i < matrix.length && bad < 0; i++) if (!((matrix[i] as number) >= 0)) bad = i;
			if (bad >= 0)
				say(`${name} from ${Math.floor(bad / locations)} to ${bad % locations} is negative or not a number`);
		}
	}
	if (![stops, vehicles, facilities].every(Array.isArray)) {
		say('stops, vehicles or facilities are no list');
		return faults;
	}
	const isLocation = (at: number) => Number.isInteger(at) && at >= 0 && at < locations;
	const isAmount = (value: number | undefined) =>
		value === undefined || (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY);
	const isLimit = (value: number | undefined) =>
		value === undefined || (typeof value === 'number' && value >= 0);
	const isWindow = ({ from, to }: TimeWindow) =>
		typeof from === 'number' && typeof to === 'number' && from <= to && from < Number.POSITIVE_INFINITY;
	const names = (kind: string, list: readonly { id: string }[]) => {
		const seen = new Set<string>();
		for (const { id } of list) {
			if (typeof id !== 'string') say(`a ${kind} without an id`);
			if (seen.has(id)) say(`two ${kind}s are called ${id}`);
			seen.add(id);
		}
		return seen;
	};
	const stopIds = names('stop', stops);
	const vehicleIds = names('vehicle', vehicles);
	const facilityIds = names('facility', facilities);
	for (const stop of stops) {
		const who = { stop: stop.id };
		if (!isLocation(stop.location)) say(`its location ${stop.location} is none`, who);
		if (!stop.demand?.every((value) => isAmount(value) && value !== undefined) && stop.demand)
			say('its demand is negative or not a number', who);
		if (!isAmount(stop.serviceSeconds)) say('its service time is negative or not a number', who);
		if (!isAmount(stop.prize)) say('its prize is negative or not a number', who);
		if (stop.windows && (!stop.windows.length || !stop.windows.every(isWindow)))
			say('its windows are none, or one ends before it begins', who);
		for (const id of stop.after ?? [])
			if (!stopIds.has(id)) say(`it comes after ${id}, which is no stop`, who);
		for (const id of stop.vehicles ?? []) if (!vehicleIds.has(id)) say(`${id} is no vehicle`, who);
		if (stop.position !== undefined && stop.position !== 'first' && stop.position !== 'last')
			say(`${stop.position} is no position`, who);
	}
	for (const { id, location, serviceSeconds, windows } of facilities) {
		if (!isLocation(location)) say(`the location of facility ${id} is none`);
		if (!isAmount(serviceSeconds)) say(`the service time of facility ${id} is negative or not a number`);
		if (windows && (!windows.length || !windows.every(isWindow)))
			say(`the windows of facility ${id} are none, or one ends before it begins`);
	}
	for (const vehicle of vehicles) {
		const who = { vehicle: vehicle.id };
		const { count = 1, capacity, load, start, end, shift, cost } = vehicle;
		if (!Number.isSafeInteger(count) || count < 0) say('its count is none', who);
		if (start !== null && !isLocation(start)) say(`its start ${start} is no location`, who);
		if (end !== null && !isLocation(end)) say(`its end ${end} is no location`, who);
		if (capacity && !capacity.every(isLimit)) say('its capacity is negative or not a number', who);
		if (load && !load.every((value) => isAmount(value))) say('its load is negative or not a number', who);
		if (load?.some((value, d) => value > (capacity?.[d] ?? Number.POSITIVE_INFINITY)))
			say('it starts with more than it holds', who);
		if (shift && !(isWindow(shift) && Number.isFinite(shift.from)))
			say('its shift ends before it begins', who);
		for (const limit of ['maximalSeconds', 'maximalMeters', 'maximalStops'] as const)
			if (!isLimit(vehicle[limit])) say(`${limit} is negative or not a number`, who);
		for (const part of ['fixed', 'perMeter', 'perSecond'] as const)
			if (!isAmount(cost?.[part])) say(`its cost ${part} is negative or not a number`, who);
		if (cost?.overtime && !(isLimit(cost.overtime.afterSeconds) && isAmount(cost.overtime.perSecond)))
			say('its overtime is negative or not a number', who);
		names('break', vehicle.breaks ?? []);
		for (const { id, window, seconds } of vehicle.breaks ?? [])
			if (!isWindow(window) || !isAmount(seconds) || !Number.isFinite(window.from))
				say(`its break ${id} has no sound window or length`, who);
		for (const id of vehicle.facilities ?? []) if (!facilityIds.has(id)) say(`${id} is no facility`, who);
	}
	return faults;
}
