const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long an undelivered message is tried again. */
export const giveUpAfter = 48 * hour;

/** Between one attempt and the next; the last for all later ones. */
const delays = [
	5 * second,
	30 * second,
	2 * minute,
	10 * minute,
	30 * minute,
	hour,
	2 * hour,
	4 * hour,
	8 * hour,
] as const;

/**
 * When to try again after so many failures in a row, spread by a tenth so that not all come back at once.
 * @param chance in [0, 1)
 */
export function nextAttempt(failures: number, now: Date, chance: number): Date {
	const delay = delays[Math.min(Math.max(failures, 1), delays.length) - 1] ?? hour;
	return new Date(now.getTime() + delay * (0.95 + chance * 0.1));
}
