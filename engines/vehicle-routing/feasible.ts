import { type Compiled, type Kind, pausesOf } from './compile.ts';
import type { Infeasibility } from './problem.ts';
import { createScheduler } from './schedule.ts';

/** What can be said to be impossible without a search: by stop, by order, and by the sum of demands. Empty: it may be possible. */
export function impossibilities(problem: Compiled): Infeasibility[] {
	const order = contradictions(problem);
	if (order.length) return order;
	const found = aloneImpossible(problem);
	if (found.length) return found;
	return [...together(problem), ...tooMuch(problem)];
}

const isMandatory = (problem: Compiled, stop: number) => problem.prize[stop] === Number.POSITIVE_INFINITY;
const idOf = (problem: Compiled, stop: number) => problem.problem.stops[stop]?.id ?? '';

/** `after` in a circle or against the pins. */
function contradictions(problem: Compiled): Infeasibility[] {
	const { size, after, position } = problem;
	const found: Infeasibility[] = [];
	const say = (stop: number, detail: string) =>
		found.push({ constraint: 'order', stop: idOf(problem, stop), detail });
	/** How many of those before it are not yet in order. */
	const waiting = after.map((list) => list.length);
	const ready = waiting.flatMap((count, stop) => (count === 0 ? [stop] : []));
	let done = 0;
	for (let stop = ready.pop(); stop !== undefined; stop = ready.pop()) {
		done++;
		for (const later of problem.dependents[stop] ?? []) {
			const count = (waiting[later] ?? 0) - 1;
			waiting[later] = count;
			if (count === 0) ready.push(later);
		}
	}
	if (done < size)
		for (const [stop, count] of waiting.entries())
			if (count > 0) say(stop, 'it comes after stops that come after it');
	after.forEach((list, stop) => {
		for (const earlier of list) {
			const [before, own] = [position[earlier] as number, position[stop] as number];
			if (before > own) say(stop, `it comes after ${idOf(problem, earlier)}, but the pins say otherwise`);
			else if (own !== 0 && before === own && earlier > stop)
				say(
					stop,
					`it comes after ${idOf(problem, earlier)}, but both are pinned in the order of the problem`,
				);
		}
	});
	return found;
}

/** Rows from the sources and columns to the sinks made the shortest ways there are: what fails even so cannot be. */
function shortest(
	matrix: ArrayLike<number>,
	size: number,
	sources: Set<number>,
	sinks: Set<number>,
): Float64Array {
	const closed = Float64Array.from(matrix);
	const spread = (root: number, cell: (from: number, to: number) => number) => {
		const distance = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
		const done = new Uint8Array(size);
		distance[root] = 0;
		for (;;) {
			let at = -1;
			for (let i = 0; i < size; i++)
				if (!done[i] && (at < 0 || (distance[i] as number) < (distance[at] as number))) at = i;
			if (at < 0 || distance[at] === Number.POSITIVE_INFINITY) return distance;
			done[at] = 1;
			for (let i = 0; i < size; i++)
				distance[i] = Math.min(distance[i] as number, (distance[at] as number) + cell(at, i));
		}
	};
	for (const root of sources)
		spread(root, (from, to) => matrix[from * size + to] as number).forEach((value, i) => {
			closed[root * size + i] = value;
		});
	for (const root of sinks)
		spread(root, (from, to) => matrix[to * size + from] as number).forEach((value, i) => {
			closed[i * size + root] = value;
		});
	return closed;
}

