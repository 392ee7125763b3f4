type Position = readonly [number, number];

const metersPerDegree = 111_320;

function offset(from: Position, to: Position): [number, number] {
	const scale = Math.cos((from[1] * Math.PI) / 180);
	return [(to[0] - from[0]) * metersPerDegree * scale, (to[1] - from[1]) * metersPerDegree];
}

/** Metres between two positions, true enough within a town. */
export function metersBetween(from: Position, to: Position): number {
	return Math.hypot(...offset(from, to));
}

export function lengthOf(line: readonly Position[]): number {
	let meters = 0;
	for (let i = 1; i < line.length; i++) meters += metersBetween(line[i - 1] as Position, line[i] as Position);
	return meters;
}

/** Metres from the line's start to the point of it that is nearest to a position. */
export function alongOf(line: readonly Position[], at: Position): number {
	let best = { along: 0, distance: Number.POSITIVE_INFINITY };
	let before = 0;
	for (let i = 1; i < line.length; i++) {
		const from = line[i - 1] as Position;
		const [dx, dy] = offset(from, line[i] as Position);
		const [px, py] = offset(from, at);
		const length = Math.hypot(dx, dy);
		const share = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / (length * length)));
		const distance = Math.hypot(px - share * dx, py - share * dy);
		if (distance < best.distance) best = { along: before + share * length, distance };
		before += length;
	}
	return best.along;
}
