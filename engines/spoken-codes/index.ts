/** Digits and capitals without those that are taken for another: 0, 1, I, L, O. As many as a prime, for the check. */
export const alphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const base = alphabet.length;

/** Positions weigh differently up to here; longer ones would weigh alike again. */
const longest = base - 2;

/**
 * The character that makes a number checkable. The sum of all characters by their weights, 1 for the check itself and one
 * more for each to its left, is a multiple of 31: as 31 is prime and no weight is one, a single wrong character changes the
 * sum; as no two weights are alike, so do two that changed places.
 * @param text of the alphabet, at most 29 characters @throws RangeError for any other
 */
export function checkCharacter(text: string): string {
	return alphabet[(base - weighed(text, 2)) % base] ?? '';
}

export const withCheck = (text: string): string => text + checkCharacter(text);

/** Whether the last character is the check of those before it. */
export function isChecked(code: string): boolean {
	return (
		code.length > 1 &&
		code.length <= longest + 1 &&
		[...code].every((character) => alphabet.includes(character)) &&
		weighed(code, 1) === 0
	);
}

function weighed(text: string, lastWeight: number): number {
	if (text.length > longest + 2 - lastWeight) throw new RangeError('too long for its check');
	let sum = 0;
	for (const [n, character] of [...text].toReversed().entries()) {
		const value = alphabet.indexOf(character);
		if (value < 0) throw new RangeError(`not of the alphabet: ${character}`);
		sum += value * (lastWeight + n);
	}
	return sum % base;
}

/** A count written in the alphabet, with at least so many characters. @param count whole, from 0 */
export function codeOf(count: number, width = 1): string {
	let text = '';
	for (let rest = count; rest > 0; rest = Math.floor(rest / base))
		text = (alphabet[rest % base] ?? '') + text;
	return text.padStart(width, alphabet[0]);
}

/** What was typed or read aloud, without spaces, hyphens and small letters; null when it is no code of this length. */
export function readCode(typed: string, length: number): string | null {
	const code = typed
		.slice(0, 100)
		.replaceAll(/[\s.-]/g, '')
		.toUpperCase();
	return code.length === length && isChecked(code) ? code : null;
}

/** Characters drawn by chance. @param random whole numbers from 0 to 255, more than are needed */
export function randomCode(length: number, random: (bytes: number) => Uint8Array): string {
	// 248 is the largest multiple of 31 in a byte: above it, some characters would come more often.
	let text = '';
	while (text.length < length)
		for (const byte of random(length * 2))
			if (byte < 248 && text.length < length) text += alphabet[byte % base] ?? '';
	return text;
}
