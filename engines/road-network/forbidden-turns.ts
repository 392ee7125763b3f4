import type { Network } from './network.ts';

/**
 * Sequences of arcs that nobody may drive, as an automaton (Aho and Corasick, 1975): a state is the longest end of the way
 * so far with which a forbidden sequence begins.
 */
export interface ForbiddenTurns {
	/** State after a first arc; 0 where nothing begins with it. */
	begin(arc: number): number;
	/** State after one more arc, or -1 where that completes a forbidden sequence. */
	next(state: number, arc: number): number;
	/** How many arcs of a sequence the state stands for. */
	depth(state: number): number;
}

/** @param exits arcs that this vehicle may take out of the node where an arc ends */
export function forbiddenTurns(
	network: Network,
	binds: number,
	allowed: (arc: number) => boolean,
	exits: (arc: number) => readonly number[],
): ForbiddenTurns {
	const children: Map<number, number>[] = [new Map()];
	const depths = [0];
	const forbidden = [false];
	const insert = (arcs: readonly number[]) => {
		let state = 0;
		for (const arc of arcs) {
			let next = children[state]?.get(arc);
			if (next === undefined) {
				next = children.length;
				children.push(new Map());
				depths.push((depths[state] ?? 0) + 1);
				forbidden.push(false);
				children[state]?.set(arc, next);
			}
			state = next;
		}
		forbidden[state] = true;
	};
	for (let i = 0; i < network.restrictionOnly.length; i++) {
		if (!((network.restrictionBinds[i] ?? 0) & binds)) continue;
		const arcs = [
			...network.restrictionArcs.subarray(network.restrictionStart[i], network.restrictionStart[i + 1]),
		];
		// What one may not enter anyway forbids nothing, and must not be the only way left.
		if (!arcs.every(allowed)) continue;
		if (network.restrictionOnly[i] === 0) {
			insert(arcs);
			continue;
		}
		// Once on the first via way coming from `from`, one follows to the end; before that nothing is asked.
		for (let length = arcs.length > 2 ? 2 : 1; length < arcs.length; length++) {
			const so = arcs.slice(0, length);
			for (const exit of exits(so.at(-1) ?? 0)) if (exit !== arcs[length]) insert([...so, exit]);
		}
	}

	const fallback = new Int32Array(children.length);
	const order = [0];
	for (let at = 0; at < order.length; at++) {
		const state = order[at] ?? 0;
		for (const [arc, child] of children[state] ?? []) {
			order.push(child);
			if (state === 0) continue;
			let back = fallback[state] ?? 0;
			while (back && !children[back]?.has(arc)) back = fallback[back] ?? 0;
			fallback[child] = children[back]?.get(arc) ?? 0;
			if (forbidden[fallback[child] ?? 0]) forbidden[child] = true;
		}
	}
	return {
		begin: (arc) => children[0]?.get(arc) ?? 0,
		next(from, arc) {
			let state = from;
			while (state && !children[state]?.has(arc)) state = fallback[state] ?? 0;
			const next = children[state]?.get(arc) ?? 0;
			return forbidden[next] ? -1 : next;
		},
		depth: (state) => depths[state] ?? 0,
	};
}
