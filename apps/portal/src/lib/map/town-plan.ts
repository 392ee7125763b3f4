import { type Projection, projectionAround } from './drawing.ts';

/** The whole town in one picture: what `/plan.svg?entier` draws, and the ground that dots are laid on. */
export function townProjection([west, south, east, north]: readonly [
	number,
	number,
	number,
	number,
]): Projection {
	const centre = [(west + east) / 2, (south + north) / 2] as const;
	const across = (east - west) * 111_320 * Math.cos((centre[1] * Math.PI) / 180);
	return projectionAround(centre, across, (north - south) * 111_320);
}

/** One path for any number of round dots: each a line of no length with a round end. */
export function dotsPath(positions: readonly (readonly [number, number])[], project: Projection): string {
	return positions
		.map((position) => {
			const [x, y] = project(position);
			return `M${Math.round(x)} ${Math.round(y)}h0`;
		})
		.join('');
}