/** Stops that no vehicle could serve even if it served nothing else. */
function aloneImpossible(problem: Compiled): Infeasibility[] {
	const { size, kinds } = problem;
	const scheduler = createScheduler(problem);
	const firstOfGroup = kinds.filter(
		(kind, i) =>
			kind.count > 0 && kinds.findIndex((other) => other.group === kind.group && other.count > 0) === i,
	);
	const hard: number[] = [];
	for (let stop = 0; stop < size; stop++)
		if (
			isMandatory(problem, stop) &&
			!firstOfGroup.some((kind) => kind.serves[stop] && scheduler.tour(kind, [stop]))
		)
			hard.push(stop);
	if (!hard.length) return [];
	const places = (list: Iterable<number>) => new Set([...list].filter((at) => at >= 0));
	const sources = places([...kinds.map(({ start }) => start), ...problem.facilityLocation]);
	const sinks = places([...kinds.map(({ end }) => end), ...problem.facilityLocation]);
	const closed: Compiled = {
		...problem,
		meters: shortest(problem.meters, problem.locations, sources, sinks),
		seconds: shortest(problem.seconds, problem.locations, sources, sinks),
	};
	const always = [{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }];
	const timeless: Compiled = {
		...closed,
		windows: closed.windows.map(() => always),
		facilityWindows: closed.facilityWindows.map(() => always),
	};
	const strict = createScheduler(closed);
	const loose = createScheduler(timeless);
	const none = Number.POSITIVE_INFINITY;
	const found: Infeasibility[] = [];
	for (const stop of hard) {
		let worst: Reason | null = null;
		for (const kind of firstOfGroup.length ? firstOfGroup : [null]) {
			const reason = kind
				? reasonFor(kind, stop)
				: ({ rank: 0, constraint: 'fleet', detail: 'there is no vehicle' } as const);
			if (!reason) {
				worst = null;
				break;
			}
			if (!worst || reason.rank > worst.rank) worst = reason;
		}
		if (worst)
			found.push({
				constraint: worst.constraint,
				stop: idOf(problem, stop),
				...(worst.vehicle === undefined ? {} : { vehicle: worst.vehicle }),
				detail: worst.detail,
			});
	}
	return found;

	/** Why this vehicle cannot serve it alone: constraints are lifted one after the other until it could. */
	function reasonFor(kind: Kind, stop: number): Reason | null {
		const vehicle = problem.problem.vehicles[kind.index];
		const given = problem.problem.stops[stop];
		const because = (rank: number, constraint: Infeasibility['constraint'], detail: string): Reason => ({
			rank,
			constraint,
			detail,
			...(rank > 1 && vehicle ? { vehicle: vehicle.id } : {}),
		});
		if (given?.vehicles && vehicle && !given.vehicles.includes(vehicle.id))
			return because(0, 'vehicles', 'none of the vehicles it allows is there');
		const skill = given?.skills?.find((one) => !vehicle?.skills?.includes(one));
		if (skill !== undefined)
			return because(1, 'skills', `no vehicle that may serve it has the skill ${skill}`);
		const over = problem.demand[stop]?.findIndex((value, d) => value > (kind.capacity[d] as number)) ?? -1;
		if (over >= 0)
			return because(
				2,
				'capacity',
				`it demands ${problem.demand[stop]?.[over]}, and ${vehicle?.id} holds ${kind.capacity[over]}`,
			);
		if (strict.tour(kind, [stop])) return null;
		const restless: Kind = { ...kind, breaks: [], pauses: pausesOf([]) };
		if (strict.tour(restless, [stop]))
			return because(8, 'break', `the breaks of ${vehicle?.id} leave no time for it`);
		const tireless: Kind = { ...restless, maximalSeconds: none, maximalMeters: none, maximalStops: none };
		if (strict.tour(tireless, [stop]))
			return because(7, 'limits', `it is beyond the seconds, meters or stops that ${vehicle?.id} may make`);
		if (loose.tour(tireless, [stop]))
			return because(6, 'window', `${vehicle?.id} cannot be there within its windows and the shift`);
		const endless: Kind = { ...tireless, from: 0, to: none };
		if (loose.tour(endless, [stop]))
			return because(5, 'shift', `the shift of ${vehicle?.id} is too short for it`);
		const bottomless: Kind = {
			...endless,
			capacity: kind.capacity.map(() => none),
			emptyAtEnd: false,
			facilities: [],
		};
		if (loose.tour(bottomless, [stop]))
			return kind.emptyAtEnd
				? because(4, 'facility', `${vehicle?.id} reaches no facility to unload it`)
				: because(4, 'capacity', `${vehicle?.id} starts with too much on board for it`);
		return because(3, 'unreachable', `${vehicle?.id} finds no way there and back`);
	}
}

interface Reason {
	/** How far the vehicle came; the furthest speaks for the stop. */
	rank: number;
	constraint: Infeasibility['constraint'];
	vehicle?: string;
	detail: string;
}

/** Stops that must share a route by `after`, and no vehicle serves them all. */
function together(problem: Compiled): Infeasibility[] {
	const { size, after, kinds } = problem;
	const found: Infeasibility[] = [];
	const seen = new Uint8Array(size);
	for (let root = 0; root < size; root++) {
		if (seen[root] || !isMandatory(problem, root) || !after[root]?.length) continue;
		// Those before it must be on its route, whether or not others follow them.
		const chain = new Set([root]);
		for (const stop of chain) for (const earlier of after[stop] ?? []) chain.add(earlier);
		for (const stop of chain) seen[stop] = 1;
		const able = kinds.filter((kind) => kind.count > 0 && [...chain].every((stop) => kind.serves[stop]));
		const who = { stop: idOf(problem, root) };
		if (!able.length)
			found.push({
				constraint: 'order',
				...who,
				detail: 'no vehicle may serve it and all that come before it',
			});
		else if (able.every((kind) => kind.maximalStops < chain.size))
			found.push({ constraint: 'limits', ...who, detail: 'more stops come before it than a route may have' });
	}
	return found;
}

/** More than all vehicles together can take, where none may unload on the way. */
function tooMuch(problem: Compiled): Infeasibility[] {
	const { size, kinds, dimensions, demand } = problem;
	const must = Array.from({ length: size }, (_, stop) => stop).filter((stop) => isMandatory(problem, stop));
	const found: Infeasibility[] = [];
	for (let d = 0; d < dimensions; d++) {
		const wanted = must.reduce((sum, stop) => sum + (demand[stop]?.[d] as number), 0);
		const room = kinds.reduce(
			(sum, { capacity, load, facilities, count }) =>
				sum +
				(count &&
					(facilities.length
						? Number.POSITIVE_INFINITY
						: ((capacity[d] as number) - (load[d] as number)) * count)),
			0,
		);
		if (wanted > room * (1 + 1e-12) + 1e-9)
			found.push({ constraint: 'fleet', detail: `all stops demand ${wanted}, all vehicles hold ${room}` });
	}
	const most = kinds.reduce((sum, { maximalStops, count }) => sum + (count && maximalStops * count), 0);
	if (must.length > most)
		found.push({
			constraint: 'fleet',
			detail: `there are ${must.length} stops, and all vehicles may make ${most}`,
		});
	return found;
}
