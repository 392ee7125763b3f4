import { growing } from './growing.ts';
import { metersBetween, type Network, unit } from './network.ts';
import { OsmError, type OsmLimits, type Tags } from './osm.ts';
import { readOsm } from './osm-file.ts';
import { bit, everybody, type Profile, profiles } from './profiles.ts';
import { resolveRestrictions } from './resolve-restrictions.ts';
import { type IgnoredReason, ignoredReasons, readRestriction, type TurnRestriction } from './restriction.ts';
import { accessOf, lowestLimit, readWay, type WayRules } from './way.ts';

export interface BuildOptions {
	limits?: Partial<OsmLimits>;
	/** Most roads and road nodes that are taken; 2 and 20 million unless told. */
	mostWays?: number;
	mostNodes?: number;
}

/** What was found in an extract and what became of it. */
export interface BuildReport {
	/** Nodes and edges of the graph. */
	nodes: number;
	edges: number;
	/** Roads of the extract. */
	ways: number;
	kilometers: number;
	restrictions: { kept: number; ignored: Record<IgnoredReason, number> };
	/** Edges and nodes with a limit. */
	limits: { height: number; weight: number; width: number };
	/** Limits that could not be read, rules that hold at certain times only: neither is applied. */
	unreadableLimits: number;
	conditionalRules: number;
	/** Nodes that roads name and the extract lacks, as at the edge of a clipped one. */
	missingNodes: number;
	barriers: number;
	/** West, south, east, north, degrees. */
	bounds: [number, number, number, number];
}

/** Ways as they are read: attributes by way, nodes one after the other. */
interface ReadWays {
	ids: number[];
	rules: WayRules[];
	nodes: Float64Array;
	start: Uint32Array;
}

/**
 * Build the graph of an OpenStreetMap extract, which is read twice: for its roads, then for where their nodes are. Memory
 * is that of the roads alone, and elements may stand in any order.
 * @param open begins the same file again at each call
 * @throws {OsmError} for anything that is no sound extract with roads
 */
export async function buildNetwork(
	open: () => AsyncIterable<Uint8Array>,
	{ limits = {}, mostWays = 2_000_000, mostNodes = 20_000_000 }: BuildOptions = {},
): Promise<{ network: Network; report: BuildReport }> {
	const ids: number[] = [];
	const rules: WayRules[] = [];
	const nodes = growing(Float64Array);
	const start = growing(Uint32Array);
	start.push(0);
	const restrictions: TurnRestriction[] = [];
	const ignored = Object.fromEntries(ignoredReasons.map((reason) => [reason, 0])) as Record<
		IgnoredReason,
		number
	>;
	await readOsm(
		open(),
		{
			way(id, refs, tags) {
				const read = readWay(tags);
				if (!read || refs.length < 2) return;
				ids.push(id);
				rules.push(read);
				for (const ref of refs) nodes.push(ref);
				start.push(nodes.length);
				if (ids.length > mostWays) throw new OsmError('too_large', `more than ${mostWays} roads`);
				if (nodes.length > mostNodes) throw new OsmError('too_large', `more than ${mostNodes} road nodes`);
			},
			relation(_id, members, tags) {
				const read = readRestriction(members, tags);
				if (!read) return;
				if ('ignored' in read) ignored[read.ignored]++;
				else restrictions.push(read);
			},
		},
		limits,
	);
	if (!ids.length) throw new OsmError('no_roads');
	const ways: ReadWays = { ids, rules, nodes: nodes.finish(), start: start.finish() };
	const points = await locate(open, ways, limits);
	const graph = split(ways, points);
	if (!graph.network.edgeFrom.length) throw new OsmError('no_roads', 'no road has two nodes in the extract');
	const resolved = resolveRestrictions(restrictions, ways.ids, graph);
	for (const reason of ignoredReasons) ignored[reason] += resolved.ignored[reason];
	const network: Network = { ...graph.network, ...resolved.arrays };
	const count = (array: ArrayLike<number>) => Array.prototype.filter.call(array, (value) => value > 0).length;
	return {
		network,
		report: {
			nodes: network.nodeLongitude.length,
			edges: network.edgeFrom.length,
			ways: ids.length,
			kilometers: network.edgeMeters.reduce((sum, meters) => sum + meters, 0) / 1000,
			restrictions: { kept: resolved.kept, ignored },
			limits: {
				height: count(network.edgeHeight) + count(network.nodeHeight),
				weight: count(network.edgeWeight),
				width: count(network.edgeWidth),
			},
			unreadableLimits: rules.reduce((sum, { unreadable }) => sum + unreadable, 0),
			conditionalRules: rules.reduce((sum, { conditional }) => sum + conditional, 0),
			missingNodes: points.missing,
			barriers: count(network.nodeBarrier),
			bounds: boundsOf(network),
		},
	};
}

interface Points {
	/** Sorted ids of all nodes that roads name. */
	ids: Float64Array;
	longitude: Int32Array;
	latitude: Int32Array;
	known: Uint8Array;
	barrier: Uint8Array;
	height: Uint16Array;
	signals: Uint8Array;
	missing: number;
	/** Place of a node in these arrays, or -1. */
	find(id: number): number;
}

