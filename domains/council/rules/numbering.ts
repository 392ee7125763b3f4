/**
 * Numbers of items as they stand on the agenda: 1, 2, 3; under headings 1.1, 1.2, 2.1, where items in a row under one
 * heading belong together and one without a heading has a number of its own.
 */
export function numbersOf(items: readonly { section: string }[]): string[] {
	if (items.every(({ section }) => section === '')) return items.map((_, n) => String(n + 1));
	let group = 0;
	let inGroup = 0;
	return items.map(({ section }, n) => {
		if (n === 0 || section === '' || section !== items[n - 1]?.section) {
			group++;
			inGroup = 0;
		}
		inGroup++;
		return section === '' ? String(group) : `${group}.${inGroup}`;
	});
}
