import type { Day } from '../face.ts';

const zone = 'Europe/Paris';
const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
const hour = 3_600_000;
export const dayMilliseconds = 24 * hour;

/** Clock reading in the town at an instant, as if it were UTC, in milliseconds. */
export function wallTime(at: Date): number {
	return Date.parse(`${wall.format(at).replace(' ', 'T')}Z`);
}

/** The day it is in the town at an instant. */
export function dayOf(at: Date): Day {
	return wall.format(at).slice(0, 10);
}

/** The instant at which the town's clock shows this time on this day; of an hour that comes twice the first. */
export function instantOf(day: Day, time = '00:00'): Date {
	const reading = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}Z`);
	const early = new Date(reading - 2 * hour);
	return wallTime(early) === reading ? early : new Date(reading - hour);
}

export function addDays(day: Day, count: number): Day {
	return new Date(Date.parse(`${day}T00:00:00Z`) + count * dayMilliseconds).toISOString().slice(0, 10);
}

/** Days from the first to the second; negative when it lies before. */
export function daysBetween(from: Day, to: Day): number {
	return Math.round((Date.parse(to) - Date.parse(from)) / dayMilliseconds);
}

/** ISO weekday, 1 is Monday. */
export function weekdayOf(day: Day): number {
	return ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
}

/** First day after this one that falls on one of the weekdays; the next day where none is given. */
export function nextDayAmong(day: Day, weekdays: readonly number[]): Day {
	for (let n = 1; n <= 7; n++) if (weekdays.includes(weekdayOf(addDays(day, n)))) return addDays(day, n);
	return addDays(day, 1);
}
