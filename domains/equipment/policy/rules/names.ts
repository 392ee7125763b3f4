import type { Category, Words } from '../../kinds.ts';

/** Categories as the document and the explanations name them: several of them. */
export const categoryNames: Record<Category, Words> = {
	smartphone: { fr: 'smartphones', en: 'smartphones' },
	feature_phone: { fr: 'téléphones simples', en: 'feature phones' },
	tablet: { fr: 'tablettes', en: 'tablets' },
	laptop: { fr: 'ordinateurs portables', en: 'laptops' },
	desktop: { fr: 'ordinateurs fixes', en: 'desktops' },
	monitor: { fr: 'écrans', en: 'monitors' },
	server: { fr: 'serveurs', en: 'servers' },
	printer: { fr: 'imprimantes', en: 'printers' },
	network: { fr: 'équipements réseau', en: 'network equipment' },
	projector: { fr: 'vidéoprojecteurs', en: 'projectors' },
	other: { fr: 'autres équipements', en: 'other equipment' },
};

/** `2 ans`, `1 an`, `1,5 an`: in French the plural begins at two. */
export function years(value: number): Words {
	const rounded = Math.round(value * 10) / 10;
	return {
		fr: `${String(rounded).replace('.', ',')} an${rounded >= 2 ? 's' : ''}`,
		en: `${rounded} year${rounded === 1 ? '' : 's'}`,
	};
}

/** `4 mai 2026`, from `2026-05-04`. */
export function dayName(day: string): Words {
	const at = new Date(`${day}T12:00:00Z`);
	const name = (locale: string) =>
		new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(at);
	return { fr: name('fr'), en: name('en-GB') };
}

/** Cents as euros, for sentences. */
export function euros(cents: number): Words {
	const name = (locale: string) =>
		new Intl.NumberFormat(locale, {
			style: 'currency',
			currency: 'EUR',
			minimumFractionDigits: cents % 100 === 0 ? 0 : 2,
			maximumFractionDigits: 2,
		}).format(cents / 100);
	return { fr: name('fr'), en: name('en-GB') };
}
