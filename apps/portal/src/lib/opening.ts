import type { Locale } from '@parvis/platform';
import type { OpeningState } from '@parvis/town';
import { createFormat } from './format.ts';
import { translate } from './messages.ts';

const day = 86_400_000;

/** What to tell somebody at the door: `Ouvert jusqu’à 18:00`, `Fermé, ouvre lundi à 08:30`. */
export function openingSentence({ open, changesAt }: OpeningState, locale: Locale, now: Date): string {
	const format = createFormat(locale);
	if (!changesAt) return translate(locale, open ? 'hours.alwaysOpen' : 'hours.closedNow');
	const time = format.time(changesAt);
	const days = dayNumber(changesAt) - dayNumber(now);
	if (days === 0) return translate(locale, open ? 'hours.openUntil' : 'hours.opensAt', { time });
	if (days < 7) {
		const when = days === 1 ? translate(locale, 'hours.tomorrow') : format.weekday(changesAt);
		return translate(locale, open ? 'hours.openUntilDay' : 'hours.opensDay', { day: when, time });
	}
	return translate(locale, open ? 'hours.openUntilDay' : 'hours.opensDay', {
		day: format.date(changesAt),
		time,
	});
}

const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris', dateStyle: 'short' });

function dayNumber(at: Date): number {
	return Math.round(Date.parse(calendar.format(at)) / day);
}
