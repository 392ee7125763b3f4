import type { Network } from './network.ts';
import { createSearch, type Search } from './search.ts';
import { createEdgeIndex, lineAlong, type Snap } from './snap.ts';
import { buildTurnGraph, type TurnGraph } from './turn-graph.ts';
import { type Vehicle, vehicleKey } from './vehicle.ts';

/** [longitude, latitude], degrees. */
export type Position = readonly [number, number];

export interface Matrix {
	/** n × n, row by row: from × n + to; Infinity where there is no way. */
	meters: Float64Array;
	seconds: Float64Array;
}

export interface Way {
	/** Infinity, with no coordinates, where there is no way. */
	meters: number;
	seconds: number;
	coordinates: [number, number][];
}

export interface Router {
	/** The nearest position on a road from which the vehicle reaches the rest of the network; null: none near enough. */
	snap(point: Position, vehicle: Vehicle): Snap | null;
	matrix(points: readonly Position[], vehicle: Vehicle): Matrix;
	/** Through all points in their order; at each one may leave in any direction. */
	way(points: readonly Position[], vehicle: Vehicle): Way;
	/** How many edges are cut off from the main network of this vehicle. */
	cutOff(vehicle: Vehicle): number;
}

export interface RouterOptions {
	/** Farther from any road a point has no way; 1,000 m unless told. */
	snapMeters?: number;
}

/** Vehicles whose graphs are kept. */
const mostVehicles = 6;

/** Answers on one network. What a vehicle may do is worked out at its first question and kept. */
export function createRouter(network: Network, { snapMeters = 1000 }: RouterOptions = {}): Router {
	const index = createEdgeIndex(network);
	const known = new Map<string, { graph: TurnGraph; search: Search }>();

	function of(vehicle: Vehicle): { graph: TurnGraph; search: Search } {
		const key = vehicleKey(vehicle);
		let found = known.get(key);
		if (found) known.delete(key);
		else {
			const graph = buildTurnGraph(network, vehicle);
			found = { graph, search: createSearch(network, graph) };
			const [oldest] = known.keys();
			if (oldest !== undefined && known.size >= mostVehicles) known.delete(oldest);
		}
		known.set(key, found);
		return found;
	}

	const snap = ([longitude, latitude]: Position, vehicle: Vehicle) =>
		index.nearest(longitude, latitude, of(vehicle).graph, snapMeters);

	return {
		snap,
		matrix(points, vehicle) {
			const { search } = of(vehicle);
			const n = points.length;
			const snaps = points.map((point) => snap(point, vehicle));
			const meters = new Float64Array(n * n).fill(Infinity);
			const seconds = new Float64Array(n * n).fill(Infinity);
			// Points at one spot share one search.
			const rows = new Map<string, number>();
			for (const [i, from] of snaps.entries()) {
				if (!from) continue;
				const spot = `${from.edge} ${from.along}`;
				const same = rows.get(spot);
				if (same !== undefined) {
					meters.copyWithin(i * n, same * n, same * n + n);
					seconds.copyWithin(i * n, same * n, same * n + n);
					continue;
				}
				rows.set(spot, i);
				for (const [j, leg] of search.toMany(from, snaps).entries()) {
					meters[i * n + j] = leg.meters;
					seconds[i * n + j] = leg.seconds;
				}
			}
			for (let i = 0; i < n; i++) meters[i * n + i] = seconds[i * n + i] = 0;
			return { meters, seconds };
		},
		way(points, vehicle) {
			const none = (): Way => ({ meters: Infinity, seconds: Infinity, coordinates: [] });
			const whole: Way = { meters: 0, seconds: 0, coordinates: [] };
			const { search } = of(vehicle);
			let from: Snap | null = null;
			for (const point of points) {
				const to = snap(point, vehicle);
				if (!to) return none();
				if (from) {
					const leg = search.toOne(from, to);
					if (!leg) return none();
					whole.meters += leg.meters;
					whole.seconds += leg.seconds;
					for (const at of lineOf(network, leg.arcs, from, to)) {
						const last = whole.coordinates.at(-1);
						if (!last || last[0] !== at[0] || last[1] !== at[1]) whole.coordinates.push(at);
					}
				}
				from = to;
			}
			if (points.length === 1 && from) whole.coordinates.push([from.longitude, from.latitude]);
			return whole;
		},
		cutOff: (vehicle) => of(vehicle).graph.cutOff,
	};
}

/** The line over arcs, from a position on the first to a position on the last. */
function lineOf(network: Network, arcs: readonly number[], from: Snap, to: Snap): [number, number][] {
	return arcs.flatMap((arc, i) => {
		const [begin, end] = arc & 1 ? [1, 0] : [0, 1];
		return lineAlong(
			network,
			arc >>> 1,
			i === 0 ? from.along : begin,
			i === arcs.length - 1 ? to.along : end,
		);
	});
}
