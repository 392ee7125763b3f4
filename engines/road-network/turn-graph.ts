import { forbiddenTurns } from './forbidden-turns.ts';
import { growing } from './growing.ts';
import { largestComponents } from './largest-components.ts';
import { edgePoints, type Network } from './network.ts';
import { bit, roadClasses, speedOf } from './profiles.ts';
import { localEntryWeight, turnRoundSeconds, turnSeconds, type Vehicle } from './vehicle.ts';

/**
 * What one vehicle may do: states are arcs it drives (several for an arc that lies on a restriction by way of others),
 * moves lead from the end of an arc to the end of the next. A path over moves is exactly a lawful way.
 */
export interface TurnGraph {
	states: number;
	stateArc: Uint32Array;
	/** First state of an arc, where one begins without history; -1 where the vehicle may not drive it. */
	arcState: Int32Array;
	/** Further states of an arc, by arc. */
	moreStates: ReadonlyMap<number, readonly number[]>;
	/** Moves of state s: first[s] up to first[s + 1]. */
	first: Uint32Array;
	target: Uint32Array;
	/** Seconds of the turn and of the arc it leads to; weight adds what keeps through traffic out. */
	seconds: Float32Array;
	weight: Float32Array;
	arcSeconds: Float64Array;
	/** 1: an arc from which all of the main network can be reached, and that can be reached from it. */
	connected: Uint8Array;
	/** Edges that the vehicle may drive and that are cut off from the rest. */
	cutOff: number;
}

