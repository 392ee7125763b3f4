import { townDay } from '../../days.ts';
/** Comparable form of a word or heading: without capitals, accents, punctuation and runs of spaces. */
export function fold(text: string): string {
	return text
		.normalize('NFKD')
		.replaceAll(/\p{Mn}/gu, '')
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, ' ')
		.trim();
}

const nothing = new Set(['', 'n a', 'na', 'null', 'none', 'nbsp', 'non renseigne', 'inconnu', 'unknown']);

/** A cell without what only looks like something: `&nbsp;`, `N/A`, and the apostrophe that disarms formulas. */
export function tidyCell(cell: string): string {
	const text = cell
		.replaceAll('&nbsp;', ' ')
		.replaceAll(/[\u00a0\u202f\s]+/g, ' ')
		.trim()
		.replace(/^'(?=[=+\-@])/, '');
	return nothing.has(fold(text)) ? '' : text;
}

const noSerial = new Set([
	'to be filled by o e m',
	'to be filled by oem',
	'default string',
	'system serial number',
	'not specified',
	'not available',
	'not applicable',
	'chassis serial number',
	'empty',
	'oem',
]);

/** A serial number, or nothing for what firmware writes when it has none. */
export function tidySerial(cell: string): string {
	const text = tidyCell(cell);
	return noSerial.has(fold(text)) || /^[0\s._-]*$/.test(text) ? '' : text;
}

export type DateOrder = 'dmy' | 'mdy';

const short = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})(?:[ T].*)?$/;

/**
 * How the days of a column are written: day first unless one of them can only be month first. A column that has both kinds
 * is read day first, and what then is no day is refused.
 */
export function dateOrderOf(cells: readonly string[]): DateOrder {
	let [dayFirst, monthFirst] = [0, 0];
	for (const cell of cells) {
		const found = short.exec(cell.trim());
		if (!found) continue;
		if (Number(found[1]) > 12) dayFirst++;
		else if (Number(found[2]) > 12) monthFirst++;
	}
	return monthFirst > 0 && dayFirst === 0 ? 'mdy' : 'dmy';
}

/** `2026-11-25` from ISO, French or American writing, with or without a time; null for what is no day between 1970 and 2199. */
export function parseDay(cell: string, order: DateOrder): string | null {
	const text = cell.trim();
	if (/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})$/.test(text)) {
		const instant = new Date(text);
		return Number.isNaN(instant.getTime()) ? null : checkedDay(townDay(instant));
	}
	const iso = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T].*)?$/.exec(text);
	if (iso) return checkedDay(`${iso[1]}-${iso[2]?.padStart(2, '0')}-${iso[3]?.padStart(2, '0')}`);
	const found = short.exec(text);
	if (!found) return null;
	const [, first = '', second = '', last = ''] = found;
	const year = last.length === 4 ? last : `${Number(last) < 70 ? '20' : '19'}${last}`;
	const [day, month] = order === 'dmy' ? [first, second] : [second, first];
	return checkedDay(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
}

function checkedDay(day: string): string | null {
	const at = new Date(`${day}T00:00:00Z`);
	const real = !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === day;
	return real && day >= '1970-01-01' && day <= '2199-12-31' ? day : null;
}

/** That many months after a day, on the same day of the month or its last. */
export function addMonths(day: string, months: number): string {
	const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
	const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
	return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

/**
 * Cents of a price as people write it: `1 234,56 €`, `1,234.56`, `1.234,56`, `950`. A lone separator with three digits behind it
 * separates thousands. Null for what is no price.
 */
export function parsePrice(cell: string): number | null {
	const text = cell.replaceAll(/[\s\u00a0\u202f€$£']|eur/gi, '');
	if (!/^\d[\d.,]*$/.test(text)) return null;
	const at = Math.max(text.lastIndexOf(','), text.lastIndexOf('.'));
	const both = text.includes(',') && text.includes('.');
	const decimals = at < 0 ? 0 : text.length - at - 1;
	const several = at >= 0 && text.indexOf(text[at] ?? '') !== at;
	const isDecimal = at >= 0 && (both || decimals !== 3) && !(several && !both);
	const written = isDecimal ? text.slice(0, at) : text;
	const fraction = isDecimal ? text.slice(at + 1) : '';
	if (!/^(\d+|\d{1,3}(\.\d{3})+|\d{1,3}(,\d{3})+)$/.test(written) || !/^\d{0,4}$/.test(fraction)) return null;
	const whole = written.replaceAll(/[.,]/g, '');
	const cents = Number(whole) * 100 + Math.round(Number(`0.${fraction || '0'}`) * 100);
	return cents <= 2_000_000_000 ? cents : null;
}

/** Months of `36`, `36 months`, `3 ans`; null for what is no span. */
export function parseMonths(cell: string): number | null {
	const found = /^(\d{1,3})\s*(mois|months?|ans?|years?|annees?)?$/.exec(fold(cell));
	if (!found) return null;
	const count = Number(found[1]) * (/^(an|year)/.test(found[2] ?? '') ? 12 : 1);
	return count <= 600 ? count : null;
}

/** Percent of `87`, `87 %`; null for what is no whole percentage. */
export function parsePercent(cell: string): number | null {
	const found = /^(\d{1,3})(?:[.,]\d+)?\s*%?$/.exec(cell.trim());
	return found && Number(found[1]) <= 100 ? Number(found[1]) : null;
}
