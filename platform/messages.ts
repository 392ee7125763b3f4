export const locales = ['fr', 'en'] as const;
export type Locale = (typeof locales)[number];
export type MessageTable = Readonly<Record<string, string>>;

export interface Messages {
	/** Take in a room's sentences. Both languages must hold the same keys. */
	add(tables: Record<Locale, MessageTable>): void;
	/**
	 * The sentence of a key in a language, `{name}` filled from `parameters`. With a numeric `count`, the key's
	 * `_one` or `_other` form is taken by the language's plural rule where it exists. An unknown key is returned as it is.
	 */
	t(locale: Locale, key: string, parameters?: Record<string, string | number>): string;
}

export function createMessages(): Messages {
	const tables: Record<Locale, Map<string, string>> = { fr: new Map(), en: new Map() };
	const plural = { fr: new Intl.PluralRules('fr'), en: new Intl.PluralRules('en') };
	const number = { fr: new Intl.NumberFormat('fr'), en: new Intl.NumberFormat('en') };
	return {
		add(added) {
			const [fr, en] = locales.map((locale) => new Set(Object.keys(added[locale])));
			const lacking = [...(fr ?? [])]
				.filter((key) => !en?.has(key))
				.concat([...(en ?? [])].filter((key) => !fr?.has(key)));
			if (lacking.length) throw new Error(`messages in one language only: ${lacking.join(', ')}`);
			for (const locale of locales)
				for (const [key, text] of Object.entries(added[locale])) tables[locale].set(key, text);
		},

		t(locale, key, parameters = {}) {
			const { count } = parameters;
			// French and English need only "one" and "other"; French also has "many" for millions, written as "other".
			const form =
				typeof count === 'number' ? (plural[locale].select(count) === 'one' ? 'one' : 'other') : null;
			const text = (form && tables[locale].get(`${key}_${form}`)) ?? tables[locale].get(key) ?? key;
			return text.replace(/\{(\w+)\}/g, (blank, name: string) => {
				const value = parameters[name];
				if (value === undefined) return blank;
				return typeof value === 'number' ? number[locale].format(value) : value;
			});
		},
	};
}
