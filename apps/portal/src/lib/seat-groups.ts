/** Groups of an assembly with how many sit in each, the largest first; who belongs to none is left out. */
export function groupsOf(seats: readonly { party: string }[]): { name: string; count: number }[] {
	const counts = new Map<string, number>();
	for (const { party } of seats) if (party) counts.set(party, (counts.get(party) ?? 0) + 1);
	return [...counts]
		.map(([name, count]) => ({ name, count }))
		.toSorted((a, b) => b.count - a.count || a.name.localeCompare(b.name, 'fr'));
}
