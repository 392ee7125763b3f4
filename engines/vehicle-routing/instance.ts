import type { CvrplibInstance } from './cvrplib.ts';
import type { Problem } from './problem.ts';

/** The problem of an instance: stops by the numbers of its file less one, as solutions there count them; as many vehicles as stops. */
export function problemOf(instance: CvrplibInstance): Problem {
	const { dimension, depot, distances, demands, capacity, maximalDistance, serviceTime } = instance;
	const stops = Array.from({ length: dimension }, (_, i) => i).filter((i) => i !== depot);
	return {
		locations: dimension,
		meters: distances,
		seconds: distances,
		stops: stops.map((i) => ({
			id: String(i),
			location: i,
			demand: [demands[i] as number],
			serviceSeconds: serviceTime,
		})),
		vehicles: [
			{
				id: 'vehicle',
				count: stops.length,
				capacity: [capacity],
				start: depot,
				end: depot,
				maximalSeconds: maximalDistance ?? undefined,
			},
		],
	};
}
