import type { Locale } from '@parvis/platform';
import { page } from '$app/state';
import { createFormat, type Format } from './format.ts';
import { type Parameters, translate } from './messages.ts';

export interface Words {
	locale: Locale;
	t: (key: string, parameters?: Parameters) => string;
	/** Numbers, dates and durations as this reader writes them. */
	format: Format;
	/** The reader's side of a text kept in both languages; the French one where there is no other. */
	pick: (text: { fr: string; en: string | null }) => string;
}

/** The words of the page being shown; to be called while a component is set up. */
export function useWords(): Words {
	const locale: Locale = page.data.locale ?? 'fr';
	return {
		locale,
		t: (key, parameters) => translate(locale, key, parameters),
		format: createFormat(locale),
		pick: (text) => text[locale] ?? text.fr,
	};
}
