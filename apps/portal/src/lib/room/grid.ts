/** As many tiles on one page of the grid, at most. */
export const tilesOnPage = 50;

/**
 * Columns in which so many 16:9 tiles are largest in a box.
 * @param width, height of the box, in CSS pixels
 */
export function columnsFor(count: number, width: number, height: number, gap = 8): number {
	let best = 1;
	let bestWidth = 0;
	for (let columns = 1; columns <= Math.max(1, count); columns++) {
		const rows = Math.ceil(count / columns);
		const byWidth = (width - gap * (columns - 1)) / columns;
		const byHeight = ((height - gap * (rows - 1)) / rows) * (16 / 9);
		const tile = Math.min(byWidth, byHeight);
		if (tile > bestWidth + 0.5) {
			bestWidth = tile;
			best = columns;
		}
	}
	return best;
}

/** Letters for who shows no picture: `HV` for Hélène Vasseur. */
export function initials(name: string): string {
	const words = name.split(/[\s-]+/).filter(Boolean);
	const [first = '', last = ''] = [words.at(0), words.length > 1 ? words.at(-1) : ''];
	return `${[...first][0] ?? ''}${[...last][0] ?? ''}`.toLocaleUpperCase('fr');
}
