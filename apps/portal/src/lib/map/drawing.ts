import type { Geometry, Position } from '@parvis/town';

/** What `StaticMap.svelte` draws: SVG path data in metres from the picture's upper left corner. */
export interface MapDrawing {
	width: number;
	height: number;
	water: string;
	green: string;
	buildings: string;
	/** Widest last, so that main streets lie over small ones. */
	streets: { metres: number; path: string }[];
}

type Point = [number, number];
type Shape = { layer: string; class: string | null; shape: Geometry };

export interface Projection {
	(position: readonly number[]): Point;
	width: number;
	height: number;
}

const metresPerDegree = 111_320;

/** Metres on the ground from the upper left corner of a picture centred on a position; true enough for a town. */
export function projectionAround(centre: Position, width: number, height: number): Projection {
	const scale = Math.cos((centre[1] * Math.PI) / 180);
	const project = ([longitude = 0, latitude = 0]: readonly number[]): Point => [
		(longitude - centre[0]) * metresPerDegree * scale + width / 2,
		(centre[1] - latitude) * metresPerDegree + height / 2,
	];
	return Object.assign(project, { width, height });
}

const streetMetres: Record<string, number> = {
	motorway: 16,
	trunk: 15,
	primary: 14,
	secondary: 12,
	tertiary: 10,
	residential: 8,
	unclassified: 8,
	living_street: 7,
	service: 5,
	pedestrian: 5,
	footway: 3,
	path: 3,
	cycleway: 3,
};

export function drawMap(project: Projection, shapes: readonly Shape[]): MapDrawing {
	const { width, height } = project;
	const areas = (layer: string) =>
		shapes
			.filter((shape) => shape.layer === layer)
			.map(({ shape }) => pathOf(shape, project))
			.join('');
	const streets = new Map<number, string>();
	for (const { layer, class: kind, shape } of shapes) {
		if (layer !== 'streets') continue;
		const metres = streetMetres[kind ?? ''] ?? 8;
		streets.set(metres, (streets.get(metres) ?? '') + pathOf(shape, project));
	}
	return {
		width,
		height,
		water: areas('water'),
		green: areas('green'),
		buildings: areas('buildings'),
		streets: [...streets].sort(([a], [b]) => a - b).map(([metres, path]) => ({ metres, path })),
	};
}

/** Path data of a shape, cut at the picture's edge. Points have none. */
export function pathOf(shape: Geometry, project: Projection): string {
	switch (shape.type) {
		case 'Point':
			return '';
		case 'LineString':
			return linePath(shape.coordinates.map(project), project);
		case 'MultiLineString':
			return shape.coordinates.map((line) => linePath(line.map(project), project)).join('');
		case 'Polygon':
			return shape.coordinates.map((ring) => ringPath(ring.map(project), project)).join('');
		case 'MultiPolygon':
			return shape.coordinates
				.flat()
				.map((ring) => ringPath(ring.map(project), project))
				.join('');
	}
}

const margin = 30;

function linePath(points: readonly Point[], { width, height }: Projection): string {
	let path = '';
	let drawing = false;
	for (let i = 1; i < points.length; i++) {
		const [a, b] = [points[i - 1], points[i]];
		if (!a || !b) continue;
		const outside =
			(a[0] < -margin && b[0] < -margin) ||
			(a[1] < -margin && b[1] < -margin) ||
			(a[0] > width + margin && b[0] > width + margin) ||
			(a[1] > height + margin && b[1] > height + margin);
		if (outside) {
			drawing = false;
			continue;
		}
		path += drawing ? `L${text(b)}` : `M${text(a)}L${text(b)}`;
		drawing = true;
	}
	return path;
}

function ringPath(points: readonly Point[], { width, height }: Projection): string {
	const cut = clip(points, [-margin, -margin, width + margin, height + margin]);
	return cut.length > 2 ? `M${cut.map(text).join('L')}Z` : '';
}

/** Cut a ring at a box: Sutherland & Hodgman, Reentrant polygon clipping, 1974. */
function clip(
	points: readonly Point[],
	[left, top, right, bottom]: [number, number, number, number],
): Point[] {
	const sides: [axis: 0 | 1, at: number, keepAbove: boolean][] = [
		[0, left, true],
		[0, right, false],
		[1, top, true],
		[1, bottom, false],
	];
	let ring = [...points];
	for (const [axis, at, keepAbove] of sides) {
		const inside = (point: Point) => (keepAbove ? point[axis] >= at : point[axis] <= at);
		const kept: Point[] = [];
		for (const [i, point] of ring.entries()) {
			const before = ring.at(i - 1) ?? point;
			if (inside(point) !== inside(before)) {
				const share = (at - before[axis]) / (point[axis] - before[axis]);
				kept.push([before[0] + (point[0] - before[0]) * share, before[1] + (point[1] - before[1]) * share]);
			}
			if (inside(point)) kept.push(point);
		}
		ring = kept;
	}
	return ring;
}

const text = ([x, y]: Point) => `${Math.round(x * 2) / 2} ${Math.round(y * 2) / 2}`;
