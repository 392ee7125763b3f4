/**
 * Roads as a graph: nodes where roads meet or end, edges between them with their shape. An edge has two arcs, one a
 * direction: arc 2e goes as the edge is drawn, arc 2e + 1 against it. Coordinates are in 1e-7 degrees.
 */
export interface Network {
	nodeLongitude: Int32Array;
	nodeLatitude: Int32Array;
	/** Profiles that do not pass the node: a bollard, a gate. */
	nodeBarrier: Uint8Array;
	/** Height limit that stands at the node, cm; 0: none. */
	nodeHeight: Uint16Array;
	/** 1: traffic lights. */
	nodeSignals: Uint8Array;
	edgeFrom: Uint32Array;
	edgeTo: Uint32Array;
	edgeMeters: Float64Array;
	/** Low four bits: profiles that may go forward; high four: backward. */
	edgeAccess: Uint8Array;
	/** Profiles that may only go to somewhere on it. */
	edgeLocal: Uint8Array;
	/** Place in `roadClasses`. */
	edgeClass: Uint8Array;
	/** Of a car, km/h. */
	edgeSpeedForward: Uint8Array;
	edgeSpeedBackward: Uint8Array;
	/** cm, units of 10 kg, cm; 0: none. */
	edgeHeight: Uint16Array;
	edgeWeight: Uint16Array;
	edgeWidth: Uint16Array;
	/** Points between the ends of edge e: shapeStart[e] up to shapeStart[e + 1]. */
	shapeStart: Uint32Array;
	shapeLongitude: Int32Array;
	shapeLatitude: Int32Array;
	/** Turn restrictions: arcs from … via … to. */
	restrictionStart: Uint32Array;
	restrictionArcs: Uint32Array;
	/** 0: not this way; 1: only this way. */
	restrictionOnly: Uint8Array;
	/** Profiles that it binds. */
	restrictionBinds: Uint8Array;
}

export const unit = 1e-7;
export const earthRadiusMeters = 6_371_008.8;

/** Haversine on a sphere of the IUGG mean radius; 1e-7 degrees. */
export function metersBetween(fromX: number, fromY: number, toX: number, toY: number): number {
	const radians = (Math.PI / 180) * unit;
	const a =
		Math.sin(((toY - fromY) * radians) / 2) ** 2 +
		Math.cos(fromY * radians) * Math.cos(toY * radians) * Math.sin(((toX - fromX) * radians) / 2) ** 2;
	return 2 * earthRadiusMeters * Math.asin(Math.min(1, Math.sqrt(a)));
}

/** Points of an edge from end to end, [longitude, latitude] in 1e-7 degrees, one after the other. */
export function edgePoints(network: Network, edge: number): number[] {
	const from = network.edgeFrom[edge] ?? 0;
	const to = network.edgeTo[edge] ?? 0;
	const points = [network.nodeLongitude[from] ?? 0, network.nodeLatitude[from] ?? 0];
	const end = network.shapeStart[edge + 1] ?? 0;
	for (let i = network.shapeStart[edge] ?? 0; i < end; i++)
		points.push(network.shapeLongitude[i] ?? 0, network.shapeLatitude[i] ?? 0);
	points.push(network.nodeLongitude[to] ?? 0, network.nodeLatitude[to] ?? 0);
	return points;
}
