/**
 * How many members must be present: more than half of those in office (CGCT L2121-17). Proxies do not count.
 * @param inOffice seats held on the day
 */
export function quorumOf(inOffice: number): number {
	return Math.floor(inOffice / 2) + 1;
}

/** Days between a meeting without quorum and the second, which needs none (CGCT L2121-17). */
export const secondMeetingDays = 3;
