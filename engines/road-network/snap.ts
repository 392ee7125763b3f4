import Flatbush from 'flatbush';
import { earthRadiusMeters, edgePoints, metersBetween, type Network, unit } from './network.ts';
import type { TurnGraph } from './turn-graph.ts';

/** A position on a road. */
export interface Snap {
	edge: number;
	/** Share of the edge's length that lies before it, as the edge is drawn: 0 to 1. */
	along: number;
	/** Degrees. */
	longitude: number;
	latitude: number;
	/** From where one asked, on the straight line. */
	meters: number;
}

/** Boxes of all edges on a plane in metres, to find near ones; one for all vehicles. */
export interface EdgeIndex {
	nearest(longitude: number, latitude: number, graph: TurnGraph, mostMeters: number): Snap | null;
}

export function createEdgeIndex(network: Network): EdgeIndex {
	const edges = network.edgeFrom.length;
	const middle = ((network.nodeLatitude[0] ?? 0) * unit * Math.PI) / 180;
	const perUnitY = (earthRadiusMeters * unit * Math.PI) / 180;
	const perUnitX = perUnitY * Math.cos(middle);
	const index = new Flatbush(edges);
	for (let edge = 0; edge < edges; edge++) {
		const points = edgePoints(network, edge);
		let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
		for (let i = 0; i < points.length; i += 2) {
			const x = (points[i] ?? 0) * perUnitX;
			const y = (points[i + 1] ?? 0) * perUnitY;
			west = Math.min(west, x);
			east = Math.max(east, x);
			south = Math.min(south, y);
			north = Math.max(north, y);
		}
		index.add(west, south, east, north);
	}
	index.finish();

	return {
		nearest(longitude, latitude, graph, mostMeters) {
			const usable = (edge: number) => !!(graph.connected[edge * 2] || graph.connected[edge * 2 + 1]);
			const x = (longitude / unit) * perUnitX;
			const y = (latitude / unit) * perUnitY;
			// Boxes come by distance; a box is never farther than the road in it, so what is within the best found suffices.
			const [first] = index.neighbors(x, y, 1, mostMeters * 1.5, usable);
			if (first === undefined) return null;
			let best = project(network, first, longitude, latitude);
			for (const edge of index.neighbors(x, y, Infinity, best.meters * 1.05 + 1, usable)) {
				const found = edge === first ? best : project(network, edge, longitude, latitude);
				if (found.meters < best.meters) best = found;
			}
			return best.meters <= mostMeters ? best : null;
		},
	};
}

/** The nearest position on an edge. */
export function project(network: Network, edge: number, longitude: number, latitude: number): Snap {
	const points = edgePoints(network, edge);
	const [x, y] = [longitude / unit, latitude / unit];
	const narrow = Math.cos((latitude * Math.PI) / 180);
	let best = { squared: Infinity, x: 0, y: 0, before: 0 };
	let total = 0;
	for (let i = 2; i < points.length; i += 2) {
		const [ax = 0, ay = 0, bx = 0, by = 0] = points.slice(i - 2, i + 2);
		const length = metersBetween(ax, ay, bx, by);
		const [dx, dy] = [(bx - ax) * narrow, by - ay];
		const [px, py] = [(x - ax) * narrow, y - ay];
		const square = dx * dx + dy * dy;
		const share = square > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / square)) : 0;
		const squared = (px - share * dx) ** 2 + (py - share * dy) ** 2;
		if (squared < best.squared)
			best = {
				squared,
				x: ax + (bx - ax) * share,
				y: ay + (by - ay) * share,
				before: total + share * length,
			};
		total += length;
	}
	return {
		edge,
		along: total > 0 ? Math.min(1, best.before / total) : 0,
		longitude: best.x * unit,
		latitude: best.y * unit,
		meters: metersBetween(x, y, best.x, best.y),
	};
}

/** The line from one position on an edge to another, in the direction of travel: [longitude, latitude] in degrees. */
export function lineAlong(network: Network, edge: number, from: number, to: number): [number, number][] {
	const points = edgePoints(network, edge);
	const places: number[] = [0];
	for (let i = 2; i < points.length; i += 2) {
		const [ax = 0, ay = 0, bx = 0, by = 0] = points.slice(i - 2, i + 2);
		places.push((places.at(-1) ?? 0) + metersBetween(ax, ay, bx, by));
	}
	const total = places.at(-1) || 1;
	const at = (share: number): [number, number] => {
		const place = share * total;
		let i = 1;
		while (i < places.length - 1 && (places[i] ?? 0) < place) i++;
		const [before = 0, after = 0] = places.slice(i - 1, i + 1);
		const part = after > before ? Math.min(1, (place - before) / (after - before)) : 0;
		const [ax = 0, ay = 0, bx = 0, by = 0] = points.slice(i * 2 - 2, i * 2 + 2);
		return [(ax + (bx - ax) * part) * unit, (ay + (by - ay) * part) * unit];
	};
	const [low, high] = from < to ? [from, to] : [to, from];
	const between: [number, number][] = [];
	for (const [i, place] of places.entries())
		if (place > low * total && place < high * total)
			between.push([(points[i * 2] ?? 0) * unit, (points[i * 2 + 1] ?? 0) * unit]);
	if (from > to) between.reverse();
	return [at(from), ...between, at(to)];
}
