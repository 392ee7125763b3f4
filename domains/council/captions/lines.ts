import type { SpokenText } from './transcriber.ts';

/** Two lines of captions, as television sets them. */
const mostCharacters = 90;
const longestText = 2000;

/**
 * Words as lines of captions: spaces tidied, what is empty or marks no speech left out (`[Musique]`, `(rires)`), long
 * texts cut at a sentence, a comma or a space, their time shared as their letters are.
 */
export function linesOf(spoken: readonly SpokenText[]): SpokenText[] {
	return spoken.flatMap(({ startSeconds, endSeconds, text }) => {
		const tidy = text
			.toWellFormed()
			.replaceAll(/[\p{Cc}\p{Co}\s]+/gu, ' ')
			.trim()
			.slice(0, longestText);
		if (!/[\p{L}\p{N}]/u.test(tidy) || /^[[(*♪][^\])*♪]*[\])*♪]\.?$/u.test(tidy)) return [];
		const parts = cut(tidy);
		const letters = parts.reduce((sum, part) => sum + part.length, 0);
		const seconds = Math.max(endSeconds - startSeconds, 0.2);
		let said = 0;
		return parts.map((part) => {
			const from = startSeconds + (seconds * said) / letters;
			said += part.length;
			return { startSeconds: from, endSeconds: startSeconds + (seconds * said) / letters, text: part };
		});
	});
}

function cut(text: string): string[] {
	if (text.length <= mostCharacters) return [text];
	const parts = Math.ceil(text.length / mostCharacters);
	const aim = text.length / parts;
	let best: number | null = null;
	let cost = Number.POSITIVE_INFINITY;
	for (const { index } of text.matchAll(/ /g)) {
		if (index > mostCharacters) break;
		const before = text[index - 1] ?? '';
		const next = /^ [?!:;»]/.test(text.slice(index, index + 2));
		const price =
			Math.abs(index - aim) - (/[.!?…]/.test(before) ? 30 : /[,;:]/.test(before) ? 15 : 0) + (next ? 100 : 0);
		if (price < cost) [best, cost] = [index, price];
	}
	const at = best ?? mostCharacters;
	return [text.slice(0, at).trim(), ...cut(text.slice(at).trim())];
}
