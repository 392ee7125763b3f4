import type { SplitGraph } from './build.ts';
import { growing } from './growing.ts';
import type { Network } from './network.ts';
import { OsmError } from './osm.ts';
import { type IgnoredReason, ignoredReasons, type TurnRestriction } from './restriction.ts';

/** More ways, or more pieces of one, between `from` and `to` are a mistake. */
const mostVia = 20;
const mostWork = 300_000_000;

export interface ResolvedRestrictions {
	arrays: Pick<Network, 'restrictionStart' | 'restrictionArcs' | 'restrictionOnly' | 'restrictionBinds'>;
	kept: number;
	ignored: Record<IgnoredReason, number>;
}

/** Find the arcs that restrictions mean by ways. One that names several ways from or to counts once and gives several. */
export function resolveRestrictions(
	restrictions: readonly TurnRestriction[],
	wayIds: readonly number[],
	graph: SplitGraph,
): ResolvedRestrictions {
	const ignored = Object.fromEntries(ignoredReasons.map((reason) => [reason, 0])) as Record<
		IgnoredReason,
		number
	>;
	const start = growing(Uint32Array);
	const arcs = growing(Uint32Array);
	const only = growing(Uint8Array);
	const binds = growing(Uint8Array);
	start.push(0);
	let kept = 0;
	const wayOf = new Map(restrictions.length ? wayIds.map((id, way) => [id, way]) : []);
	const { edgeFrom, edgeTo } = graph.network;
	let work = 0;
	const edgesOf = (way: number): [first: number, end: number] => {
		const [first, end] = [graph.wayEdges[way] ?? 0, graph.wayEdges[way + 1] ?? 0];
		work += end - first + 1;
		if (work > mostWork) throw new OsmError('too_large', 'turn restrictions over endless ways');
		return [first, end];
	};
	/** Arcs of a way that end (or begin) at a node. */
	const arcsAt = (way: number, node: number, side: 'in' | 'out'): number[] => {
		const found: number[] = [];
		const [first, end] = edgesOf(way);
		for (let edge = first; edge < end; edge++) {
			if ((side === 'in' ? edgeTo : edgeFrom)[edge] === node) found.push(edge * 2);
			if ((side === 'in' ? edgeFrom : edgeTo)[edge] === node) found.push(edge * 2 + 1);
		}
		return found;
	};
	const head = (arc: number) => (arc % 2 ? edgeFrom : edgeTo)[arc >>> 1] ?? 0;
	const tail = (arc: number) => (arc % 2 ? edgeTo : edgeFrom)[arc >>> 1] ?? 0;

	/** Along a way from a node, in either direction, as far as it goes. Edges of a way follow one another. */
	const along = (way: number, node: number): number[][] => {
		const [first, end] = edgesOf(way);
		return arcsAt(way, node, 'out').map((arc) => {
			const path = [arc];
			const step = arc % 2 ? -2 : 2;
			for (
				let next = arc + step;
				next >>> 1 >= first && next >>> 1 < end && path.length < mostVia;
				next += step
			) {
				if (next < 0 || tail(next) !== head(next - step)) break;
				path.push(next);
			}
			return path;
		});
	};

	/** Paths over via ways from a node, of whole ways one after the other. */
	const over = (node: number, vias: readonly number[]): { arcs: number[]; node: number }[] => {
		const [way, ...rest] = vias;
		if (way === undefined) return [{ arcs: [], node }];
		return along(way, node).flatMap((path) => {
			// A via way may be left before its far end: every prefix is a candidate.
			return path.flatMap((_, i) =>
				over(head(path[i] ?? 0), rest).map((ahead) => ({
					arcs: [...path.slice(0, i + 1), ...ahead.arcs],
					node: ahead.node,
				})),
			);
		});
	};

	const sequences = (from: number, to: number, { via }: TurnRestriction): number[][] | IgnoredReason => {
		const [first] = via;
		if (first?.kind === 'node') {
			const node = graph.findNode(first.id);
			if (node < 0) return 'absent';
			const into = arcsAt(from, node, 'in');
			const out = arcsAt(to, node, 'out');
			return into.flatMap((a) => out.map((b) => [a, b]));
		}
		const vias = via.map(({ id }) => wayOf.get(id));
		if (vias.length > mostVia) return 'unclear';
		if (!vias.every((way) => way !== undefined)) return 'absent';
		const found: number[][] = [];
		const ends = new Set<number>();
		const [firstEdge, endEdge] = edgesOf(from);
		for (let edge = firstEdge; edge < endEdge; edge++)
			for (const end of [edgeFrom[edge] ?? 0, edgeTo[edge] ?? 0]) ends.add(end);
		for (const node of ends)
			for (const path of over(node, vias))
				for (const into of arcsAt(from, node, 'in'))
					for (const out of arcsAt(to, path.node, 'out'))
						if (path.arcs.every((arc) => arc >>> 1 !== into >>> 1 && arc >>> 1 !== out >>> 1))
							found.push([into, ...path.arcs, out]);
		return found;
	};

	for (const restriction of restrictions) {
		const outcome = resolve(restriction);
		if (typeof outcome === 'string') {
			ignored[outcome]++;
			continue;
		}
		kept++;
		for (const sequence of outcome) {
			for (const arc of sequence) arcs.push(arc);
			start.push(arcs.length);
			only.push(restriction.kind === 'only' ? 1 : 0);
			binds.push(restriction.binds);
		}
	}

	function resolve(restriction: TurnRestriction): number[][] | IgnoredReason {
		const all: number[][] = [];
		for (const fromId of restriction.from)
			for (const toId of restriction.to) {
				const [from, to] = [wayOf.get(fromId), wayOf.get(toId)];
				if (from === undefined || to === undefined) return 'absent';
				const found = sequences(from, to, restriction);
				if (typeof found === 'string') return found;
				// Ways are to be cut at the turn; where one goes on past it, which side is meant cannot be known.
				if (found.length !== 1) return 'unclear';
				all.push(...found);
			}
		return all;
	}

	return {
		arrays: {
			restrictionStart: start.finish(),
			restrictionArcs: arcs.finish(),
			restrictionOnly: only.finish(),
			restrictionBinds: binds.finish(),
		},
		kept,
		ignored,
	};
}
