const wall = new Intl.DateTimeFormat('sv-SE', {
	timeZone: 'Europe/Paris',
	dateStyle: 'short',
	timeStyle: 'medium',
});
const dayMilliseconds = 86_400_000;

/** What the town's clocks show: `2026-11-24 21:50:15`. */
export function townClock(at: number): string {
	return wall.format(at);
}

/** The day in the town: `2026-11-24`. */
export function townDay(at: number): string {
	return townClock(at).slice(0, 10);
}

/** The night an instant belongs to, by the day of its evening: until noon it is the day before. */
export function nightOf(at: number): string {
	const clock = townClock(at);
	const day = clock.slice(0, 10);
	return clock.slice(11, 13) < '12' ? dayAfter(day, -1) : day;
}

export function dayAfter(day: string, days = 1): string {
	return new Date(Date.parse(`${day}T12:00:00Z`) + days * dayMilliseconds).toISOString().slice(0, 10);
}

/** ISO weekday of a day: 1 Monday to 7 Sunday. */
export function weekdayOf(day: string): number {
	return new Date(`${day}T12:00:00Z`).getUTCDay() || 7;
}

/**
 * The instant at which the town's clocks show a time, in milliseconds since 1970; of the hour that comes twice in
 * autumn the first, and of the one that spring leaves out the instant an hour after the clocks stood still.
 */
export function townInstant(day: string, time: string): number {
	const asUtc = Date.parse(`${day}T${time}:00Z`);
	for (const hours of [2, 1]) {
		const at = asUtc - hours * 3_600_000;
		if (townClock(at).slice(0, 16) === `${day} ${time}`) return at;
	}
	return asUtc - 3_600_000;
}
