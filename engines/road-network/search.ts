import { createHeap } from './heap.ts';
import type { Network } from './network.ts';
import type { Snap } from './snap.ts';
import type { TurnGraph } from './turn-graph.ts';

/** From one position to another. Infinity: no way. */
export interface Leg {
	meters: number;
	seconds: number;
}

export interface Search {
	/** Legs from one position to each of several. */
	toMany(from: Snap, to: readonly (Snap | null)[]): Leg[];
	/** The leg with the arcs it drives, first and last in part; null: no way. */
	toOne(from: Snap, to: Snap): (Leg & { arcs: number[] }) | null;
}

/**
 * Dijkstra over the moves of a vehicle. A state's distance is that to the *end* of its arc, so a target in the middle of an
 * arc is reached by what remains less; the first arc counts for the part ahead of the start.
 */
export function createSearch(network: Network, graph: TurnGraph): Search {
	const weight = new Float64Array(graph.states).fill(Infinity);
	const seconds = new Float64Array(graph.states);
	const meters = new Float64Array(graph.states);
	const parent = new Int32Array(graph.states);
	const wanted = new Uint8Array(graph.states);
	const heap = createHeap(weight);

	const lengthOf = (arc: number) => network.edgeMeters[arc >>> 1] ?? 0;
	/** Share of an arc that lies before a position on it, in the arc's direction. */
	const before = (arc: number, { along }: Snap) => (arc & 1 ? 1 - along : along);
	/** The arcs of a position's edge on which the vehicle can come and go. */
	const arcsOf = ({ edge }: Snap) => [edge * 2, edge * 2 + 1].filter((arc) => graph.connected[arc]);
	const statesOf = (arc: number): readonly number[] => {
		const more = graph.moreStates.get(arc);
		const state = graph.arcState[arc] ?? -1;
		return more ? [state, ...more] : [state];
	};

	function relax(
		from: number,
		baseWeight: number,
		baseSeconds: number,
		baseMeters: number,
		by: number,
	): void {
		const end = graph.first[from + 1] as number;
		for (let move = graph.first[from] as number; move < end; move++) {
			const next = graph.target[move] as number;
			const found = baseWeight + (graph.weight[move] as number);
			if (found >= (weight[next] as number)) continue;
			weight[next] = found;
			seconds[next] = baseSeconds + (graph.seconds[move] as number);
			meters[next] = baseMeters + (network.edgeMeters[(graph.stateArc[next] as number) >>> 1] as number);
			parent[next] = by;
			heap.update(next);
		}
	}

	/** Spread from a position until all wanted states are reached, or everything is. */
	function spread(from: Snap, targets: readonly number[]): void {
		weight.fill(Infinity);
		heap.clear();
		let missing = 0;
		for (const state of targets)
			if (!wanted[state]) {
				wanted[state] = 1;
				missing++;
			}
		for (const arc of arcsOf(from)) {
			const state = graph.arcState[arc] ?? -1;
			const ahead = 1 - before(arc, from);
			const time = (graph.arcSeconds[arc] ?? 0) * ahead;
			// The first arc is left, not driven whole: its state is reached only by coming round again. Its parent is known by sign.
			if (state >= 0) relax(state, time, time, lengthOf(arc) * ahead, -1 - arc);
		}
		while (heap.size && missing) {
			const state = heap.pop();
			if (wanted[state]) {
				wanted[state] = 0;
				missing--;
			}
			relax(state, weight[state] as number, seconds[state] as number, meters[state] as number, state);
		}
		for (const state of targets) wanted[state] = 0;
	}

	/** The best way to end at a position, after `spread`: by its state, or on the same arc without leaving it. */
	function best(from: Snap, to: Snap): (Leg & { weight: number; state: number; direct: number }) | null {
		let found: (Leg & { weight: number; state: number; direct: number }) | null = null;
		for (const arc of arcsOf(to)) {
			const there = before(arc, to);
			if (to.edge === from.edge && there >= before(arc, from)) {
				const share = there - before(arc, from);
				const time = (graph.arcSeconds[arc] ?? 0) * share;
				if (!found || time < found.weight)
					found = { weight: time, seconds: time, meters: lengthOf(arc) * share, state: -1, direct: arc };
			}
			const left = 1 - there;
			const timeLeft = (graph.arcSeconds[arc] ?? 0) * left;
			for (const state of statesOf(arc)) {
				const total = (weight[state] ?? Infinity) - timeLeft;
				if (total === Infinity || (found && total >= found.weight)) continue;
				found = {
					weight: total,
					seconds: Math.max(0, (seconds[state] ?? 0) - timeLeft),
					meters: Math.max(0, (meters[state] ?? 0) - lengthOf(arc) * left),
					state,
					direct: -1,
				};
			}
		}
		return found;
	}

	const targetStates = (to: Snap) => arcsOf(to).flatMap(statesOf);

	return {
		toMany(from, to) {
			spread(
				from,
				to.flatMap((snap) => (snap ? targetStates(snap) : [])),
			);
			return to.map((snap) => {
				const found = snap ? best(from, snap) : null;
				return found
					? { meters: found.meters, seconds: found.seconds }
					: { meters: Infinity, seconds: Infinity };
			});
		},
		toOne(from, to) {
			spread(from, targetStates(to));
			const found = best(from, to);
			if (!found) return null;
			const arcs: number[] = [];
			if (found.direct >= 0) arcs.push(found.direct);
			for (let state = found.state; state !== -1; ) {
				arcs.push(graph.stateArc[state] ?? 0);
				const above = parent[state] ?? -1;
				if (above < 0) {
					arcs.push(-1 - above);
					break;
				}
				state = above;
			}
			return { meters: found.meters, seconds: found.seconds, arcs: arcs.reverse() };
		},
	};
}
