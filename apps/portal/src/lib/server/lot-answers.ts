import type { Typed } from './forms.ts';

const prefix = 'fin-';

/** What a form says of items: the ends that were chosen, by number. */
export const answersOf = (typed: Typed): { number: string; end: string }[] =>
	Object.entries(typed)
		.filter(([name, end]) => name.startsWith(prefix) && end)
		.map(([name, end]) => ({ number: name.slice(prefix.length), end }));

const mostBytes = 2 * 1024 * 1024;

/** The text of the file that was given; empty where there is none, or one that is no list of items. */
export async function csvOf(data: FormData): Promise<string> {
	const file = data.get('fichier');
	return file instanceof File && file.size <= mostBytes ? file.text() : '';
}
