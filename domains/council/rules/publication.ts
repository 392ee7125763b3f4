/** An act stays published at least two months, which is how long it may be contested (CGCT R2131-1, CJA R421-1). */
const publishedMonths = 2;
/** The list of deliberations is put up, and minutes are published, within a week (CGCT L2121-25, L2121-15). */
export const weekDays = 7;

/** A day so many days later; days are `YYYY-MM-DD`. */
export function daysAfter(day: string, days: number): string {
	return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The last day of the two months that begin with the publication: the same day of the month, or the last it has. */
export function publishedUntil(day: string): string {
	const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
	const last = new Date(Date.UTC(year, month - 1 + publishedMonths + 1, 0)).getUTCDate();
	return new Date(Date.UTC(year, month - 1 + publishedMonths, Math.min(date, last)))
		.toISOString()
		.slice(0, 10);
}

/**
 * The day from which an act may be carried out: when it was both published and received by the prefecture (CGCT L2131-1).
 * Null while one is missing.
 */
export function executoryOn(publishedOn: string | null, receivedOn: string | null): string | null {
	if (publishedOn === null || receivedOn === null) return null;
	return publishedOn > receivedOn ? publishedOn : receivedOn;
}
