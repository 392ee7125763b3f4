import type { ServiceLine, ServiceMonth } from '@parvis/footprint';
import type { Words } from './words.ts';

/** Services that have a name on screen; another one shows its own. */
const named = ['waste', 'lighting', 'interventions', 'equipment', 'buildings', 'water'];

export function serviceName(service: string, t: Words['t']): string {
	return named.includes(service) ? t(`footprint.service.${service}`) : service;
}

/** `1 234 kg`, `12,3 kg`, `0,42 kg`: as many digits as mean something. */
export function kilograms(value: number, format: Words['format']): string {
	const size = Math.abs(value);
	return `${format.number(value, size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : 2)} kg`;
}

/** The ends of a range: `12 kg – 40 kg`. */
export function between(
	{ low, high }: { low: number | null; high: number | null },
	format: Words['format'],
): string {
	return `${kilograms(low ?? 0, format)} – ${kilograms(high ?? 0, format)}`;
}

/** `2026-11` as `novembre 2026`. */
export function monthName(month: string, locale: Words['locale']): string {
	return new Intl.DateTimeFormat(locale === 'fr' ? 'fr-FR' : 'en-GB', {
		month: 'long',
		year: 'numeric',
		timeZone: 'UTC',
	}).format(new Date(`${month}-15T00:00:00Z`));
}

/** The sentence that makes a number: what was measured × the factor with its source, compared with what, how. */
export function explain(line: ServiceLine, { t, format, pick, locale }: Words): string {
	const amount = Math.abs(line.quantity);
	const quantity =
		line.unit === 'year'
			? t('footprint.serviceYears', { count: Math.round(amount), years: format.number(amount, 1) })
			: `${format.number(amount, 1)} ${line.unit}`;
	// They stand within a sentence, whether or not they end as one.
	const clause = (text: string) => text.replace(/[.\s]+$/, '');
	const parts = { quantity, baseline: clause(pick(line.baseline)), method: clause(pick(line.method)) };
	if (line.statedSource !== null)
		return t((line.kilograms ?? 0) < 0 ? 'footprint.moreStated' : 'footprint.lessStated', {
			...parts,
			source: line.statedSource,
			kilograms: kilograms(Math.abs(line.kilograms ?? 0), format),
			range: between(line, format),
		});
	if (line.factor === null || line.kilograms === null)
		return t(line.quantity < 0 ? 'footprint.moreTime' : 'footprint.lessTime', parts);
	const { factor } = line;
	const caveat = factor.caveat ? t('footprint.caveat', { caveat: pick(factor.caveat) }) : '';
	return t(line.quantity < 0 ? 'footprint.more' : 'footprint.less', {
		...parts,
		factor: `${factor.kilogramsPerUnit.toLocaleString(locale, { maximumSignificantDigits: 4 })} kg CO2e/${line.unit}`,
		source: `${factor.source}, ${factor.year}${caveat}`,
		kilograms: kilograms(line.kilograms, format),
	});
}

export interface MonthRow {
	month: string;
	kilograms: number;
	low: number;
	high: number;
	services: { service: string; kilograms: number }[];
}

/** Months with their services, newest first; of measured or of simulated entries alone. */
export function byMonth(months: readonly ServiceMonth[], simulated: boolean): MonthRow[] {
	const rows = new Map<string, MonthRow>();
	for (const one of months) {
		if (one.simulated !== simulated) continue;
		const row = rows.get(one.month) ?? { month: one.month, kilograms: 0, low: 0, high: 0, services: [] };
		row.kilograms += one.kilograms;
		row.low += one.low;
		row.high += one.high;
		row.services.push({ service: one.service, kilograms: one.kilograms });
		rows.set(one.month, row);
	}
	return [...rows.values()];
}
