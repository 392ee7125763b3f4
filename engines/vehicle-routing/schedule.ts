import type { Compiled, Kind } from './compile.ts';
import type { TimeWindow } from './problem.ts';

/**
 * A piece of a route as a function of when it begins: begun at s ≤ `latest`, it ends at max(`earliest`, s) + `duration`.
 * Pieces are put together in constant time (Vidal, Crainic, Gendreau & Prins 2013), so an insertion needs no walk along the route.
 */
export interface Label {
	/** Driving, and the time that cannot be avoided; waiting, overtime and the fixed cost come when the route is whole. */
	cost: number;
	meters: number;
	duration: number;
	earliest: number;
	latest: number;
	/** From the start on: how many breaks are behind. Towards the end: the first break it deals with. */
	breaks: number;
	/** From the start on: what is on board. Towards the end: how much may be on board when it begins. */
	load: readonly number[];
	/** The facility it has just come from (or goes to first), or -1 at a stop. */
	facility: number;
	parent: Label | null;
}

/** Stops in order for one vehicle, with everything needed to try one more anywhere. */
export interface Tour {
	kind: Kind;
	stops: readonly number[];
	/** forward[i]: before the i-th stop; backward[i]: from the i-th stop on. */
	forward: readonly (readonly Label[])[];
	backward: readonly (readonly Label[])[];
	cost: number;
	/** Whether time is spent waiting, so that a detour may cost nothing. */
	waits: boolean;
}

/** More labels than this a position are thinned out: the plan stays valid, only the moment to unload may be missed. */
const width = 6;
/** A break is looked for on legs that are begun at most so many seconds before its window, as far as can be told. */
const longestLeg = 5400;
/** Facilities tried between two stops. */
const facilitiesTried = 3;

/** All about timing, loads and cost of routes of one problem. */
export interface Scheduler {
	/** The best schedule of these stops in this order; null: there is none. The old tour lends what has not changed. */
	tour(kind: Kind, stops: readonly number[], old?: Tour): Tour | null;
	/** Cost of the tour with the stop put before its `at`-th, or Infinity; gives up early at `limit`. */
	withStop(tour: Tour, at: number, stop: number, limit: number): number;
	/** An empty route to insert into. */
	empty(kind: Kind): Tour;
	/** The labels of the best schedule, from start to end. */
	trace(tour: Tour): { labels: Label[]; start: number };
	/** Cost of the arc for this kind. */
	arc(kind: Kind, from: number, to: number): number;
}

