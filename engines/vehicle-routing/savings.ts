/** Depot 0 and stops 1…size with a cost for every leg, row by row. */
export interface Legs {
	size: number;
	/** (size + 1) × (size + 1). */
	costs: Float64Array;
	isSymmetric: boolean;
	demand: Float64Array;
	room: number;
}

/**
 * Parallel savings of Clarke & Wright (1964): every stop has a route of its own, and ends are joined where that saves most.
 * @param neighbours for each stop from 1 on `near` others that may follow it
 */
export function savings(
	{ size, costs, isSymmetric, demand, room }: Legs,
	neighbours: Int32Array,
	near: number,
): number[][] {
	const wide = size + 1;
	const from: number[] = [];
	const to: number[] = [];
	const saved: number[] = [];
	for (let a = 1; a < wide; a++)
		for (let i = (a - 1) * near; i < a * near; i++) {
			const b = neighbours[i] as number;
			const gain = (costs[a * wide] as number) + (costs[b] as number) - (costs[a * wide + b] as number);
			if (!(gain > 0)) continue;
			from.push(a);
			to.push(b);
			saved.push(gain);
		}
	const order = Uint32Array.from(saved.keys()).sort((a, b) => (saved[b] as number) - (saved[a] as number));
	const routes = Array.from({ length: wide }, (_, stop) => ({ stops: [stop], load: demand[stop] as number }));
	for (const i of order) {
		const [a, b] = [from[i] as number, to[i] as number];
		const one = routes[a] as (typeof routes)[number];
		const other = routes[b] as (typeof routes)[number];
		if (one === other || one.load + other.load > room) continue;
		if (isSymmetric) {
			if (one.stops[0] === a) one.stops.reverse();
			if (other.stops.at(-1) === b) other.stops.reverse();
		}
		if (one.stops.at(-1) !== a || other.stops[0] !== b) continue;
		for (const stop of other.stops) {
			one.stops.push(stop);
			routes[stop] = one;
		}
		one.load += other.load;
	}
	return [...new Set(routes.slice(1))].map(({ stops }) => stops);
}
