/** Empty rows under those that are filled: saving shows new ones. */
const spareRows = 2;
const mostRows = 60;

/** Numbers of the rows that a call's form has, filled ones and a few to fill. */
export function callRows(
	fields: Readonly<Record<string, string>>,
	row: 'envelope' | 'category' | 'question',
): number[] {
	const filled = Object.entries(fields)
		.filter(([name, value]) => name.startsWith(`${row}-`) && value.trim() !== '')
		.map(([name]) => Number(name.split('-')[1]));
	return Array.from({ length: Math.min(Math.max(-1, ...filled) + 1 + spareRows, mostRows) }, (_, n) => n);
}
