/** Inhabitants from which a commune gives five clear days and a summary note (CGCT L2121-12). */
const largeTown = 3500;

const dayMilliseconds = 86_400_000;

/** Day in France, `YYYY-MM-DD`. */
export function dayOf(at: Date): string {
	return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris', dateStyle: 'short' }).format(at);
}

/**
 * Whole days between the day of sending and the day of the meeting, neither counted (jours francs). Every calendar day
 * counts, weekends and holidays too; the clock change moves nothing, since days are counted by the calendar.
 */
export function clearDays(sentAt: Date, meetingAt: Date): number {
	const days = (Date.parse(dayOf(meetingAt)) - Date.parse(dayOf(sentAt))) / dayMilliseconds;
	return Math.max(0, Math.round(days) - 1);
}

/**
 * Clear days of notice that the law asks: three under 3,500 inhabitants (CGCT L2121-11), five from there on and in
 * communities (L2121-12, L5211-1); at least one where the chair states urgency, on which the body rules at the opening.
 * Committees have no such delay.
 */
export function noticeDays(body: { kind: string; inhabitants: number }, urgent: boolean): number {
	if (body.kind === 'committee') return 0;
	if (urgent) return 1;
	return body.kind === 'community' || body.inhabitants >= largeTown ? 5 : 3;
}

/** Whether the convocation needs a summary note of what is deliberated (CGCT L2121-12). */
export function needsSynthesis(body: { kind: string; inhabitants: number }): boolean {
	return body.kind !== 'committee' && (body.kind === 'community' || body.inhabitants >= largeTown);
}
