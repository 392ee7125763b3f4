import { z } from 'zod';

/** WGS84 longitude and latitude in degrees, in GeoJSON's order (RFC 7946). */
export type Position = readonly [number, number];

const position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]).rest(z.number());
const line = z.array(position).min(2).max(50_000);
const ring = z.array(position).min(4).max(50_000);
const polygon = z.array(ring).min(1).max(200);

/** GeoJSON geometries a town uses, with limits that no honest file meets. */
export const geometry = z.discriminatedUnion('type', [
	z.object({ type: z.literal('Point'), coordinates: position }),
	z.object({ type: z.literal('LineString'), coordinates: line }),
	z.object({ type: z.literal('MultiLineString'), coordinates: z.array(line).min(1).max(500) }),
	z.object({ type: z.literal('Polygon'), coordinates: polygon }),
	z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(polygon).min(1).max(200) }),
]);
export type Geometry = z.infer<typeof geometry>;

export function positionsOf(shape: Geometry): Position[] {
	switch (shape.type) {
		case 'Point':
			return [[shape.coordinates[0], shape.coordinates[1]]];
		case 'LineString':
			return shape.coordinates.map(([x, y]) => [x, y]);
		case 'MultiLineString':
		case 'Polygon':
			return shape.coordinates.flat().map(([x, y]) => [x, y]);
		case 'MultiPolygon':
			return shape.coordinates.flat(2).map(([x, y]) => [x, y]);
	}
}

/** Smallest box around the positions: west, south, east, north; null for none. */
export function boundsOf(positions: Iterable<Position>): [number, number, number, number] | null {
	let box: [number, number, number, number] | null = null;
	for (const [x, y] of positions)
		box = box
			? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)]
			: [x, y, x, y];
	return box;
}

/**
 * A point that stands for a shape: a point itself, the middle of a line by its length, the area centroid of a
 * polygon's largest outer ring.
 */
export function centreOf(shape: Geometry): Position {
	switch (shape.type) {
		case 'Point':
			return [shape.coordinates[0], shape.coordinates[1]];
		case 'LineString':
			return middleOf(shape.coordinates);
		case 'MultiLineString':
			return middleOf(
				shape.coordinates.reduce((longest, part) => (part.length > longest.length ? part : longest)),
			);
		case 'Polygon':
			return centroidOf(shape.coordinates[0] ?? []);
		case 'MultiPolygon':
			return centroidOf(
				shape.coordinates
					.map(([outer]) => outer ?? [])
					.reduce((largest, outer) =>
						Math.abs(areaOf(outer)) > Math.abs(areaOf(largest)) ? outer : largest,
					),
			);
	}
}

function middleOf(points: readonly (readonly number[])[]): Position {
	const lengths = points.slice(1).map(([x = 0, y = 0], i) => {
		const [px = 0, py = 0] = points[i] ?? [];
		return Math.hypot((x - px) * Math.cos((y * Math.PI) / 180), y - py);
	});
	let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
	for (const [i, length] of lengths.entries()) {
		if (left > length || length === 0) {
			left -= length;
			continue;
		}
		const [ax = 0, ay = 0] = points[i] ?? [];
		const [bx = 0, by = 0] = points[i + 1] ?? [];
		const t = left / length;
		return [ax + (bx - ax) * t, ay + (by - ay) * t];
	}
	const [x = 0, y = 0] = points[0] ?? [];
	return [x, y];
}

function areaOf(points: readonly (readonly number[])[]): number {
	let twice = 0;
	for (let i = 0; i + 1 < points.length; i++) {
		const [ax = 0, ay = 0] = points[i] ?? [];
		const [bx = 0, by = 0] = points[i + 1] ?? [];
		twice += ax * by - bx * ay;
	}
	return twice / 2;
}

function centroidOf(points: readonly (readonly number[])[]): Position {
	const [ox = 0, oy = 0] = points[0] ?? [];
	let twice = 0;
	let x = 0;
	let y = 0;
	for (let i = 0; i + 1 < points.length; i++) {
		// Around the first corner: degrees are large beside the size of a district.
		const [ax, ay] = [(points[i]?.[0] ?? 0) - ox, (points[i]?.[1] ?? 0) - oy];
		const [bx, by] = [(points[i + 1]?.[0] ?? 0) - ox, (points[i + 1]?.[1] ?? 0) - oy];
		const cross = ax * by - bx * ay;
		twice += cross;
		x += (ax + bx) * cross;
		y += (ay + by) * cross;
	}
	return twice === 0 ? [ox, oy] : [ox + x / (3 * twice), oy + y / (3 * twice)];
}

/** Whether a polygon holds a position, holes counted, by the even–odd rule. Always false for other shapes. */
export function contains(shape: Geometry, [x, y]: Position): boolean {
	const polygons =
		shape.type === 'Polygon' ? [shape.coordinates] : shape.type === 'MultiPolygon' ? shape.coordinates : [];
	return polygons.some((rings) => {
		let inside = false;
		for (const points of rings)
			for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
				const [ax = 0, ay = 0] = points[i] ?? [];
				const [bx = 0, by = 0] = points[j] ?? [];
				if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
			}
		return inside;
	});
}

/** Distance on the ground in metres, haversine on a sphere of 6,371,008.8 m (IUGG mean radius). */
export function distanceMeters([ax, ay]: Position, [bx, by]: Position): number {
	const radians = Math.PI / 180;
	const a =
		Math.sin(((by - ay) * radians) / 2) ** 2 +
		Math.cos(ay * radians) * Math.cos(by * radians) * Math.sin(((bx - ax) * radians) / 2) ** 2;
	return 2 * 6_371_008.8 * Math.asin(Math.sqrt(a));
}
