import type { Geometry, Position } from '@parvis/town';

/** Where to centre a drawing of a shape, and how many metres from side to side show it whole. */
export function radiusOf(shape: Geometry): { centre: Position; across: number } {
	const numbers = (shape.coordinates as unknown[]).flat(3) as number[];
	let [west, south, east, north] = [180, 90, -180, -90];
	for (let i = 0; i + 1 < numbers.length; i += 2) {
		const [longitude = 0, latitude = 0] = [numbers[i], numbers[i + 1]];
		west = Math.min(west, longitude);
		east = Math.max(east, longitude);
		south = Math.min(south, latitude);
		north = Math.max(north, latitude);
	}
	const centre = [(west + east) / 2, (south + north) / 2] as const;
	const width = (east - west) * 111_320 * Math.cos((centre[1] * Math.PI) / 180);
	const height = (north - south) * 111_320;
	return { centre, across: Math.max(width, height / 0.6, 250) * 1.15 };
}
