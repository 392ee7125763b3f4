const clock = new Intl.DateTimeFormat('sv-SE', {
	timeZone: 'Europe/Paris',
	dateStyle: 'short',
	timeStyle: 'medium',
});

/** The day in the town: `2026-11-24`. */
export function townDay(at: Date): string {
	return clock.format(at).slice(0, 10);
}

/**
 * The instant at which the town's clocks show a day and a time; of the hour that comes twice in autumn the first, of the
 * one that spring leaves out the one after.
 * @param time `08:00`
 */
export function townInstant(day: string, time: string): Date {
	const asUtc = Date.parse(`${day}T${time}:00Z`);
	for (const hours of [2, 1]) {
		const at = new Date(asUtc - hours * 3_600_000);
		if (clock.format(at).slice(0, 16) === `${day} ${time}`) return at;
	}
	return new Date(asUtc - 3_600_000);
}

/** A day so many days after another. */
export function addDays(day: string, days: number): string {
	return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** 0 for Monday to 6 for Sunday. */
export function weekdayOf(day: string): number {
	return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** Whether it is a day that exists, written `2026-11-24`; for PostgreSQL there is no year 0. */
export function isDay(text: string): boolean {
	if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text)) return false;
	const at = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}
