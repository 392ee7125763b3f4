import type { Typed } from './forms.ts';

/** Words and what they mean, from fields `mot.0`, `genre.0`, `sens.0` …; those without a meaning are left out unless `all`. */
export function wordsOf(typed: Typed, all = false): { kind: string; word: string; value: string }[] {
	return Object.keys(typed)
		.filter((name) => /^mot\.\d+$/.test(name))
		.map((name) => {
			const number = name.slice('mot.'.length);
			return {
				kind: typed[`genre.${number}`] ?? '',
				word: typed[name] ?? '',
				value: typed[`sens.${number}`] ?? '',
			};
		})
		.filter(({ value }) => all || value !== '');
}

/** The sentence of why a run failed: `key` or `key|reason`. */
export function failureOf(locals: App.Locals, error: string | null): string | null {
	if (!error) return null;
	const [key = '', reason = ''] = error.split('|');
	return locals.platform.messages.t(locals.locale, key, { reason, line: reason });
}
