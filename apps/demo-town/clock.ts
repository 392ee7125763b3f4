const hour = 3_600_000;
const day = 24 * hour;

/** What a clock on the wall shows in Paris: summer time from the last Sunday of March to that of October, 01:00 UTC. */
export function parisClock(at: number): { hours: number; weekday: number; dayOfYear: number; days: number } {
	const year = new Date(at).getUTCFullYear();
	const lastSunday = (month: number) => {
		const end = new Date(Date.UTC(year, month + 1, 0));
		return Date.UTC(year, month, end.getUTCDate() - end.getUTCDay(), 1);
	};
	const local = at + (at >= lastSunday(2) && at < lastSunday(9) ? 2 : 1) * hour;
	const days = Math.floor(local / day);
	return {
		hours: (local - days * day) / hour,
		// 1 January 1970 was a Thursday.
		weekday: (days + 4) % 7,
		dayOfYear: (local - Date.UTC(new Date(local).getUTCFullYear(), 0)) / day,
		days,
	};
}
