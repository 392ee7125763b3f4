import type { Locale } from '@parvis/platform';
import en from '../../messages/en.json' with { type: 'json' };
import fr from '../../messages/fr.json' with { type: 'json' };

type Table = Readonly<Record<string, string>>;
/** Every sentence has a French form; a test holds the English beside it. */
export type Key = keyof typeof fr;
export type Parameters = Record<string, string | number>;

const tables: Record<Locale, Table> = { fr, en };
const plural = { fr: new Intl.PluralRules('fr'), en: new Intl.PluralRules('en') };
const number = { fr: new Intl.NumberFormat('fr'), en: new Intl.NumberFormat('en') };

/** The sentence of a key, `{name}` filled from `parameters`; with a numeric `count` its `_one` or `_other` form. */
export function translate(locale: Locale, key: string, parameters: Parameters = {}): string {
	const { count } = parameters;
	const form = typeof count === 'number' ? (plural[locale].select(count) === 'one' ? '_one' : '_other') : '';
	const text = tables[locale][`${key}${form}`] ?? tables[locale][key] ?? key;
	return text.replace(/\{(\w+)\}/g, (blank, name: string) => {
		const value = parameters[name];
		if (value === undefined) return blank;
		return typeof value === 'number' ? number[locale].format(value) : value;
	});
}
