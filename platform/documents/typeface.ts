/** What is drawn for a text, and whether it says less than the text does. */
export interface Drawable {
	text: string;
	/** Something is drawn otherwise than it was written: who reads the file by ear is to get the text as it was. */
	lossy: boolean;
}

/** Stands for a character that the typeface cannot draw. */
const standIn = '◊';

const lineBreaks = /\r\n|[\r\u0085\u2028\u2029]/g;
const controls = /[^\P{Cc}\t\n]/gu;

/** A text as it can stand in a file: whole characters, composed, without control characters but tab and line feed. */
export const cleanText = (text: string): string =>
	text.toWellFormed().normalize('NFC').replaceAll(lineBreaks, '\n').replaceAll(controls, '');

/**
 * A text in the characters that a typeface has: PDF/UA-1 forbids the empty box drawn for others (ISO 14289-1, 7.21.8).
 * Spaces become ordinary ones, invisible marks go, a compatible spelling is taken where there is one (`₂` as `2`), and
 * what is left is drawn as a lozenge.
 * @param has whether the typeface draws this code point
 */
export function drawable(text: string, has: (codePoint: number) => boolean): Drawable {
	const hasAll = (some: string) => [...some].every((one) => has(one.codePointAt(0) ?? 0));
	let lossy = false;
	const parts = [...cleanText(text)].map((character) => {
		if (character === '\n' || hasAll(character)) return character;
		if (/[\u2007\u202f]/u.test(character)) return '\u00a0';
		if (/\s/u.test(character)) return ' ';
		if (character === '\u2011') return '-';
		// Soft hyphens, joiners, marks of direction.
		if (/\p{Cf}/u.test(character)) return '';
		lossy = true;
		// Accents and variants of a letter or picture that stands before them.
		if (/\p{M}/u.test(character)) return '';
		const compatible = character.normalize('NFKC');
		return compatible !== character && hasAll(compatible) ? compatible : standIn;
	});
	return { text: parts.join(''), lossy };
}
