/** Streets as lamps and sensors stand along them: segments joined at nodes. */
export interface StreetGraph {
	segments: readonly { startNode: string; endNode: string; lengthMeters: number }[];
	/** By index of segment, metres from its start. */
	lamps: readonly Standing[];
	sensors: readonly Standing[];
}

export interface Standing {
	segment: number;
	alongMeters: number;
}

/** Which way one leaves a sensor to get somewhere: 1 towards the end of its segment, -1 towards the start, 0 it is right there. */
export type Side = -1 | 0 | 1;

/** What is within reach of a sensor along the streets, nearest first. */
export interface Reach {
	lamps: readonly Reached[];
	sensors: readonly Reached[];
}

export interface Reached {
	index: number;
	meters: number;
	side: Side;
}

const hereMeters = 1;

/** Reach of each sensor up to so many metres, across junctions by the shortest way. */
export function reachOfSensors(graph: StreetGraph, mostMeters: number): Reach[] {
	const lampsOf = bySegment(graph.lamps);
	const sensorsOf = bySegment(graph.sensors);
	const atNode = new Map<string, number[]>();
	for (const [index, { startNode, endNode }] of graph.segments.entries())
		for (const node of new Set([startNode, endNode])) {
			const known = atNode.get(node);
			if (known) known.push(index);
			else atNode.set(node, [index]);
		}

	return graph.sensors.map((sensor, self) => {
		const lamps = new Map<number, Reached>();
		const sensors = new Map<number, Reached>();
		const note = (found: Map<number, Reached>, index: number, meters: number, side: Side) => {
			const known = found.get(index);
			if (meters <= mostMeters && (!known || meters < known.meters))
				found.set(index, { index, meters, side: meters < hereMeters ? 0 : side });
		};
		const noteAll = (segment: number, meters: (along: number) => number, side: Side) => {
			for (const lamp of lampsOf.get(segment) ?? [])
				note(lamps, lamp, meters(graph.lamps[lamp]?.alongMeters ?? 0), side);
			for (const other of sensorsOf.get(segment) ?? [])
				if (other !== self) note(sensors, other, meters(graph.sensors[other]?.alongMeters ?? 0), side);
		};
		const own = graph.segments[sensor.segment];
		if (!own) return { lamps: [], sensors: [] };
		for (const side of [1, -1] as const) {
			const { alongMeters } = sensor;
			noteAll(
				sensor.segment,
				(along) =>
					(along - alongMeters) * side >= 0 ? Math.abs(along - alongMeters) : Number.POSITIVE_INFINITY,
				side,
			);
			const [node, meters] =
				side === 1 ? [own.endNode, own.lengthMeters - alongMeters] : [own.startNode, alongMeters];
			for (const [reached, distance] of nodesFrom(graph, atNode, node, meters, mostMeters))
				for (const segment of atNode.get(reached) ?? []) {
					const { startNode, lengthMeters } = graph.segments[segment] ?? own;
					noteAll(
						segment,
						(along) => distance + (startNode === reached ? along : lengthMeters - along),
						side,
					);
				}
		}
		const sorted = (found: Map<number, Reached>) =>
			[...found.values()].sort((a, b) => a.meters - b.meters || a.index - b.index);
		return { lamps: sorted(lamps), sensors: sorted(sensors) };
	});
}

/** Nodes within reach of one, with their distances: Dijkstra; a neighbourhood is small enough for a plain list. */
function nodesFrom(
	graph: StreetGraph,
	atNode: ReadonlyMap<string, readonly number[]>,
	start: string,
	startMeters: number,
	mostMeters: number,
): Map<string, number> {
	const settled = new Map<string, number>();
	const open = new Map<string, number>([[start, startMeters]]);
	for (;;) {
		let nearest: string | null = null;
		let meters = Number.POSITIVE_INFINITY;
		for (const [node, distance] of open) if (distance < meters) [nearest, meters] = [node, distance];
		if (nearest === null || meters > mostMeters) return settled;
		open.delete(nearest);
		settled.set(nearest, meters);
		for (const index of atNode.get(nearest) ?? []) {
			const segment = graph.segments[index];
			if (!segment) continue;
			const other = segment.startNode === nearest ? segment.endNode : segment.startNode;
			const distance = meters + segment.lengthMeters;
			if (!settled.has(other) && distance < (open.get(other) ?? Number.POSITIVE_INFINITY))
				open.set(other, distance);
		}
	}
}

function bySegment(standing: readonly Standing[]): Map<number, number[]> {
	const found = new Map<number, number[]>();
	for (const [index, { segment }] of standing.entries()) {
		const known = found.get(segment);
		if (known) known.push(index);
		else found.set(segment, [index]);
	}
	return found;
}
