import type { RecurrenceRule } from '../face.ts';
import { addDays } from './town-time.ts';

/** The day so many months after another; of a shorter month its last. */
function addMonths(day: string, months: number): string {
	const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
	const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
	return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

/**
 * The nth day of a recurrence, 0 being its first. Days of the calendar, not instants: clocks that change move none. Months
 * are counted from the first day, so that the 31st stays the last of each month and does not wander.
 */
function nthDay({ startsOn, every, unit }: RecurrenceRule, n: number): string {
	const steps = n * every;
	if (unit === 'day') return addDays(startsOn, steps);
	if (unit === 'week') return addDays(startsOn, steps * 7);
	return addMonths(startsOn, unit === 'month' ? steps : steps * 12);
}

const shortestDays = { day: 1, week: 7, month: 28, year: 365 } as const;

/** Days of a recurrence from `from` to `until`, both included, at most `most`. */
export function occurrences(rule: RecurrenceRule, from: string, until: string, most = 400): string[] {
	const days: string[] = [];
	const last = rule.endsOn && rule.endsOn < until ? rule.endsOn : until;
	// Begin near `from`: a recurrence that runs for years is not counted through. No step is longer than this many days.
	const passed = (Date.parse(from) - Date.parse(rule.startsOn)) / 86_400_000;
	const longest = shortestDays[rule.unit] + (rule.unit === 'month' ? 3 : rule.unit === 'year' ? 1 : 0);
	let n = Math.max(0, Math.floor(passed / (longest * rule.every)) - 1);
	for (let day = nthDay(rule, n); day <= last && days.length < most; day = nthDay(rule, ++n))
		if (day >= from) days.push(day);
	return days;
}
