import type { CvrplibInstance } from './cvrplib.ts';

/** Parallel savings of Clarke & Wright (1964): the plan that a quick textbook method makes, to measure against. */
export function savings({ dimension, distances, demands, capacity, depot }: CvrplibInstance): {
	routes: number[][];
	cost: number;
} {
	const distance = (from: number, to: number) => distances[from * dimension + to] as number;
	const stops = Array.from({ length: dimension }, (_, i) => i).filter((i) => i !== depot);
	const pairs = stops.flatMap((from, i) =>
		stops.slice(i + 1).map((to) => ({
			from,
			to,
			saved: distance(from, depot) + distance(depot, to) - distance(from, to),
		})),
	);
	pairs.sort((a, b) => b.saved - a.saved);
	const routeOf = new Map(stops.map((stop) => [stop, { stops: [stop], load: demands[stop] as number }]));
	for (const { from, to, saved } of pairs) {
		if (saved <= 0) break;
		const one = routeOf.get(from);
		const other = routeOf.get(to);
		if (!one || !other || one === other || one.load + other.load > capacity) continue;
		const isEnd = (route: typeof one, stop: number) => route.stops[0] === stop || route.stops.at(-1) === stop;
		if (!isEnd(one, from) || !isEnd(other, to)) continue;
		if (one.stops.at(-1) !== from) one.stops.reverse();
		if (other.stops[0] !== to) other.stops.reverse();
		one.stops.push(...other.stops);
		one.load += other.load;
		for (const stop of other.stops) routeOf.set(stop, one);
	}
	const routes = [...new Set(routeOf.values())].map((route) => route.stops);
	const cost = routes.reduce(
		(sum, route) =>
			route.reduce((total, stop, i) => total + distance(route[i - 1] ?? depot, stop), sum) +
			distance(route.at(-1) ?? depot, depot),
		0,
	);
	return { routes, cost };
}
