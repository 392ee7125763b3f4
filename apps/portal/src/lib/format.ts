import type { Locale } from '@parvis/platform';

const timeZone = 'Europe/Paris';
const minute = 60_000;

export interface Format {
	number(value: number, decimals?: number): string;
	/** `lundi 23 novembre 2026` */
	date(at: Date): string;
	/** `23 nov.` */
	shortDate(at: Date): string;
	/** `lundi` */
	weekday(at: Date): string;
	/** `16:05` */
	time(at: Date): string;
	/** `23 nov. 2026, 16:05` */
	dateTime(at: Date): string;
	/** `il y a 5 minutes`; a date when it is more than a week away. */
	relative(at: Date, now?: Date): string;
	/** `10 minutes`, `3 heures`, `2 jours`: the largest unit that reads well. */
	duration(seconds: number): string;
	/** How long somebody spoke or something lasted, to the second: `43 s`, `1 min 05 s`, `1 h 02 min`. */
	length(seconds: number): string;
	/** `12 500 €`, with cents only where there are some. */
	money(cents: number): string;
	/** `350 m`, `1,2 km` */
	distance(meters: number): string;
}

function build(locale: Locale): Format {
	const language = locale === 'fr' ? 'fr-FR' : 'en-GB';
	const dates = (options: Intl.DateTimeFormatOptions) =>
		new Intl.DateTimeFormat(language, { timeZone, ...options });
	const date = dates({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
	const shortDate = dates({ day: 'numeric', month: 'short' });
	const weekday = dates({ weekday: 'long' });
	const time = dates({ hour: '2-digit', minute: '2-digit' });
	const dateTime = dates({
		day: 'numeric',
		month: 'short',
		year: 'numeric',
		hour: '2-digit',
		minute: '2-digit',
	});
	const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
	const numbers = new Map<number, Intl.NumberFormat>();
	const number = (value: number, decimals = 0) => {
		let known = numbers.get(decimals);
		if (!known) {
			known = new Intl.NumberFormat(language, {
				minimumFractionDigits: decimals,
				maximumFractionDigits: decimals,
			});
			numbers.set(decimals, known);
		}
		return known.format(value);
	};
	const money = (decimals: number) =>
		new Intl.NumberFormat(language, {
			style: 'currency',
			currency: 'EUR',
			minimumFractionDigits: decimals,
			maximumFractionDigits: decimals,
		});
	const [euros, cents] = [money(0), money(2)];
	const unit = (value: number, name: 'second' | 'minute' | 'hour' | 'day') =>
		new Intl.NumberFormat(language, {
			style: 'unit',
			unit: name,
			unitDisplay: 'long',
			maximumFractionDigits: value < 10 ? 1 : 0,
		}).format(value);
	const dateText = (at: Date) => {
		const text = date.format(at);
		return locale === 'fr' ? text.replace(/ 1 /, ' 1er ') : text;
	};

	return {
		number,
		date: dateText,
		shortDate: (at) => shortDate.format(at),
		weekday: (at) => weekday.format(at),
		time: (at) => time.format(at),
		dateTime: (at) => dateTime.format(at),
		relative(at, now = new Date()) {
			const distance = at.getTime() - now.getTime();
			const size = Math.abs(distance);
			if (size < minute) return locale === 'fr' ? 'à l’instant' : 'just now';
			if (size < 60 * minute) return relative.format(Math.round(distance / minute), 'minute');
			if (size < 24 * 60 * minute) return relative.format(Math.round(distance / (60 * minute)), 'hour');
			if (size < 7 * 24 * 60 * minute)
				return relative.format(Math.round(distance / (24 * 60 * minute)), 'day');
			return dateTime.format(at);
		},
		duration(seconds) {
			if (seconds < 60) return unit(seconds, 'second');
			if (seconds < 3600) return unit(seconds / 60, 'minute');
			if (seconds < 2 * 86_400) return unit(seconds / 3600, 'hour');
			return unit(seconds / 86_400, 'day');
		},
		length(seconds) {
			const whole = Math.round(seconds);
			const two = (value: number) => String(value).padStart(2, '0');
			if (whole < 60) return `${whole} s`;
			const minutes = Math.trunc(whole / 60);
			if (minutes < 60) return `${minutes} min ${two(whole % 60)} s`;
			return `${Math.trunc(minutes / 60)} h ${two(minutes % 60)} min`;
		},
		money: (amount) => (amount % 100 === 0 ? euros : cents).format(amount / 100),
		distance: (meters) =>
			meters < 1000 ? `${number(Math.round(meters / 10) * 10)} m` : `${number(meters / 1000, 1)} km`,
	};
}

const formats: Record<Locale, Format> = { fr: build('fr'), en: build('en') };

export function createFormat(locale: Locale): Format {
	return formats[locale];
}
