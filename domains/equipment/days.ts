import { z } from 'zod';

const wall = new Intl.DateTimeFormat('sv-SE', {
	timeZone: 'Europe/Paris',
	dateStyle: 'short',
	timeStyle: 'medium',
});
const hour = 3_600_000;
const day = 24 * hour;

/** The day in the town at that instant, `2026-11-25`. */
export const townDay = (at: Date): string => wall.format(at).slice(0, 10);

/** What the town's clock shows, `09:30`. */
export const townTime = (at: Date): string => wall.format(at).slice(11, 16);

/** The town's day, by the room's clock. */
export const today = (context: { now(): Date }): string => townDay(context.now());

/** The instant at which the town's clock shows this time on this day; of an hour that comes twice the first. */
export function townInstant(of: string, time: string): Date {
	const wanted = Date.parse(`${of}T${time}:00Z`);
	const early = new Date(wanted - 2 * hour);
	const shown = Date.parse(`${wall.format(early).replace(' ', 'T')}Z`);
	return shown === wanted ? early : new Date(wanted - hour);
}

/** About noon of that day in the town, for what is known by its day only. */
export const noonOf = (of: string): Date => new Date(`${of}T11:00:00Z`);

/** So many days later; earlier when negative. */
export const addDays = (from: string, days: number): string =>
	new Date(Date.parse(`${from}T00:00:00Z`) + days * day).toISOString().slice(0, 10);

export const dayBefore = (of: string): string => addDays(of, -1);

/** Whole days from one to the other. */
export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / day;

/** A day as a form gives it; for PostgreSQL there is no year 0. */
export const dayInput = z.iso
	.date('equipment.day_invalid')
	.refine((of) => of >= '1970-01-01' && of < '2200-01-01', 'equipment.day_invalid');
