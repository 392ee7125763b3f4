const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const modulus = 1271;
const radix = 36;

function remainder(text: string): number {
	let sum = 0;
	for (const character of text) sum = ((sum + alphabet.indexOf(character)) * radix) % modulus;
	return sum;
}

/**
 * The two check characters of ISO/IEC 7064, MOD 1271-36, for letters A to Z and digits: every single wrong character and
 * every exchange of two neighbours is found, since 36 and 35 have no factor in common with 1271 = 31 × 41.
 */
export function checkCharacters(text: string): string {
	const check = (modulus + 1 - ((remainder(text) * radix) % modulus)) % modulus;
	return `${alphabet[Math.floor(check / radix)]}${alphabet[check % radix]}`;
}

/** `EFF-2026-000123-0K`: year, rank in the year, check characters over all that comes before. */
export function certificateNumber(year: number, rank: number): string {
	const digits = String(rank).padStart(6, '0');
	return `EFF-${year}-${digits}-${checkCharacters(`EFF${year}${digits}`)}`;
}

/**
 * A number as somebody typed it, small letters, spaces and missing hyphens forgiven.
 * @returns as we write it, or null when it is none or its check characters do not fit
 */
export function readCertificateNumber(typed: string): string | null {
	const bare = typed.toUpperCase().replaceAll(/[\s\-–‑]/g, '');
	const parts = /^EFF(\d{4})(\d{6,9})([0-9A-Z]{2})$/.exec(bare);
	if (!parts) return null;
	const [, year = '', rank = '', check = ''] = parts;
	return checkCharacters(`EFF${year}${rank}`) === check ? `EFF-${year}-${rank}-${check}` : null;
}
