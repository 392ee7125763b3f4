import { ok, type Result, refuse } from '@parvis/platform';
import OpeningHours from 'opening_hours';

/** What to tell somebody who stands at the door. */
export interface OpeningState {
	open: boolean;
	/** When that changes; null when it never does or is not known. UTC. */
	changesAt: Date | null;
}

export interface OpeningDay {
	/** 2026-11-23 */
	date: string;
	/** From and to, `HH:MM` in the town's time; empty: closed. To may be `24:00`. */
	hours: { from: string; to: string }[];
	publicHoliday: boolean;
}

const zone = 'Europe/Paris';
const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
/** Public holidays are the country's; a town in Alsace-Moselle names its département's two more by `PH` rules of its own. */
const where = { lat: 0, lon: 0, address: { country_code: 'fr', state: '' } } as const;

/** The library reads a Date's local fields: one whose local fields are the town's clock at that instant. */
function toWall(instant: Date): Date {
	const [date = '', time = ''] = wall.format(instant).split(' ');
	const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
	const [hour = 0, minute = 0, second = 0] = time.split(':').map(Number);
	return new Date(year, month - 1, day, hour, minute, second);
}

function fromWall(local: Date): Date {
	const asUtc = Date.UTC(
		local.getFullYear(),
		local.getMonth(),
		local.getDate(),
		local.getHours(),
		local.getMinutes(),
		local.getSeconds(),
	);
	// Paris is one or two hours ahead: the offset at the instant found with a first guess is right but in the hour of a change.
	const guess = new Date(asUtc - 3_600_000);
	const offset = toUtcFields(guess) - guess.getTime();
	return new Date(asUtc - offset);
}

function toUtcFields(instant: Date): number {
	const local = toWall(instant);
	return Date.UTC(
		local.getFullYear(),
		local.getMonth(),
		local.getDate(),
		local.getHours(),
		local.getMinutes(),
		local.getSeconds(),
	);
}

function parse(text: string): OpeningHours | null {
	try {
		return new OpeningHours(
			text,
			where as unknown as ConstructorParameters<typeof OpeningHours>[1],
			{
				mode: 0,
				tag_key: 'opening_hours',
				map_value: false,
				warnings_severity: 4,
				locale: 'fr',
			} as ConstructorParameters<typeof OpeningHours>[2],
		);
	} catch {
		return null;
	}
}

/** Whether hours in OpenStreetMap's `opening_hours` syntax can be read: `Mo-Fr 08:30-12:00,13:30-17:00; PH off`. */
export function checkOpeningHours(text: string): Result<string> {
	if (text.length > 500 || !parse(text)) return refuse('town.opening_hours_unreadable');
	return ok(text);
}

/** @returns null when the hours are not known or cannot be read */
export function openingState(text: string | null, at: Date): OpeningState | null {
	const hours = text === null ? null : parse(text);
	if (!hours) return null;
	const local = toWall(at);
	const change = hours.getNextChange(local);
	return { open: hours.getState(local), changesAt: change ? fromWall(change) : null };
}

/** The coming seven days, today first; null when the hours are not known or cannot be read. */
export function openingWeek(text: string | null, at: Date): OpeningDay[] | null {
	const hours = text === null ? null : parse(text);
	if (!hours) return null;
	const holidays = parse('PH');
	const today = toWall(at);
	return Array.from({ length: 7 }, (_, n) => {
		const from = new Date(today.getFullYear(), today.getMonth(), today.getDate() + n);
		const to = new Date(today.getFullYear(), today.getMonth(), today.getDate() + n + 1);
		const clock = (date: Date) =>
			date.getTime() === to.getTime()
				? '24:00'
				: `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
		return {
			date: `${from.getFullYear()}-${String(from.getMonth() + 1).padStart(2, '0')}-${String(from.getDate()).padStart(2, '0')}`,
			hours: hours.getOpenIntervals(from, to).map(([start, end]) => ({ from: clock(start), to: clock(end) })),
			publicHoliday: holidays?.getState(new Date(from.getTime() + 12 * 3_600_000)) ?? false,
		};
	});
}
