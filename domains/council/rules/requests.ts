/** Members present who can have a vote held in secret: a third (CGCT L2121-21). */
export function secretNeeds(present: number): number {
	return Math.max(1, Math.ceil(present / 3));
}

/** Members present who can have a vote held in public, by names: a quarter (CGCT L2121-21). */
export function publicNeeds(present: number): number {
	return Math.max(1, Math.ceil(present / 4));
}

/** Members who can have closed doors put to the vote; the mayor can alone (CGCT L2121-18). */
export const closedDoorsNeeds = 3;
