import type { Compiled, Kind } from './compile.ts';
import { nearest } from './nearest.ts';
import type { Options } from './problem.ts';
import type { Random } from './random.ts';
import { createScheduler, type Scheduler, type Tour } from './schedule.ts';
import { averageRemoved, blinkRate, type Ground, longestString, splitDepth, splitRate } from './sisr.ts';

/** Up to so many stops every position is tried; beyond, those beside the nearest stops. */
const fewStops = 60;
const neighboursTried = 30;
const neighboursRuined = 100;
/** Stops left out for their prize that get another chance in one disturbance. */
const outsidersTried = 8;

/** Routes with every constraint there is. Tours never change: a disturbance replaces them and remembers the old ones. */
export interface Tours extends Ground {
	scheduler: Scheduler;
	/** The tours driven, with the vehicle's index among those alike. */
	driven(): { tour: Tour; instance: number }[];
	unserved(): number[];
}

export function createTours(problem: Compiled, random: Random, initial: Options['initial']): Tours {
	const { size, location, kinds, prize, after, dependents, position, ordered } = problem;
	const scheduler = createScheduler(problem);
	const slotKind = kinds.flatMap((kind) => new Array<Kind>(kind.count).fill(kind));
	const firstSlot = kinds.map((_, i) => kinds.slice(0, i).reduce((sum, { count }) => sum + count, 0));
	const slots: (Tour | null)[] = slotKind.map(() => null);
	const slotOf = new Int32Array(size).fill(-1);
	const placeOf = new Int32Array(size);
	const ruined = new Int32Array(slots.length);
	let stamp = 0;
	let routes = 0;
	let limit = slots.length;
	let missing: readonly number[] = [];
	let cost = prize.reduce((sum, value) => sum + (value === Number.POSITIVE_INFINITY ? 0 : value), 0);
	let log: { slot: number; tour: Tour | null }[] = [];
	let costBefore = cost;
	let missingBefore: readonly number[] = missing;

	const rates = kinds.map((kind) => ({ meter: kind.perMeter, second: kind.perSecond }));
	const perMeter = rates.reduce((sum, { meter }) => sum + meter, 0) / Math.max(1, rates.length);
	const perSecond = rates.reduce((sum, { second }) => sum + second, 0) / Math.max(1, rates.length);
	const free = perMeter === 0 && perSecond === 0;
	const way = (from: number, to: number) => {
		const cell = (location[from] as number) * problem.locations + (location[to] as number);
		const meters = problem.meters[cell] as number;
		const seconds = problem.seconds[cell] as number;
		if (meters + seconds === Number.POSITIVE_INFINITY) return meters + seconds;
		return perMeter * meters + (free ? 1 : perSecond) * seconds;
	};
	const near = Math.max(0, Math.min(size - 1, neighboursRuined));
	const neighbours = nearest(size, near, (from, to) => Math.min(way(from, to), way(to, from)));
	const far = Float64Array.from(location, (at) => {
		const cell = (kinds[0]?.start ?? -1) * problem.locations + at;
		return cell < 0 ? 0 : (problem.seconds[cell] as number) + (problem.meters[cell] as number);
	});
	const size0 = Float64Array.from(problem.demand, (demand) => demand.reduce((sum, value) => sum + value, 0));
	const opens = Float64Array.from(problem.windows, (windows) => windows[0]?.from ?? 0);
	const closes = Float64Array.from(problem.windows, (windows) => windows.at(-1)?.to ?? 0);
	const isTimed = problem.windows.some(
		(windows) => windows.length > 1 || Number.isFinite((windows[0]?.from ?? 0) - (windows[0]?.to ?? 0)),
	);
	const isOptional = (stop: number) => prize[stop] !== Number.POSITIVE_INFINITY;

	function put(slot: number, tour: Tour | null): void {
		const old = slots[slot] ?? null;
		log.push({ slot, tour: old });
		if (old) {
			routes--;
			cost -= old.cost;
			for (const stop of old.stops) if (slotOf[stop] === slot) leave(stop);
		}
		slots[slot] = tour;
		if (tour) enter(slot, tour);
	}
	function leave(stop: number): void {
		slotOf[stop] = -1;
		if (isOptional(stop)) cost += prize[stop] as number;
	}
	function enter(slot: number, tour: Tour): void {
		routes++;
		cost += tour.cost;
		tour.stops.forEach((stop, at) => {
			slotOf[stop] = slot;
			placeOf[stop] = at;
			if (isOptional(stop)) cost -= prize[stop] as number;
		});
	}

	/** Where in the tour the stop may come: [first, last] positions; first beyond last: nowhere. */
	function range(slot: number, tour: Tour, stop: number): [number, number] {
		let low = 0;
		let high = tour.stops.length;
		const pin = position[stop] as number;
		while (low < high && isBefore(tour.stops[low] as number, stop, pin)) low++;
		while (high > low && isBehind(tour.stops[high - 1] as number, stop, pin)) high--;
		if (pin === -1) high = Math.min(high, low);
		if (pin === 1) low = Math.max(low, high);
		for (const other of after[stop] as readonly number[]) {
			if (slotOf[other] !== slot) return [1, 0];
			low = Math.max(low, (placeOf[other] as number) + 1);
		}
		for (const other of dependents[stop] as readonly number[])
			if (slotOf[other] === slot) high = Math.min(high, placeOf[other] as number);
			else if ((slotOf[other] as number) >= 0) return [1, 0];
		return [low, high];
	}
	const isBefore = (other: number, stop: number, pin: number) =>
		position[other] === -1 && (pin !== -1 || other < stop);
	const isBehind = (other: number, stop: number, pin: number) =>
		position[other] === 1 && (pin !== 1 || other > stop);

	let untilBlink = 0;
	let isBlinking = true;
	const blinks = () => {
		if (!isBlinking || untilBlink-- > 0) return false;
		untilBlink = Math.floor(Math.log(1 - random.next()) / Math.log(1 - blinkRate));
		return true;
	};

	let bestSlot = -1;
	let bestAt = 0;
	let bestDelta = 0;
	function consider(slot: number, tour: Tour, at: number, stop: number): void {
		if (blinks()) return;
		const delta = scheduler.withStop(tour, at, stop, tour.cost + bestDelta) - tour.cost;
		if (delta < bestDelta) {
			bestSlot = slot;
			bestAt = at;
			bestDelta = delta;
		}
	}
	function considerAll(stop: number, refused: readonly number[]): void {
		for (let slot = 0; slot < slots.length; slot++) {
			const tour = slots[slot];
			if (!tour?.kind.serves[stop] || refused.includes(slot)) continue;
			const [low, high] = ordered ? range(slot, tour, stop) : [0, tour.stops.length];
			for (let at = low; at <= high; at++) consider(slot, tour, at, stop);
		}
	}
	function considerNear(stop: number, refused: readonly number[]): void {
		const end = stop * near + Math.min(near, neighboursTried);
		for (let i = stop * near; i < end; i++) {
			const other = neighbours[i] as number;
			const slot = slotOf[other] as number;
			const tour = slots[slot];
			if (!tour?.kind.serves[stop] || refused.includes(slot)) continue;
			const [low, high] = ordered ? range(slot, tour, stop) : [0, tour.stops.length];
			const at = placeOf[other] as number;
			if (at >= low && at <= high) consider(slot, tour, at, stop);
			if (at + 1 >= low && at + 1 <= high) consider(slot, tour, at + 1, stop);
		}
	}
	function considerNew(stop: number, refused: readonly number[]): void {
		if (routes >= limit) return;
		// What comes before or after it must be on the same route.
		if (after[stop]?.length || dependents[stop]?.some((other) => (slotOf[other] as number) >= 0)) return;
		const seen = new Set<number>();
		for (const kind of kinds) {
			if (seen.has(kind.group) || !kind.serves[stop]) continue;
			const first = firstSlot[kind.index] as number;
			let slot = first;
			while (slot < first + kind.count && (slots[slot] || refused.includes(slot))) slot++;
			if (slot === first + kind.count) continue;
			seen.add(kind.group);
			consider(slot, scheduler.empty(kind), 0, stop);
		}
	}

	/** @returns whether the stop is placed; one that may be left out must be worth its way */
	function insert(stop: number, worth: number): boolean {
		const refused: number[] = [];
		for (;;) {
			bestSlot = -1;
			bestDelta = worth;
			if (size <= fewStops) considerAll(stop, refused);
			else considerNear(stop, refused);
			considerNew(stop, refused);
			if (bestSlot < 0 && !isOptional(stop)) {
				// Perhaps the only place was overlooked.
				isBlinking = false;
				considerAll(stop, refused);
				considerNew(stop, refused);
				isBlinking = true;
			}
			if (bestSlot < 0) return false;
			const old = slots[bestSlot];
			const kind = slotKind[bestSlot] as Kind;
			const stops = old ? old.stops.toSpliced(bestAt, 0, stop) : [stop];
			const tour = scheduler.tour(kind, stops, old ?? undefined);
			if (tour) {
				put(bestSlot, tour);
				return true;
			}
			refused.push(bestSlot);
		}
	}

	/** Removes stops from tours; whatever comes after one of them goes with it. */
	function remove(chosen: readonly number[], out: number[]): void {
		const gone = new Set(chosen);
		if (ordered)
			for (const stop of gone)
				for (const other of dependents[stop] as readonly number[])
					if ((slotOf[other] as number) >= 0) gone.add(other);
		const touched = new Set<number>();
		for (const stop of gone) {
			touched.add(slotOf[stop] as number);
			out.push(stop);
		}
		for (const slot of touched) {
			const old = slots[slot] as Tour;
			const stops = old.stops.filter((stop) => !gone.has(stop));
			const tour = stops.length ? scheduler.tour(old.kind, stops, old) : null;
			// Where the way between two neighbours is longer than the detour was, the rest may not hold: all of it is placed anew.
			if (stops.length && !tour) out.push(...stops);
			put(slot, tour);
		}
	}

	function ruin(): number[] {
		const out: number[] = [];
		stamp++;
		const seed = random.below(size);
		const placed = size - missing.length;
		const longest = Math.min(longestString, placed / Math.max(1, routes));
		const strings = Math.floor(random.next() * ((4 * averageRemoved) / (1 + longest) - 1) + 1);
		let done = 0;
		let outsiders = 0;
		for (let i = -1; i < near && done < strings; i++) {
			const stop = i < 0 ? seed : (neighbours[seed * near + i] as number);
			const slot = slotOf[stop] as number;
			if (slot < 0) {
				if (isOptional(stop) && outsiders < outsidersTried && !out.includes(stop)) {
					out.push(stop);
					outsiders++;
				}
				continue;
			}
			if (ruined[slot] === stamp) continue;
			const tour = slots[slot] as Tour;
			const length = 1 + Math.floor(random.next() * Math.min(tour.stops.length, longest));
			remove(string(tour, placeOf[stop] as number, length), out);
			ruined[slot] = stamp;
			done++;
		}
		return out;
	}

	/** So many stops in a row around one of them, or with some kept in between. */
	function string({ stops }: Tour, around: number, length: number): number[] {
		const total = stops.length;
		let kept = 0;
		if (length > 1 && length < total && random.next() < splitRate) {
			kept = 1;
			while (length + kept < total && random.next() < splitDepth) kept++;
		}
		const span = length + kept;
		const low = Math.max(0, around - span + 1);
		const first = low + random.below(Math.min(around, total - span) - low + 1);
		const skip = kept ? first + 1 + random.below(length - 1) : total;
		const chosen: number[] = [];
		for (let at = first; at < first + span; at++)
			if (at < skip || at >= skip + kept) chosen.push(stops[at] as number);
		return chosen;
	}

	function sort(stops: number[]): void {
		const draw = random.below(isTimed ? 17 : 11);
		const by = (key: (stop: number) => number) => {
			stops.sort((a, b) => key(a) - key(b));
		};
		if (draw < 4) {
			for (let i = stops.length - 1; i > 0; i--) {
				const j = random.below(i + 1);
				const other = stops[j] as number;
				stops[j] = stops[i] as number;
				stops[i] = other;
			}
		} else if (draw < 8) by((stop) => -(size0[stop] as number));
		else if (draw < 10) by((stop) => -(far[stop] as number));
		else if (draw < 11) by((stop) => far[stop] as number);
		else if (draw < 13) by((stop) => (closes[stop] as number) - (opens[stop] as number));
		else if (draw < 15) by((stop) => opens[stop] as number);
		else by((stop) => -(closes[stop] as number));
		if (ordered) {
			const wanted = new Set(stops);
			stops.length = 0;
			const add = (stop: number) => {
				if (!wanted.delete(stop)) return;
				for (const other of after[stop] as readonly number[]) add(other);
				stops.push(stop);
			};
			for (const stop of [...wanted]) add(stop);
		}
	}

	function recreate(out: number[]): void {
		sort(out);
		// Several stops in the same corner may be worth a way that none of them is alone.
		const generosity = random.next() < 0.1 ? 1 + 4 * random.next() : 1;
		const left: number[] = [];
		for (const stop of out) {
			const worth = isOptional(stop) ? (prize[stop] as number) * generosity : Number.POSITIVE_INFINITY;
			if (!insert(stop, worth) && !isOptional(stop)) left.push(stop);
		}
		missing = left;
	}

	function disturb(): void {
		log = [];
		costBefore = cost;
		missingBefore = missing;
		recreate([...missing, ...ruin()]);
	}

	function undo(): void {
		for (const { slot } of log) for (const stop of slots[slot]?.stops ?? []) slotOf[stop] = -1;
		for (const { slot, tour } of log.reverse()) {
			if (slots[slot]) routes--;
			if (tour) routes++;
			slots[slot] = tour;
		}
		for (const { slot } of log)
			slots[slot]?.stops.forEach((stop, at) => {
				slotOf[stop] = slot;
				placeOf[stop] = at;
			});
		log = [];
		cost = costBefore;
		missing = missingBefore;
	}

	function keep(): () => void {
		const kept = { slots: [...slots], missing, cost, routes };
		return () => {
			slotOf.fill(-1);
			kept.slots.forEach((tour, slot) => {
				slots[slot] = tour;
				tour?.stops.forEach((stop, at) => {
					slotOf[stop] = slot;
					placeOf[stop] = at;
				});
			});
			({ missing, cost, routes } = kept);
		};
	}

	function dropRoute(absences: Float64Array): void {
		let least = Number.POSITIVE_INFINITY;
		let chosen = -1;
		slots.forEach((tour, slot) => {
			const sum = tour?.stops.reduce((total, stop) => total + (absences[stop] as number), 0);
			if (sum !== undefined && sum < least) {
				least = sum;
				chosen = slot;
			}
		});
		const stops = slots[chosen]?.stops ?? [];
		put(chosen, null);
		missing = [...missing, ...stops.filter((stop) => !isOptional(stop))];
	}

	function begin(): void {
		for (const { vehicle, stops } of initial ?? []) {
			const kind = kinds.find(({ index }) => problem.problem.vehicles[index]?.id === vehicle);
			if (!kind) continue;
			const first = firstSlot[kind.index] as number;
			const slot = slotKind.findIndex((_, i) => i >= first && i < first + kind.count && !slots[i]);
			if (slot < 0) continue;
			for (const id of stops) {
				const stop = problem.problem.stops.findIndex((one) => one.id === id);
				if (stop < 0 || (slotOf[stop] as number) >= 0 || !kind.serves[stop]) continue;
				const old = slots[slot] ?? undefined;
				const at = old?.stops.length ?? 0;
				if (ordered) {
					const [low, high] = range(slot, old ?? scheduler.empty(kind), stop);
					if (at < low || at > high) continue;
				}
				const tour = scheduler.tour(kind, [...(old?.stops ?? []), stop], old);
				if (tour) put(slot, tour);
			}
		}
		recreate(Array.from({ length: size }, (_, stop) => stop).filter((stop) => (slotOf[stop] as number) < 0));
	}
	begin();

	return {
		scheduler,
		cost: () => cost,
		missing: () => missing,
		hasMissing: () => missing.length > 0,
		routes: () => routes,
		disturb,
		undo,
		keep,
		allow: (count) => {
			limit = count;
		},
		dropRoute,
		driven: () =>
			slots.flatMap((tour, slot) =>
				tour ? [{ tour, instance: slot - (firstSlot[tour.kind.index] as number) }] : [],
			),
		unserved: () => [...slotOf.keys()].filter((stop) => (slotOf[stop] as number) < 0),
		averageArc: () => {
			const driven = slots.reduce((sum, tour) => sum + (tour ? tour.cost - tour.kind.fixed : 0), 0);
			return driven / Math.max(1, size + routes);
		},
	};
}
