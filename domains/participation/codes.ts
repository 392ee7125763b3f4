import { createHash } from 'node:crypto';

/** Crockford's base 32: no I, L, O, U, so that a code copied by hand survives. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const checkBytes = 2;

/** Bytes as people copy them: base 32 in groups of four, the last two bytes a check against typing errors. */
export function toCode(bytes: Buffer): string {
	const checked = Buffer.concat([bytes, checkOf(bytes)]);
	let text = '';
	let value = 0;
	let bits = 0;
	for (const byte of checked) {
		value = (value << 8) | byte;
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			text += alphabet[(value >> bits) & 31];
			value &= (1 << bits) - 1;
		}
	}
	if (bits) text += alphabet[(value << (5 - bits)) & 31];
	return text.replaceAll(/(.{4})(?=.)/g, '$1-');
}

/** Read a code however it was typed. @returns null when it is no code of so many bytes */
export function fromCode(text: string, length: number): Buffer | null {
	const letters = text
		.slice(0, 400)
		.toUpperCase()
		.replaceAll(/[\s.–—-]/g, '')
		.replaceAll('O', '0')
		.replaceAll(/[IL]/g, '1');
	const whole = length + checkBytes;
	if (letters.length !== Math.ceil((whole * 8) / 5)) return null;
	const bytes: number[] = [];
	let value = 0;
	let bits = 0;
	for (const letter of letters) {
		const digit = alphabet.indexOf(letter);
		if (digit < 0) return null;
		value = (value << 5) | digit;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			bytes.push((value >> bits) & 255);
			value &= (1 << bits) - 1;
		}
	}
	const read = Buffer.from(bytes.slice(0, length));
	return checkOf(read).equals(Buffer.from(bytes.slice(length, whole))) && value === 0 ? read : null;
}

function checkOf(bytes: Buffer): Buffer {
	return createHash('sha256').update('parvis code').update(bytes).digest().subarray(0, checkBytes);
}