export function createScheduler(problem: Compiled): Scheduler {
	const { locations, meters, seconds, location, demand, service, windows, dimensions } = problem;
	const { facilityLocation, facilityService, facilityWindows } = problem;
	const empties = new Map<Kind, Tour>();
	const nearFacilities = new Map<number, readonly number[]>();

	const metersOf = (from: number, to: number) =>
		from < 0 || to < 0 ? 0 : (meters[from * locations + to] as number);
	const secondsOf = (from: number, to: number) =>
		from < 0 || to < 0 ? 0 : (seconds[from * locations + to] as number);
	/** 0 × Infinity would be no number. */
	const times = (rate: number, amount: number) =>
		amount === Number.POSITIVE_INFINITY ? amount : rate * amount;
	const arc = (kind: Kind, from: number, to: number) =>
		times(kind.perMeter, metersOf(from, to)) + times(kind.perSecond, secondsOf(from, to));

	const fits = (load: readonly number[], room: readonly number[]) => {
		for (let d = 0; d < dimensions; d++) if ((load[d] as number) > (room[d] as number) + 1e-9) return false;
		return true;
	};

	/** After the label at `from`, so many breaks, the leg, and a service at `to`. */
	function append(
		kind: Kind,
		label: Label,
		from: number,
		to: number,
		pausesTaken: number,
		window: TimeWindow,
		serviceSeconds: number,
		load: readonly number[],
		facility: number,
	): Label | null {
		const pause = kind.pauses[label.breaks]?.[pausesTaken];
		if (!pause) return null;
		const leg = secondsOf(from, to);
		const distance = metersOf(from, to);
		const driven = label.duration + leg + pause.seconds;
		const ready = label.earliest + label.duration;
		if (ready > pause.latest) return null;
		const arrival = Math.max(label.earliest + driven, pause.notBefore);
		if (!(arrival <= window.to && distance + leg < Number.POSITIVE_INFINITY)) return null;
		const begin = Math.max(arrival, window.from);
		const total = driven + serviceSeconds;
		const far = label.meters + distance;
		if (far > kind.maximalMeters) return null;
		const latest = Math.min(label.latest, pause.latest - label.duration, window.to - driven);
		if (Math.max(total, begin + serviceSeconds - latest) > kind.maximalSeconds) return null;
		return {
			cost: label.cost + kind.perMeter * distance + kind.perSecond * (leg + pause.seconds + serviceSeconds),
			meters: far,
			duration: total,
			earliest: begin + serviceSeconds - total,
			latest,
			breaks: label.breaks + pausesTaken,
			load,
			facility,
			parent: label,
		};
	}

	/** A break that has to be waited for may as well come after the next service, if it still can and that one need not be waited for. */
	function isTooSoon(
		kind: Kind,
		label: Label,
		from: number,
		to: number,
		pausesTaken: number,
		window: TimeWindow,
		serviceSeconds: number,
	): boolean {
		if (pausesTaken === 0) return false;
		const pause = kind.breaks[label.breaks + pausesTaken - 1] as Kind['breaks'][number];
		const arrival = label.earliest + label.duration + secondsOf(from, to);
		return arrival < pause.from && arrival >= window.from && arrival + serviceSeconds <= pause.to;
	}

	/** Before the label at `to`, the leg, so many breaks, and a service at `from`. */
	function prepend(
		kind: Kind,
		label: Label,
		from: number,
		to: number,
		pausesTaken: number,
		window: TimeWindow,
		serviceSeconds: number,
		load: readonly number[],
		facility: number,
	): Label | null {
		const pause = kind.pauses[label.breaks - pausesTaken]?.[pausesTaken];
		if (!pause || pause.notBefore > label.latest) return null;
		const leg = secondsOf(from, to);
		const distance = metersOf(from, to);
		const tail = leg + pause.seconds;
		const latest = Math.min(label.latest - tail, pause.latest) - serviceSeconds;
		if (!(window.from <= latest && distance + leg < Number.POSITIVE_INFINITY)) return null;
		const far = label.meters + distance;
		if (far > kind.maximalMeters) return null;
		const total = serviceSeconds + tail + label.duration;
		if (total > kind.maximalSeconds) return null;
		return {
			cost: label.cost + kind.perMeter * distance + kind.perSecond * (tail + serviceSeconds),
			meters: far,
			duration: total,
			earliest: Math.max(window.from, Math.max(label.earliest, pause.notBefore) - tail - serviceSeconds),
			latest: Math.min(window.to, latest),
			breaks: label.breaks - pausesTaken,
			load,
			facility,
			parent: label,
		};
	}

	let waited = 0;
	let leastWaited = 0;
	/** Cost of the whole route made of the two pieces with a leg between, or Infinity. */
	function join(kind: Kind, head: Label, tail: Label, from: number, to: number): number {
		if (!fits(head.load, tail.load)) return Number.POSITIVE_INFINITY;
		const pause = kind.pauses[head.breaks]?.[tail.breaks - head.breaks];
		if (!pause) return Number.POSITIVE_INFINITY;
		const leg = secondsOf(from, to);
		const distance = metersOf(from, to);
		const driven = head.duration + leg + pause.seconds;
		const arrival = Math.max(head.earliest + driven, pause.notBefore);
		if (head.earliest + head.duration > pause.latest || !(arrival <= tail.latest))
			return Number.POSITIVE_INFINITY;
		if (
			!(
				distance + leg < Number.POSITIVE_INFINITY &&
				head.meters + distance + tail.meters <= kind.maximalMeters
			)
		)
			return Number.POSITIVE_INFINITY;
		const latest = Math.min(head.latest, pause.latest - head.duration, tail.latest - driven);
		const busy = driven + tail.duration;
		const whole = Math.max(busy, Math.max(arrival, tail.earliest) + tail.duration - latest);
		if (whole > kind.maximalSeconds) return Number.POSITIVE_INFINITY;
		waited = whole - busy;
		return (
			head.cost +
			tail.cost +
			kind.fixed +
			kind.perMeter * distance +
			kind.perSecond * (leg + pause.seconds + whole - busy) +
			(whole > kind.overtimeAfter ? (whole - kind.overtimeAfter) * kind.overtimePerSecond : 0)
		);
	}

	const locationOf = (label: Label, otherwise: number) =>
		label.facility >= 0 ? (facilityLocation[label.facility] as number) : otherwise;

	/** The facilities worth a look between two places. */
	function facilitiesBetween(kind: Kind, from: number, to: number): readonly number[] {
		if (kind.facilities.length <= facilitiesTried) return kind.facilities;
		const key = (kind.index * (locations + 1) + from + 1) * (locations + 1) + to + 1;
		let found = nearFacilities.get(key);
		if (!found) {
			const detour = (f: number) =>
				arc(kind, from, facilityLocation[f] as number) + arc(kind, facilityLocation[f] as number, to);
			found = kind.facilities.toSorted((a, b) => detour(a) - detour(b)).slice(0, facilitiesTried);
			nearFacilities.set(key, found);
		}
		return found;
	}

	/** Labels that have unloaded on the way from `from` to `to`. */
	function unloaded(
		kind: Kind,
		labels: readonly Label[],
		from: number,
		to: number,
		needed: (label: Label) => boolean,
	): Label[] {
		const found: Label[] = [];
		for (const label of labels) {
			if (!needed(label)) continue;
			for (const f of facilitiesBetween(kind, from, to)) {
				const at = facilityLocation[f] as number;
				for (let taken = 0; label.breaks + taken <= kind.breaks.length; taken++)
					for (const window of facilityWindows[f] as readonly TimeWindow[]) {
						if (isTooSoon(kind, label, from, at, taken, window, facilityService[f] as number)) continue;
						const next = append(kind, label, from, at, taken, window, facilityService[f] as number, zeros, f);
						if (next) found.push(next);
					}
			}
		}
		return found;
	}
	const zeros: readonly number[] = new Array(dimensions).fill(0);

	/** A quarter of what fits must be on board before a detour to unload is tried, unless it must be. */
	const heavy = (kind: Kind, label: Label) => {
		for (let d = 0; d < dimensions; d++)
			if ((label.load[d] as number) > 0.25 * (kind.capacity[d] as number)) return true;
		return false;
	};
	const loaded = (label: Label) => label.load.some((value) => value > 0);

	function forwardStep(kind: Kind, labels: readonly Label[], from: number, stop: number): readonly Label[] {
		const to = location[stop] as number;
		const found: Label[] = [];
		const wanted = demand[stop] as readonly number[];
		const add = (list: readonly Label[]) => {
			for (const label of list) {
				const load = sum(label.load, wanted);
				if (!fits(load, kind.capacity)) continue;
				const at = locationOf(label, from);
				for (let taken = 0; label.breaks + taken <= kind.breaks.length; taken++)
					for (const window of windows[stop] as readonly TimeWindow[]) {
						if (isTooSoon(kind, label, at, to, taken, window, service[stop] as number)) continue;
						const next = append(kind, label, at, to, taken, window, service[stop] as number, load, -1);
						if (next) found.push(next);
					}
			}
		};
		add(labels);
		if (kind.facilities.length)
			add(
				unloaded(
					kind,
					labels,
					from,
					to,
					(label) => heavy(kind, label) || (loaded(label) && !fits(sum(label.load, wanted), kind.capacity)),
				),
			);
		return thin(found, 1);
	}

	/** @param ready when the stop is served at the earliest, as far as is known: breaks are taken about when they are due */
	function backwardStep(
		kind: Kind,
		labels: readonly Label[],
		stop: number,
		to: number,
		ready: number,
	): readonly Label[] {
		const from = location[stop] as number;
		const found: Label[] = [];
		const wanted = demand[stop] as readonly number[];
		const most = (label: Label) => {
			let taken = 0;
			while (taken < label.breaks) {
				const pause = kind.breaks[label.breaks - taken - 1] as Kind['breaks'][number];
				if (ready > pause.to || ready + longestLeg < pause.from) break;
				taken++;
			}
			return taken;
		};
		const add = (list: readonly Label[]) => {
			for (const label of list) {
				const load = difference(label.load, wanted);
				if (!load) continue;
				const at = locationOf(label, to);
				for (let taken = 0; taken <= most(label); taken++)
					for (const window of windows[stop] as readonly TimeWindow[]) {
						const next = prepend(kind, label, from, at, taken, window, service[stop] as number, load, -1);
						if (next) found.push(next);
					}
			}
		};
		add(labels);
		if (kind.facilities.length) {
			const before: Label[] = [];
			for (const label of labels) {
				// Where all room is left there is nothing to unload for.
				if (
					label.load.every((value, d) => value >= 0.75 * (kind.capacity[d] as number)) &&
					difference(label.load, wanted)
				)
					continue;
				for (const f of facilitiesBetween(kind, from, to))
					for (let taken = 0; taken <= most(label); taken++)
						for (const window of facilityWindows[f] as readonly TimeWindow[]) {
							const next = prepend(
								kind,
								label,
								facilityLocation[f] as number,
								to,
								taken,
								window,
								facilityService[f] as number,
								kind.capacity,
								f,
							);
							if (next) before.push(next);
						}
			}
			add(before);
		}
		return thin(found, -1);
	}

	const sum = (load: readonly number[], more: readonly number[]): readonly number[] => {
		if (more.every((value) => value === 0)) return load;
		return load.map((value, d) => value + (more[d] as number));
	};
	const difference = (room: readonly number[], less: readonly number[]): readonly number[] | null => {
		if (less.every((value) => value === 0)) return room;
		const left = room.map((value, d) => value - (less[d] as number));
		return left.every((value) => value >= -1e-9) ? left : null;
	};

	/** Without labels that another beats in everything; load counts the less the better (1) or the more (-1). */
	function thin(labels: Label[], sense: 1 | -1): readonly Label[] {
		if (labels.length <= 1) return labels;
		labels.sort((a, b) => a.cost - b.cost);
		const kept: Label[] = [];
		for (const label of labels) {
			let beaten = false;
			for (const other of kept)
				if (
					other.breaks === label.breaks &&
					other.duration <= label.duration + 1e-9 &&
					other.meters <= label.meters + 1e-9 &&
					other.latest >= label.latest &&
					other.earliest + other.duration <= label.earliest + label.duration &&
					(sense === 1 ? fits(other.load, label.load) : fits(label.load, other.load))
				) {
					beaten = true;
					break;
				}
			if (!beaten) kept.push(label);
		}
		const last = kept.length - 1;
		while (kept.length > width) {
			// The one whose neighbour does nearly as well; never the cheapest, never the last.
			let worst = 1;
			for (let i = 2; i < Math.min(last, kept.length - 1); i++)
				if (
					(kept[i + 1] as Label).cost - (kept[i] as Label).cost <
					(kept[worst + 1] as Label).cost - (kept[worst] as Label).cost
				)
					worst = i;
			kept.splice(worst, 1);
		}
		return kept;
	}

	function firstLabels(kind: Kind): readonly Label[] {
		// A break whose window has passed when the route starts is not due.
		return Array.from({ length: kind.breaks.length + 1 }, (_, breaks) => ({
			cost: 0,
			meters: 0,
			duration: 0,
			earliest: Math.max(kind.from, ...kind.breaks.slice(0, breaks).map(({ to }) => to)),
			latest: Number.POSITIVE_INFINITY,
			breaks,
			load: kind.load,
			facility: -1,
			parent: null,
		})).filter(({ earliest }) => earliest <= kind.to);
	}

	function lastLabels(kind: Kind): readonly Label[] {
		// Nor is one whose window is still open when it ends.
		return Array.from({ length: kind.breaks.length + 1 }, (_, breaks) => ({
			cost: 0,
			meters: 0,
			duration: 0,
			earliest: Number.NEGATIVE_INFINITY,
			latest: Math.min(kind.to, ...kind.breaks.slice(breaks).map(({ to }) => to)),
			breaks,
			load: kind.emptyAtEnd ? zeros : kind.capacity,
			facility: -1,
			parent: null,
		})).toReversed();
	}

	/** Every way to put two sides together, a facility between them included. */
	function joinAll(
		kind: Kind,
		heads: readonly Label[],
		tails: readonly Label[],
		from: number,
		to: number,
		limit: number,
	): number {
		let best = limit;
		let found = Number.POSITIVE_INFINITY;
		const cheapest = tails[0]?.cost ?? 0;
		for (const head of heads) {
			if (head.cost + kind.fixed + cheapest >= best) continue;
			const at = locationOf(head, from);
			for (const tail of tails) {
				const cost = join(kind, head, tail, at, to);
				if (cost < best) {
					best = cost;
					found = cost;
					leastWaited = waited;
				}
			}
		}
		return found;
	}
	function joinWays(
		kind: Kind,
		heads: readonly Label[],
		tails: readonly Label[],
		from: number,
		to: number,
		limit: number,
	): number {
		const direct = joinAll(kind, heads, tails, from, to, limit);
		if (!kind.facilities.length) return direct;
		const needed = (label: Label) =>
			label.cost + kind.fixed < limit &&
			loaded(label) &&
			(heavy(kind, label) || !tails.some((tail) => fits(label.load, tail.load)));
		const ways = unloaded(kind, heads, from, to, needed);
		return ways.length
			? Math.min(direct, joinAll(kind, ways, tails, from, to, Math.min(limit, direct)))
			: direct;
	}

	const placeAt = (kind: Kind, stops: readonly number[], at: number) =>
		at < 0 ? kind.start : at >= stops.length ? kind.end : (location[stops[at] as number] as number);

	function tour(kind: Kind, stops: readonly number[], old?: Tour): Tour | null {
		if (stops.length > kind.maximalStops) return null;
		const { length } = stops;
		let same = 0;
		let sameEnd = 0;
		if (old) {
			const most = Math.min(length, old.stops.length);
			while (same < most && stops[same] === old.stops[same]) same++;
			while (sameEnd < most && stops[length - 1 - sameEnd] === old.stops[old.stops.length - 1 - sameEnd])
				sameEnd++;
		}
		const base = empty(kind);
		const forward: (readonly Label[])[] = new Array(length + 1);
		const backward: (readonly Label[])[] = new Array(length + 1);
		forward[0] = base.forward[0] as readonly Label[];
		backward[length] = base.backward[0] as readonly Label[];
		for (let i = 0; i < length; i++) {
			if (old && i < same) forward[i + 1] = old.forward[i + 1] as readonly Label[];
			else
				forward[i + 1] = forwardStep(
					kind,
					forward[i] as readonly Label[],
					placeAt(kind, stops, i - 1),
					stops[i] as number,
				);
			if (!forward[i + 1]?.length) return null;
		}
		for (let i = length - 1; i >= 0; i--) {
			if (old && length - i <= sameEnd)
				backward[i] = old.backward[old.stops.length - (length - i)] as readonly Label[];
			else
				backward[i] = backwardStep(
					kind,
					backward[i + 1] as readonly Label[],
					stops[i] as number,
					placeAt(kind, stops, i + 1),
					(forward[i + 1] as readonly Label[]).reduce(
						(least, { earliest, duration }) => Math.min(least, earliest + duration),
						Number.POSITIVE_INFINITY,
					),
				);
		}
		const cost = joinWays(
			kind,
			forward[length] as readonly Label[],
			backward[length] as readonly Label[],
			placeAt(kind, stops, length - 1),
			kind.end,
			Number.POSITIVE_INFINITY,
		);
		return cost === Number.POSITIVE_INFINITY
			? null
			: { kind, stops, forward, backward, cost, waits: leastWaited > 0 };
	}

	function empty(kind: Kind): Tour {
		let found = empties.get(kind);
		if (!found) {
			found = {
				kind,
				stops: [],
				forward: [firstLabels(kind)],
				backward: [lastLabels(kind)],
				cost: 0,
				waits: true,
			};
			empties.set(kind, found);
		}
		return found;
	}

	function withStop(old: Tour, at: number, stop: number, limit: number): number {
		const { kind, stops } = old;
		if (stops.length >= kind.maximalStops) return Number.POSITIVE_INFINITY;
		const heads = old.forward[at] as readonly Label[];
		const tails = old.backward[at] as readonly Label[];
		const head = heads[0];
		const tail = tails[0];
		if (!head || !tail) return Number.POSITIVE_INFINITY;
		const from = placeAt(kind, stops, at - 1);
		const to = placeAt(kind, stops, at);
		const here = location[stop] as number;
		const detour =
			arc(kind, from, here) +
			arc(kind, here, to) -
			arc(kind, from, to) +
			kind.perSecond * (service[stop] as number);
		// Where nobody waits a detour costs at least its way; several labels a place make that worth asking first.
		if (!kind.plain && !old.waits && old.cost + detour >= limit) return Number.POSITIVE_INFINITY;
		const least =
			head.cost +
			tail.cost +
			kind.fixed +
			arc(kind, from, here) +
			arc(kind, here, to) +
			kind.perSecond * (service[stop] as number);
		if (!(least < limit)) return Number.POSITIVE_INFINITY;
		if (kind.plain) {
			const wanted = demand[stop] as readonly number[];
			for (let d = 0; d < dimensions; d++)
				if ((head.load[d] as number) + (wanted[d] as number) > (tail.load[d] as number) + 1e-9)
					return Number.POSITIVE_INFINITY;
			const next = append(
				kind,
				head,
				from,
				here,
				0,
				(windows[stop] as readonly TimeWindow[])[0] as TimeWindow,
				service[stop] as number,
				head.load,
				-1,
			);
			return next ? join(kind, next, tail, here, to) : Number.POSITIVE_INFINITY;
		}
		return joinWays(kind, forwardStep(kind, heads, from, stop), tails, here, to, limit);
	}

	function trace({ kind, stops, forward, cost }: Tour): { labels: Label[]; start: number } {
		const from = placeAt(kind, stops, stops.length - 1);
		const heads = forward[stops.length] as readonly Label[];
		const all = kind.facilities.length ? [...heads, ...unloaded(kind, heads, from, kind.end, loaded)] : heads;
		let best: Label | null = null;
		let least = Number.POSITIVE_INFINITY;
		for (const head of all)
			for (const tail of lastLabels(kind)) {
				const at = locationOf(head, from);
				const whole = join(kind, head, tail, at, kind.end);
				if (whole < least) {
					least = whole;
					best = append(
						kind,
						head,
						at,
						kind.end,
						tail.breaks - head.breaks,
						{ from: Number.NEGATIVE_INFINITY, to: tail.latest },
						0,
						head.load,
						-1,
					);
				}
			}
		if (!best || least > cost + 1e-6 * Math.max(1, cost)) throw new Error('a tour lost its schedule');
		const labels: Label[] = [];
		for (let label: Label | null = best; label; label = label.parent) labels.push(label);
		return { labels: labels.reverse(), start: Math.min(best.earliest, best.latest) };
	}

	return { tour, withStop, empty, trace, arc };
}
