/**
 * States of the largest strongly connected component, in which each reaches all others, and of those at least half as
 * large: on a ring road the two directions are two components. Tarjan (1972), without recursion.
 * @param first moves of state s are target[first[s]] up to target[first[s + 1]]
 */
export function largestComponents(first: Uint32Array, target: Uint32Array): Uint32Array {
	const states = first.length - 1;
	const index = new Int32Array(states).fill(-1);
	const low = new Int32Array(states);
	const onStack = new Uint8Array(states);
	const stack = new Uint32Array(states);
	const path = new Uint32Array(states);
	const cursor = new Uint32Array(states);
	const component = new Uint32Array(states);
	const sizes: number[] = [];
	let counter = 0;
	let height = 0;
	for (let root = 0; root < states; root++) {
		if ((index[root] ?? 0) >= 0) continue;
		let depth = 0;
		path[0] = root;
		while (depth >= 0) {
			const state = path[depth] ?? 0;
			if ((index[state] ?? 0) < 0) {
				index[state] = low[state] = counter++;
				stack[height++] = state;
				onStack[state] = 1;
				cursor[state] = first[state] ?? 0;
			}
			let descended = false;
			while ((cursor[state] ?? 0) < (first[state + 1] ?? 0)) {
				const next = target[cursor[state] ?? 0] ?? 0;
				cursor[state] = (cursor[state] ?? 0) + 1;
				if ((index[next] ?? 0) < 0) {
					path[++depth] = next;
					descended = true;
					break;
				}
				if (onStack[next]) low[state] = Math.min(low[state] ?? 0, index[next] ?? 0);
			}
			if (descended) continue;
			if (low[state] === index[state]) {
				const end = height;
				let member = -1;
				while (member !== state) {
					member = stack[--height] ?? 0;
					onStack[member] = 0;
					component[member] = sizes.length;
				}
				sizes.push(end - height);
			}
			depth--;
			if (depth >= 0) {
				const above = path[depth] ?? 0;
				low[above] = Math.min(low[above] ?? 0, low[state] ?? 0);
			}
		}
	}
	const least = sizes.reduce((most, size) => Math.max(most, size), 0) / 2;
	return Uint32Array.from(component.keys()).filter((state) => (sizes[component[state] ?? 0] ?? 0) >= least);
}
