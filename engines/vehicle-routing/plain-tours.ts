import type { Compiled, Kind } from './compile.ts';
import { nearest } from './nearest.ts';
import type { Options } from './problem.ts';
import type { Random } from './random.ts';
import { type Legs, savings } from './savings.ts';
import { averageRemoved, blinkRate, type Ground, longestString, splitDepth, splitRate } from './sisr.ts';

/** Neighbours beside which an insertion is tried; where none has room every place is. */
const neighboursTried = 30;
const neighboursRuined = 100;

/** Routes of vehicles alike under one capacity and a cost a leg: linked lists, so that a change costs the same however long the routes are. */
export interface PlainTours extends Ground {
	/** The stops of each route, in order. */
	driven(): number[][];
}

/** Whether capacity and a cost a leg are all there is to the problem. */
export function isPlain(problem: Compiled): boolean {
	const kind = problem.kinds[0];
	return (
		kind !== undefined &&
		problem.kinds.length === 1 &&
		kind.plain &&
		kind.start >= 0 &&
		kind.end >= 0 &&
		problem.dimensions <= 1 &&
		!kind.emptyAtEnd &&
		kind.to === Number.POSITIVE_INFINITY &&
		kind.maximalSeconds === Number.POSITIVE_INFINITY &&
		kind.maximalMeters === Number.POSITIVE_INFINITY &&
		kind.maximalStops === Number.POSITIVE_INFINITY &&
		(kind.overtimeAfter === Number.POSITIVE_INFINITY || kind.overtimePerSecond === 0) &&
		kind.serves.every(Boolean) &&
		!problem.ordered &&
		problem.prize.every((prize) => prize === Number.POSITIVE_INFINITY) &&
		problem.windows.every(
			([window]) => window?.from === Number.NEGATIVE_INFINITY && window.to === -window.from,
		) &&
		isConnected(problem)
	);
}

/** No leg is missing: sums stay numbers. */
function isConnected({ meters, seconds }: Compiled): boolean {
	for (let cell = 0; cell < meters.length; cell++)
		if ((meters[cell] as number) + (seconds[cell] as number) === Number.POSITIVE_INFINITY) return false;
	return true;
}

/** Cost of every leg between the stops in this order, from 1 on, and the depot 0; their service and the fixed cost in it. */
function legsOf(problem: Compiled, kind: Kind, order: ArrayLike<number>): Legs {
	const { size, location, meters, seconds, locations, service } = problem;
	const wide = size + 1;
	const costs = new Float64Array(wide * wide);
	for (let from = 0; from < wide; from++) {
		const start = from ? (location[order[from - 1] as number] as number) : kind.start;
		for (let to = 0; to < wide; to++) {
			if (!from && !to) continue;
			const stop = to ? (order[to - 1] as number) : -1;
			const cell = start * locations + (to ? (location[stop] as number) : kind.end);
			const far = (meters[cell] as number) + (seconds[cell] as number);
			costs[from * wide + to] =
				far === Number.POSITIVE_INFINITY
					? far
					: kind.perMeter * (meters[cell] as number) +
						kind.perSecond * ((seconds[cell] as number) + (to ? (service[stop] as number) : 0)) +
						(from ? 0 : kind.fixed);
		}
	}
	let isSymmetric = true;
	for (let from = 0; from < wide && isSymmetric; from++)
		for (let to = 0; to < from; to++)
			if (costs[from * wide + to] !== costs[to * wide + from]) {
				isSymmetric = false;
				break;
			}
	return {
		size,
		costs,
		isSymmetric,
		demand: Float64Array.from({ length: wide }, (_, i) =>
			i ? (problem.demand[order[i - 1] as number]?.[0] ?? 0) : 0,
		),
		room: (kind.capacity[0] ?? Number.POSITIVE_INFINITY) - (kind.load[0] ?? 0) + 1e-9,
	};
}

