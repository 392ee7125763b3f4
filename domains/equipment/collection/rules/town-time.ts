const wall = new Intl.DateTimeFormat('sv-SE', {
	timeZone: 'Europe/Paris',
	dateStyle: 'short',
	timeStyle: 'medium',
});
const hour = 3_600_000;

const reading = (at: Date) => Date.parse(`${wall.format(at).replace(' ', 'T')}Z`);

/** The day it is in the town, `2026-11-24`. */
export const townDay = (at: Date): string => wall.format(at).slice(0, 10);

/** What the town's clock shows, `09:30`. */
export const townTime = (at: Date): string => wall.format(at).slice(11, 16);

/** The instant at which the town's clock shows this time on this day; of an hour that comes twice the first. */
export function townInstant(day: string, time: string): Date {
	const wanted = Date.parse(`${day}T${time}:00Z`);
	const early = new Date(wanted - 2 * hour);
	return reading(early) === wanted ? early : new Date(wanted - hour);
}

/** So many days later; earlier when negative. */
export const addDays = (day: string, count: number): string =>
	new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