async function locate(
	open: () => AsyncIterable<Uint8Array>,
	ways: ReadWays,
	limits: Partial<OsmLimits>,
): Promise<Points> {
	const sorted = ways.nodes.slice().sort();
	let unique = 0;
	for (const id of sorted) if (unique === 0 || id !== sorted[unique - 1]) sorted[unique++] = id;
	const ids = sorted.slice(0, unique);
	const find = (id: number): number => {
		let [low, high] = [0, ids.length - 1];
		while (low <= high) {
			const middle = (low + high) >>> 1;
			const found = ids[middle] ?? 0;
			if (found === id) return middle;
			if (found < id) low = middle + 1;
			else high = middle - 1;
		}
		return -1;
	};
	const points: Points = {
		ids,
		longitude: new Int32Array(unique),
		latitude: new Int32Array(unique),
		known: new Uint8Array(unique),
		barrier: new Uint8Array(unique),
		height: new Uint16Array(unique),
		signals: new Uint8Array(unique),
		missing: 0,
		find,
	};
	await readOsm(
		open(),
		{
			node(id, longitude, latitude, tags) {
				const at = find(id);
				// Not on this globe: as good as missing.
				if (at < 0 || !(Math.abs(longitude) <= 180) || !(Math.abs(latitude) <= 90)) return;
				points.longitude[at] = Math.round(longitude / unit);
				points.latitude[at] = Math.round(latitude / unit);
				points.known[at] = 1;
				if (tags) readNodeTags(points, at, tags);
			},
		},
		limits,
	);
	for (const known of points.known) if (!known) points.missing++;
	return points;
}

/** Barriers that stop motor vehicles alone, and those that stop all but walkers. */
const stopsMotors = new Set([
	'bollard',
	'block',
	'cycle_barrier',
	'motorcycle_barrier',
	'jersey_barrier',
	'bus_trap',
]);
const stopsWheels = new Set([
	'stile',
	'turnstile',
	'kissing_gate',
	'full-height_turnstile',
	'fence',
	'wall',
	'debris',
]);

function readNodeTags(points: Points, at: number, tags: Tags): void {
	if (tags.get('highway') === 'traffic_signals') points.signals[at] = 1;
	const barrier = tags.get('barrier');
	if (barrier === undefined) return;
	points.height[at] = Math.round(lowestLimit(tags, 'height').limit * 100);
	const stopped = (profile: Profile) =>
		profile === 'foot' ? false : profile === 'bicycle' ? stopsWheels.has(barrier) : stops(barrier);
	let mask = 0;
	for (const profile of profiles)
		if (accessOf(tags, profile, !stopped(profile)) === 'no') mask |= bit[profile];
	points.barrier[at] = mask & everybody;
}

const stops = (barrier: string) => stopsMotors.has(barrier) || stopsWheels.has(barrier);

/** The graph before restrictions, and what is needed to find their arcs. */
export interface SplitGraph {
	network: Omit<Network, 'restrictionStart' | 'restrictionArcs' | 'restrictionOnly' | 'restrictionBinds'>;
	/** Edges of way w: wayEdges[w] up to wayEdges[w + 1]. */
	wayEdges: Uint32Array;
	/** Node of the graph by OpenStreetMap's id, or -1. */
	findNode(id: number): number;
}

