const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris', dateStyle: 'short' });

/** The day in the town at that instant, `2026-11-25`. */
export const townDay = (at: Date): string => day.format(at);

export function addDays(from: string, days: number): string {
	const at = new Date(`${from}T00:00:00Z`);
	at.setUTCDate(at.getUTCDate() + days);
	return at.toISOString().slice(0, 10);
}

/** About noon of that day in the town, for what is known by its day only. */
export const noonOf = (of: string): Date => new Date(`${of}T11:00:00Z`);