/** For each stop those that are nearest, one way or the other. */
function neighboursOf({ size, costs }: Legs, near: number): Int32Array {
	const wide = size + 1;
	return nearest(size, near, (from, to) =>
		Math.min(costs[(from + 1) * wide + to + 1] as number, costs[(to + 1) * wide + from + 1] as number),
	).map((stop) => stop + 1);
}

export function createPlainTours(problem: Compiled, random: Random, initial: Options['initial']): PlainTours {
	const kind = problem.kinds[0] as Kind;
	const { size } = problem;
	const wide = size + 1;
	const near = Math.max(0, Math.min(size - 1, neighboursRuined));
	const tried = Math.min(near, neighboursTried);
	const asGiven = legsOf(
		problem,
		kind,
		Int32Array.from({ length: size }, (_, i) => i),
	);
	const nearestOf = neighboursOf(asGiven, near);
	const start = savings(asGiven, nearestOf, near);
	// Stops are numbered along those first routes: neighbours stand close in memory too.
	const order = Int32Array.from(start.flat(), (stop) => stop - 1);
	const legs = legsOf(problem, kind, order);
	const { costs: leaving, isSymmetric, demand, room } = legs;
	const rank = new Int32Array(wide);
	order.forEach((stop, i) => {
		rank[stop + 1] = i + 1;
	});
	const neighbours = nearestOf.map((_, i) => {
		const stop = order[Math.floor(i / near)] as number;
		return rank[nearestOf[stop * near + (i % near)] as number] as number;
	});
	let arriving = leaving;
	if (!isSymmetric) {
		arriving = new Float64Array(wide * wide);
		for (let from = 0; from < wide; from++)
			for (let to = 0; to < wide; to++) arriving[to * wide + from] = leaving[from * wide + to] as number;
	}
	const slots = Math.min(kind.count, size);

	/** Neighbours on the route; 0 is the depot on both sides. */
	const next = new Int32Array(wide);
	const previous = new Int32Array(wide);
	/** Cost of the legs to them. */
	const toNext = new Float64Array(wide);
	const fromPrevious = new Float64Array(wide);
	const routeOf = new Int32Array(wide).fill(-1);
	const first = new Int32Array(slots);
	const last = new Int32Array(slots);
	const load = new Float64Array(slots);
	const length = new Int32Array(slots);
	const ruined = new Int32Array(slots);
	/** Routes that were empty when they were put here. */
	const idle = Int32Array.from({ length: slots }, (_, i) => slots - 1 - i);
	const isIdle = new Uint8Array(slots).fill(1);
	let idles = slots;
	/** No route from here on has been used. */
	let high = 0;
	let stamp = 0;
	let routes = 0;
	let limit = slots;
	let cost = 0;
	let missing: number[] = [];

	/** What was done since the last disturbance began: a stop, where it was put after, and 1 if put or 0 if taken out. */
	const logStop = new Int32Array(4 * wide + 64);
	const logAfter = new Int32Array(logStop.length);
	const logRoute = new Int32Array(logStop.length);
	const logPut = new Uint8Array(logStop.length);
	const logLegs = new Float64Array(3 * logStop.length);
	let logged = 0;
	let costBefore = 0;
	let missingBefore: number[] = missing;

	/** Links the stop in after `before` (0: at the beginning), the legs given. */
	function link(stop: number, route: number, before: number, leg1: number, leg2: number): void {
		const behind = before ? (next[before] as number) : (first[route] as number);
		previous[stop] = before;
		next[stop] = behind;
		fromPrevious[stop] = leg1;
		toNext[stop] = leg2;
		if (before) {
			next[before] = stop;
			toNext[before] = leg1;
		} else first[route] = stop;
		if (behind) {
			previous[behind] = stop;
			fromPrevious[behind] = leg2;
		} else last[route] = stop;
		routeOf[stop] = route;
		load[route] = (load[route] as number) + (demand[stop] as number);
		const count = length[route] as number;
		if (count === 0) routes++;
		length[route] = count + 1;
	}

	/** Takes the stop out, the leg over the gap given. */
	function unlink(stop: number, gap: number): void {
		const route = routeOf[stop] as number;
		const before = previous[stop] as number;
		const behind = next[stop] as number;
		if (before) {
			next[before] = behind;
			toNext[before] = gap;
		} else first[route] = behind;
		if (behind) {
			previous[behind] = before;
			fromPrevious[behind] = gap;
		} else last[route] = before;
		routeOf[stop] = -1;
		const count = (length[route] as number) - 1;
		length[route] = count;
		load[route] = count ? (load[route] as number) - (demand[stop] as number) : 0;
		if (count === 0) {
			routes--;
			if (!isIdle[route]) {
				isIdle[route] = 1;
				idle[idles++] = route;
			}
		}
	}

	function note(stop: number, put: number, leg1: number, leg2: number, gap: number): void {
		logStop[logged] = stop;
		logAfter[logged] = previous[stop] as number;
		logRoute[logged] = routeOf[stop] as number;
		logPut[logged] = put;
		logLegs[3 * logged] = leg1;
		logLegs[3 * logged + 1] = leg2;
		logLegs[3 * logged + 2] = gap;
		logged++;
	}

	function takeOut(stop: number): void {
		const before = previous[stop] as number;
		const behind = next[stop] as number;
		const leg1 = fromPrevious[stop] as number;
		const leg2 = toNext[stop] as number;
		const gap = before || behind ? (leaving[before * wide + behind] as number) : 0;
		note(stop, 0, leg1, leg2, gap);
		unlink(stop, gap);
		cost += gap - leg1 - leg2;
	}

	function putIn(stop: number, route: number, before: number): void {
		const behind = before ? (next[before] as number) : (first[route] as number);
		const leg1 = arriving[stop * wide + before] as number;
		const leg2 = leaving[stop * wide + behind] as number;
		const gap = before ? (toNext[before] as number) : behind ? (fromPrevious[behind] as number) : 0;
		link(stop, route, before, leg1, leg2);
		note(stop, 1, leg1, leg2, gap);
		cost += leg1 + leg2 - gap;
	}

	function idleRoute(): number {
		if (routes >= limit) return -1;
		while (idles > 0) {
			const route = idle[idles - 1] as number;
			if (length[route] === 0) {
				high = Math.max(high, route + 1);
				return route;
			}
			isIdle[route] = 0;
			idles--;
		}
		return -1;
	}

	let bestBefore = 0;
	let bestRoute = -1;
	let bestCost = 0;

	/** The cheapest place beside its neighbours, each overlooked now and then. */
	function lookNear(stop: number): void {
		const row = stop * wide;
		const most = room - (demand[stop] as number);
		let best = Number.POSITIVE_INFINITY;
		let before = 0;
		let chosen = -1;
		const begin = (stop - 1) * near;
		const end = begin + tried;
		for (let i = begin; i < end; i++) {
			const other = neighbours[i] as number;
			const route = routeOf[other] as number;
			if (route < 0 || (load[route] as number) > most) continue;
			const behind =
				(arriving[row + other] as number) +
				(leaving[row + (next[other] as number)] as number) -
				(toNext[other] as number);
			if (behind < best && random.next() >= blinkRate) {
				best = behind;
				before = other;
				chosen = route;
			}
			const earlier = previous[other] as number;
			const ahead =
				(arriving[row + earlier] as number) +
				(leaving[row + other] as number) -
				(fromPrevious[other] as number);
			if (ahead < best && random.next() >= blinkRate) {
				best = ahead;
				before = earlier;
				chosen = route;
			}
		}
		bestCost = best;
		bestBefore = before;
		bestRoute = chosen;
	}

	/** The cheapest of all places, in the routes that have room. */
	function lookEverywhere(stop: number): void {
		const row = stop * wide;
		const most = room - (demand[stop] as number);
		for (let route = 0; route < high; route++) {
			if (length[route] === 0 || (load[route] as number) > most) continue;
			let before = 0;
			let gap = fromPrevious[first[route] as number] as number;
			do {
				const behind = before ? (next[before] as number) : (first[route] as number);
				const more = (arriving[row + before] as number) + (leaving[row + behind] as number) - gap;
				if (more < bestCost) {
					bestCost = more;
					bestBefore = before;
					bestRoute = route;
				}
				before = behind;
				gap = toNext[before] as number;
			} while (before);
		}
	}

	function insert(stop: number): boolean {
		lookNear(stop);
		if (bestRoute < 0) lookEverywhere(stop);
		const alone = (arriving[stop * wide] as number) + (leaving[stop * wide] as number);
		if (alone < bestCost) {
			const route = idleRoute();
			if (route >= 0) {
				bestRoute = route;
				bestBefore = 0;
				bestCost = alone;
			}
		}
		if (bestRoute < 0 || bestCost === Number.POSITIVE_INFINITY) return false;
		putIn(stop, bestRoute, bestBefore);
		return true;
	}

	const out = new Int32Array(wide);
	const key = new Float64Array(wide);
	let outs = 0;

	function ruin(): void {
		stamp++;
		const seed = 1 + random.below(size);
		const longest = Math.min(longestString, (size - missing.length) / Math.max(1, routes));
		const strings = Math.floor(random.next() * ((4 * averageRemoved) / (1 + longest) - 1) + 1);
		const begin = (seed - 1) * near;
		let done = 0;
		for (let i = -1; i < near && done < strings; i++) {
			const stop = i < 0 ? seed : (neighbours[begin + i] as number);
			const route = routeOf[stop] as number;
			if (route < 0 || ruined[route] === stamp) continue;
			ruined[route] = stamp;
			done++;
			takeString(stop, route, 1 + Math.floor(random.next() * Math.min(length[route] as number, longest)));
		}
	}

	/** So many stops in a row around one, or with some between them kept. */
	function takeString(around: number, route: number, count: number): void {
		const total = length[route] as number;
		let kept = 0;
		if (count > 1 && count < total && random.next() < splitRate) {
			kept = 1;
			while (count + kept < total && random.next() < splitDepth) kept++;
		}
		const span = count + kept;
		// How far the string may begin before the stop, and must so as not to run over the end.
		let ahead = 0;
		let start = around;
		while (ahead < span - 1 && previous[start]) {
			start = previous[start] as number;
			ahead++;
		}
		let behind = 0;
		for (let at = around; behind < span - 1 && next[at]; at = next[at] as number) behind++;
		for (let skip = random.below(ahead - Math.max(0, span - 1 - behind) + 1); skip > 0; skip--)
			start = next[start] as number;
		const gap = kept ? 1 + random.below(count - 1) : span;
		let at = start;
		for (let i = 0; i < span; i++) {
			const following = next[at] as number;
			if (i < gap || i >= gap + kept) {
				takeOut(at);
				out[outs++] = at;
			}
			at = following;
		}
	}

	function sort(): void {
		const draw = random.below(11);
		for (let i = 0; i < outs; i++) {
			const stop = out[i] as number;
			key[i] =
				draw < 4
					? random.next()
					: draw < 8
						? -(demand[stop] as number)
						: draw < 10
							? -(leaving[stop] as number)
							: (leaving[stop] as number);
		}
		for (let i = 1; i < outs; i++) {
			const value = key[i] as number;
			const stop = out[i] as number;
			let at = i - 1;
			for (; at >= 0 && (key[at] as number) > value; at--) {
				key[at + 1] = key[at] as number;
				out[at + 1] = out[at] as number;
			}
			key[at + 1] = value;
			out[at + 1] = stop;
		}
	}

	function recreate(): void {
		sort();
		let left: number[] | null = null;
		for (let i = 0; i < outs; i++)
			if (!insert(out[i] as number)) {
				left ??= [];
				left.push(out[i] as number);
			}
		missing = left ?? none;
	}

	function disturb(): void {
		logged = 0;
		outs = 0;
		costBefore = cost;
		missingBefore = missing;
		for (const stop of missing) out[outs++] = stop;
		ruin();
		recreate();
	}

	function undo(): void {
		while (logged > 0) {
			logged--;
			const stop = logStop[logged] as number;
			if (logPut[logged]) unlink(stop, logLegs[3 * logged + 2] as number);
			else
				link(
					stop,
					logRoute[logged] as number,
					logAfter[logged] as number,
					logLegs[3 * logged] as number,
					logLegs[3 * logged + 1] as number,
				);
		}
		cost = costBefore;
		missing = missingBefore;
	}

	/** Fills the routes from lists of stops. */
	function rebuild(lists: readonly (readonly number[])[]): void {
		cost = 0;
		routes = 0;
		idles = 0;
		isIdle.fill(0);
		routeOf.fill(-1);
		high = lists.length;
		for (let route = slots - 1; route >= 0; route--) {
			first[route] = 0;
			last[route] = 0;
			length[route] = 0;
			load[route] = 0;
			let before = 0;
			logged = 0;
			for (const stop of lists[route] ?? []) {
				putIn(stop, route, before);
				before = stop;
			}
			if (before === 0) {
				isIdle[route] = 1;
				idle[idles++] = route;
			}
		}
	}

	function keep(): () => void {
		const order = next.slice();
		const begins = first.slice(0, high);
		for (let route = 0; route < high; route++) if (length[route] === 0) begins[route] = 0;
		const left = missing;
		return () => {
			rebuild(
				Array.from(begins, (start) => {
					const stops: number[] = [];
					for (let stop = start; stop; stop = order[stop] as number) stops.push(stop);
					return stops;
				}),
			);
			missing = left;
		};
	}

	const lists = () =>
		Array.from({ length: high }, (_, route) => {
			const stops: number[] = [];
			for (let stop = length[route] ? (first[route] as number) : 0; stop; stop = next[stop] as number)
				stops.push(stop);
			return stops;
		}).filter((stops) => stops.length > 0);

	function dropRoute(absences: Float64Array): void {
		let least = Number.POSITIVE_INFINITY;
		let chosen: number[] = [];
		for (const stops of lists()) {
			const sum = stops.reduce((total, stop) => total + (absences[order[stop - 1] as number] as number), 0);
			if (sum < least) {
				least = sum;
				chosen = stops;
			}
		}
		logged = 0;
		for (const stop of chosen) takeOut(stop);
		missing = [...missing, ...chosen];
	}

	function begin(): void {
		const index = new Map(Array.from(order, (stop, i) => [problem.problem.stops[stop]?.id, i + 1]));
		let at = 1;
		const routes = initial
			? initial.flatMap(({ vehicle, stops }) =>
					vehicle === problem.problem.vehicles[0]?.id ? [stops.map((id) => index.get(id) ?? 0)] : [],
				)
			: start.map((stops) => stops.map(() => at++));
		for (const stops of routes.length > slots && !initial ? [] : routes) {
			const route = idleRoute();
			if (route < 0) continue;
			let before = 0;
			logged = 0;
			for (const stop of stops) {
				if (!stop || (routeOf[stop] as number) >= 0) continue;
				if ((load[route] as number) + (demand[stop] as number) > room) continue;
				putIn(stop, route, before);
				before = stop;
			}
		}
		logged = 0;
		for (let stop = 1; stop < wide; stop++) if ((routeOf[stop] as number) < 0) out[outs++] = stop;
		recreate();
	}
	begin();

	return {
		cost: () => cost,
		missing: () => missing.map((stop) => order[stop - 1] as number),
		hasMissing: () => missing.length > 0,
		routes: () => routes,
		disturb,
		undo,
		keep,
		allow: (count) => {
			limit = count;
		},
		dropRoute,
		driven: () => lists().map((stops) => stops.map((stop) => order[stop - 1] as number)),
		averageArc: () => (cost - routes * kind.fixed) / (size + routes),
	};
}
const none: number[] = [];
