import { distanceMeters, type Position } from '../geometry.ts';
import type { RoadMatrix, RoadProfile, RoadRoute } from './face.ts';

/** Road distance over the straight line: the usual figure for towns, 1.2 to 1.4 (Cole and King, Quantitative Geography, 1968). */
const detour = 1.3;
const kilometersPerHour: Record<RoadProfile, number> = { car: 30, truck: 22, bicycle: 15, foot: 4.5 };

const guess = (from: Position, to: Position, profile: RoadProfile) => {
	const meters = distanceMeters(from, to) * detour;
	return { meters, seconds: (meters / kilometersPerHour[profile]) * 3.6 };
};

/** What can be said without any road: the straight line, longer by a usual detour. */
export function straightMatrix(points: readonly Position[], profile: RoadProfile): RoadMatrix {
	const n = points.length;
	const meters = new Float64Array(n * n);
	const seconds = new Float64Array(n * n);
	for (const [i, from] of points.entries())
		for (const [j, to] of points.entries()) {
			const leg = guess(from, to, profile);
			meters[i * n + j] = leg.meters;
			seconds[i * n + j] = leg.seconds;
		}
	return { meters, seconds, provider: 'straight' };
}

export function straightRoute(points: readonly Position[], profile: RoadProfile): RoadRoute {
	let [meters, seconds] = [0, 0];
	for (const [i, to] of points.entries()) {
		const leg = guess(points[i - 1] ?? to, to, profile);
		meters += leg.meters;
		seconds += leg.seconds;
	}
	return { meters, seconds, coordinates: points.map(([x, y]) => [x, y]), provider: 'straight' };
}
