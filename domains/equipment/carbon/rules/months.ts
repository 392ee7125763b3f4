import {
	type CreditKind,
	type CreditRule,
	combine,
	creditsOf,
	type Range,
	type Rates,
	type Stay,
} from '@parvis/device-lifecycle';

const yearDays = 365.25;
const dayMillis = 86_400_000;

/** A day of the calendar as a number, from 1970-01-01 on, and back. */
export const dayNumber = (day: string): number => Math.round(Date.parse(`${day}T00:00:00Z`) / dayMillis);
export const dayOfNumber = (number: number): string =>
	new Date(number * dayMillis).toISOString().slice(0, 10);

/** First day of the month of a day. */
export const monthOf = (day: string): string => `${day.slice(0, 7)}-01`;

export const daysOfYears = (years: number): number => Math.round(years * yearDays);
export const yearsOfDays = (days: number): number => days / yearDays;

/** What a subject is credited with in a month. */
export interface Monthly {
	subject: string;
	kind: CreditKind;
	/** First day of the month. */
	month: string;
	/** Last day that counts. */
	day: string;
	/** Days on which the making of a new device was displaced. */
	days: number;
	/** kg CO2e; negative where refurbishing and use cost more than was displaced. */
	carbon: Range;
}

/**
 * What the stays of one physical device are credited with, month by month.
 * @param ratesOf of each subject; null where its kind has no footprint: nothing is claimed then
 */
export function monthlyCredits(
	stays: readonly Stay[],
	rule: CreditRule,
	ratesOf: (subject: string) => Rates | null,
): Monthly[] {
	const { credits, unpaid } = creditsOf(stays, rule);
	const months = new Map<string, { last: number; days: number; parts: (readonly [number, Range])[] }>();
	const add = (
		subject: string,
		kind: CreditKind,
		last: number,
		days: number,
		part: readonly [number, Range],
	) => {
		const key = `${subject}\n${kind}\n${monthOf(dayOfNumber(last))}`;
		const month = months.get(key) ?? { last, days: 0, parts: [] };
		months.set(key, month);
		month.last = Math.max(month.last, last);
		month.days += days;
		month.parts.push(part);
	};
	for (const { subject, kind, from, to, displaces, refurbishing } of credits) {
		const rates = ratesOf(subject);
		if (!rates) continue;
		for (let start = from; start < to; ) {
			const end = Math.min(to, nextMonth(start));
			const years = yearsOfDays(end - start);
			const part = displaces
				? ([years, rates[refurbishing ? kind : 'kept']] as const)
				: ([-years, rates.refurbishing] as const);
			add(subject, kind, end - 1, displaces ? end - start : 0, part);
			start = end;
		}
	}
	for (const { subject, kind, day, days } of unpaid) {
		const rates = ratesOf(subject);
		if (rates) add(subject, kind, day, 0, [-yearsOfDays(days), rates.refurbishing]);
	}
	return [...months].map(([key, { last, days, parts }]) => {
		const [subject = '', kind = '', month = ''] = key.split('\n');
		return { subject, kind: kind as CreditKind, month, day: dayOfNumber(last), days, carbon: combine(parts) };
	});
}

function nextMonth(day: number): number {
	const date = new Date(day * dayMillis);
	return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / dayMillis;
}