export function buildTurnGraph(network: Network, vehicle: Vehicle): TurnGraph {
	const { profile } = vehicle;
	const mine = bit[profile];
	const edges = network.edgeFrom.length;
	const truck = profile === 'truck';
	const [height, weight, width] = [
		truck ? Math.round((vehicle.heightMeters ?? 0) * 100) : 0,
		truck ? Math.round((vehicle.weightTonnes ?? 0) * 100) : 0,
		truck ? Math.round((vehicle.widthMeters ?? 0) * 100) : 0,
	];
	const over = (limit: number | undefined, size: number) => !!limit && size > limit;
	const allowed = (arc: number): boolean => {
		const edge = arc >>> 1;
		return (
			((network.edgeAccess[edge] ?? 0) & (arc & 1 ? mine << 4 : mine)) !== 0 &&
			!over(network.edgeHeight[edge], height) &&
			!over(network.edgeWeight[edge], weight) &&
			!over(network.edgeWidth[edge], width)
		);
	};
	const blocked = (node: number) =>
		((network.nodeBarrier[node] ?? 0) & mine) !== 0 || over(network.nodeHeight[node], height);
	const head = (arc: number) => (arc & 1 ? network.edgeFrom : network.edgeTo)[arc >>> 1] ?? 0;
	const tail = (arc: number) => head(arc ^ 1);

	const { start: outStart, arcs: outArcs } = arcsOut(network, allowed, tail);
	/** Lawful exits at the end of an arc before any restriction; turning round only where there is nothing else. */
	const exits = (arc: number): number[] => {
		const node = head(arc);
		const found: number[] = [];
		if (!blocked(node))
			for (let i = outStart[node] ?? 0; i < (outStart[node + 1] ?? 0); i++) {
				const out = outArcs[i] ?? 0;
				if (out !== (arc ^ 1)) found.push(out);
			}
		if (!found.length && allowed(arc ^ 1)) found.push(arc ^ 1);
		return found;
	};

	const arcSeconds = new Float64Array(edges * 2);
	const bearings = new Float32Array(edges * 2);
	for (let edge = 0; edge < edges; edge++) {
		const kind = roadClasses[network.edgeClass[edge] ?? 0] ?? 'road';
		const meters = network.edgeMeters[edge] ?? 0;
		arcSeconds[edge * 2] = (meters * 3.6) / speedOf(profile, kind, network.edgeSpeedForward[edge] ?? 1);
		arcSeconds[edge * 2 + 1] = (meters * 3.6) / speedOf(profile, kind, network.edgeSpeedBackward[edge] ?? 1);
		const points = edgePoints(network, edge);
		bearings[edge * 2] = bearing(points, 0, 2);
		bearings[edge * 2 + 1] = bearing(points, points.length - 2, points.length - 4);
	}
	/** How a turn costs: by its angle where roads meet, by lights, by turning round. */
	const turn = (from: number, to: number): number => {
		if (to === (from ^ 1)) return turnRoundSeconds[profile];
		const node = head(from);
		const signals = network.nodeSignals[node] === 1;
		const meet = (outStart[node + 1] ?? 0) - (outStart[node] ?? 0) > 2;
		// The bearing at the end of an arc is that of its reverse, turned round.
		const degrees = meet ? wrapped((bearings[to] ?? 0) - (bearings[from ^ 1] ?? 0) - 180) : 0;
		return meet || signals ? turnSeconds(profile, degrees, signals) : 0;
	};

	const turns = forbiddenTurns(network, mine, allowed, exits);
	const arcState = new Int32Array(edges * 2).fill(-1);
	const stateArc = growing(Uint32Array);
	const memory: number[] = [];
	for (let arc = 0; arc < edges * 2; arc++)
		if (allowed(arc)) {
			arcState[arc] = stateArc.length;
			stateArc.push(arc);
			memory.push(turns.begin(arc));
		}
	const moreStates = new Map<number, number[]>();
	const byMemory = new Map<number, number>();
	const stateFor = (arc: number, remembered: number): number => {
		if (turns.depth(remembered) < 2) return arcState[arc] ?? 0;
		let state = byMemory.get(remembered);
		if (state === undefined) {
			state = stateArc.length;
			stateArc.push(arc);
			memory.push(remembered);
			byMemory.set(remembered, state);
			moreStates.set(arc, [...(moreStates.get(arc) ?? []), state]);
		}
		return state;
	};

	const first = growing(Uint32Array);
	const target = growing(Uint32Array);
	const seconds = growing(Float64Array);
	const weights = growing(Float64Array);
	first.push(0);
	// States that restrictions add are found on the way, at the end of the list.
	for (let state = 0; state < stateArc.length; state++) {
		const arc = stateArc.at(state);
		const local = ((network.edgeLocal[arc >>> 1] ?? 0) & mine) !== 0;
		for (const exit of exits(arc)) {
			const remembered = turns.next(memory[state] ?? 0, exit);
			if (remembered < 0) continue;
			const spent = turn(arc, exit) + (arcSeconds[exit] ?? 0);
			const enters = !local && ((network.edgeLocal[exit >>> 1] ?? 0) & mine) !== 0;
			target.push(stateFor(exit, remembered));
			seconds.push(spent);
			weights.push(spent + (enters ? localEntryWeight : 0));
		}
		first.push(target.length);
	}
	const graph = {
		states: stateArc.length,
		stateArc: stateArc.finish(),
		arcState,
		moreStates,
		first: first.finish(),
		target: target.finish(),
		seconds: Float32Array.from(seconds.finish()),
		weight: Float32Array.from(weights.finish()),
		arcSeconds,
	};
	const connected = new Uint8Array(edges * 2);
	for (const state of largestComponents(graph.first, graph.target)) connected[graph.stateArc[state] ?? 0] = 1;
	let cutOff = 0;
	for (let edge = 0; edge < edges; edge++)
		if ((allowed(edge * 2) || allowed(edge * 2 + 1)) && !connected[edge * 2] && !connected[edge * 2 + 1])
			cutOff++;
	return { ...graph, connected, cutOff };
}

function arcsOut(
	network: Network,
	allowed: (arc: number) => boolean,
	tail: (arc: number) => number,
): { start: Uint32Array; arcs: Uint32Array } {
	const start = new Uint32Array(network.nodeLongitude.length + 1);
	const count = network.edgeFrom.length * 2;
	for (let arc = 0; arc < count; arc++)
		if (allowed(arc)) start[tail(arc) + 1] = (start[tail(arc) + 1] ?? 0) + 1;
	for (let node = 1; node < start.length; node++) start[node] = (start[node] ?? 0) + (start[node - 1] ?? 0);
	const arcs = new Uint32Array(start.at(-1) ?? 0);
	const filled = start.slice();
	for (let arc = 0; arc < count; arc++)
		if (allowed(arc)) {
			const node = tail(arc);
			const at = filled[node] ?? 0;
			arcs[at] = arc;
			filled[node] = at + 1;
		}
	return { start, arcs };
}

/** Degrees counter-clockwise from east, from one point of a line to another. */
function bearing(points: readonly number[], from: number, to: number): number {
	const [x = 0, y = 0] = points.slice(from, from + 2);
	const [toX = 0, toY = 0] = points.slice(to, to + 2);
	return (Math.atan2(toY - y, (toX - x) * Math.cos((y * Math.PI) / 1.8e9)) * 180) / Math.PI;
}

const wrapped = (degrees: number) => ((((degrees + 180) % 360) + 360) % 360) - 180;
