/** A pouvoir is good for three meetings in a row at most, except in illness (CGCT L2121-20). */
export const mostMeetingsInARow = 3;

/** How many meetings in a row, up to the newest, somebody was represented. @param represented newest first */
export function meetingsInARow(represented: readonly boolean[]): number {
	const first = represented.indexOf(false);
	return first === -1 ? represented.length : first;
}

/**
 * For whom each voter votes: for oneself when present, and for the giver of a pouvoir while the giver is away and the
 * holder present. Who came back in votes in person: the pouvoir lapses.
 * @returns by seat that votes, the seat that casts it
 */
export function votesHeld(
	present: ReadonlySet<string>,
	proxies: readonly { giverId: string; holderId: string }[],
): Map<string, string> {
	const held = new Map<string, string>();
	for (const seat of present) held.set(seat, seat);
	for (const { giverId, holderId } of proxies)
		if (!present.has(giverId) && present.has(holderId)) held.set(giverId, holderId);
	return held;
}