/** Cut ways where they meet, end, pass a barrier or a set of lights. */
function split(ways: ReadWays, points: Points): SplitGraph {
	const count = points.ids.length;
	const places = Int32Array.from(ways.nodes, points.find);
	const uses = new Uint8Array(count);
	const use = (at: number, times: number) => {
		uses[at] = Math.min(2, (uses[at] ?? 0) + times);
	};
	for (let way = 0; way < ways.ids.length; way++) {
		const [first, end] = [ways.start[way] ?? 0, ways.start[way + 1] ?? 0];
		for (let i = first; i < end; i++) use(places[i] ?? 0, i === first || i === end - 1 ? 2 : 1);
		closeLoop(places, first, end, use);
	}
	for (let at = 0; at < count; at++)
		if (uses[at] && ((points.barrier[at] ?? 0) || (points.height[at] ?? 0) || (points.signals[at] ?? 0)))
			use(at, 2);

	const nodeOf = new Int32Array(count).fill(-1);
	const node = {
		longitude: growing(Int32Array),
		latitude: growing(Int32Array),
		barrier: growing(Uint8Array),
		height: growing(Uint16Array),
		signals: growing(Uint8Array),
	};
	const nodeAt = (at: number): number => {
		const known = nodeOf[at] ?? -1;
		if (known >= 0) return known;
		node.longitude.push(points.longitude[at] ?? 0);
		node.latitude.push(points.latitude[at] ?? 0);
		node.barrier.push(points.barrier[at] ?? 0);
		node.height.push(points.height[at] ?? 0);
		node.signals.push(points.signals[at] ?? 0);
		nodeOf[at] = node.longitude.length - 1;
		return node.longitude.length - 1;
	};
	const edge = {
		from: growing(Uint32Array),
		to: growing(Uint32Array),
		meters: growing(Float64Array),
		access: growing(Uint8Array),
		local: growing(Uint8Array),
		class: growing(Uint8Array),
		speedForward: growing(Uint8Array),
		speedBackward: growing(Uint8Array),
		height: growing(Uint16Array),
		weight: growing(Uint16Array),
		width: growing(Uint16Array),
	};
	const shapeStart = growing(Uint32Array);
	const shapeLongitude = growing(Int32Array);
	const shapeLatitude = growing(Int32Array);
	shapeStart.push(0);
	const wayEdges = growing(Uint32Array);
	wayEdges.push(0);

	for (let way = 0; way < ways.ids.length; way++) {
		const rules = ways.rules[way];
		if (!rules) continue;
		let begun = -1;
		let last = -1;
		let meters = 0;
		let inner: number[] = [];
		for (let i = ways.start[way] ?? 0; i < (ways.start[way + 1] ?? 0); i++) {
			const at = places[i] ?? 0;
			if (!points.known[at]) {
				// A gap: what was begun ends at the last node known, if there were two.
				if (begun >= 0 && last !== begun) {
					inner.pop();
					finish(rules, begun, last, meters, inner);
				}
				[begun, last, meters, inner] = [-1, -1, 0, []];
				continue;
			}
			if (begun < 0) {
				[begun, last] = [at, at];
				continue;
			}
			if (at === last) continue;
			meters += metersBetween(
				points.longitude[last] ?? 0,
				points.latitude[last] ?? 0,
				points.longitude[at] ?? 0,
				points.latitude[at] ?? 0,
			);
			last = at;
			if ((uses[at] ?? 0) >= 2) {
				finish(rules, begun, at, meters, inner);
				[begun, meters, inner] = [at, 0, []];
			} else inner.push(at);
		}
		if (begun >= 0 && last !== begun) {
			inner.pop();
			finish(rules, begun, last, meters, inner);
		}
		wayEdges.push(edge.from.length);
	}

	function finish(rules: WayRules, from: number, to: number, meters: number, inner: readonly number[]): void {
		edge.from.push(nodeAt(from));
		edge.to.push(nodeAt(to));
		edge.meters.push(meters);
		edge.access.push(rules.forward | (rules.backward << 4));
		edge.local.push(rules.local);
		edge.class.push(rules.class);
		edge.speedForward.push(Math.max(1, Math.round(rules.speedForward)));
		edge.speedBackward.push(Math.max(1, Math.round(rules.speedBackward)));
		edge.height.push(Math.round(rules.height * 100));
		edge.weight.push(Math.round(rules.weight * 100));
		edge.width.push(Math.round(rules.width * 100));
		for (const at of inner) {
			shapeLongitude.push(points.longitude[at] ?? 0);
			shapeLatitude.push(points.latitude[at] ?? 0);
		}
		shapeStart.push(shapeLongitude.length);
	}

	return {
		network: {
			nodeLongitude: node.longitude.finish(),
			nodeLatitude: node.latitude.finish(),
			nodeBarrier: node.barrier.finish(),
			nodeHeight: node.height.finish(),
			nodeSignals: node.signals.finish(),
			edgeFrom: edge.from.finish(),
			edgeTo: edge.to.finish(),
			edgeMeters: edge.meters.finish(),
			edgeAccess: edge.access.finish(),
			edgeLocal: edge.local.finish(),
			edgeClass: edge.class.finish(),
			edgeSpeedForward: edge.speedForward.finish(),
			edgeSpeedBackward: edge.speedBackward.finish(),
			edgeHeight: edge.height.finish(),
			edgeWeight: edge.weight.finish(),
			edgeWidth: edge.width.finish(),
			shapeStart: shapeStart.finish(),
			shapeLongitude: shapeLongitude.finish(),
			shapeLatitude: shapeLatitude.finish(),
		},
		wayEdges: wayEdges.finish(),
		findNode(id) {
			const at = points.find(id);
			return at < 0 ? -1 : (nodeOf[at] ?? -1);
		},
	};
}

/** A way that comes back to where it was without meeting another road in between is cut in its middle: an edge has two ends. */
function closeLoop(
	places: Int32Array,
	first: number,
	end: number,
	use: (at: number, times: number) => void,
): void {
	const seen = new Map<number, number>();
	for (let i = first; i < end; i++) {
		const at = places[i] ?? 0;
		const before = seen.get(at);
		if (before !== undefined && i - before > 1) use(places[(before + i) >>> 1] ?? 0, 2);
		seen.set(at, i);
	}
}

function boundsOf({ nodeLongitude, nodeLatitude }: Network): [number, number, number, number] {
	const bounds: [number, number, number, number] = [180, 90, -180, -90];
	for (const [i, x] of nodeLongitude.entries()) {
		const y = nodeLatitude[i] ?? 0;
		bounds[0] = Math.min(bounds[0], x * unit);
		bounds[1] = Math.min(bounds[1], y * unit);
		bounds[2] = Math.max(bounds[2], x * unit);
		bounds[3] = Math.max(bounds[3], y * unit);
	}
	return bounds;
}
