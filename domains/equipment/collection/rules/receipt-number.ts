import { codeOf, readCode, withCheck } from '@parvis/spoken-codes';

/** Characters of a desk's share: 31³ desks. */
export const prefixLength = 3;
/** Characters of a desk's own count: 31³ receipts for each. */
const countLength = 3;
const length = prefixLength + countLength + 1;
/** Characters of the secret on the paper: 49 bits. */
export const codeLength = 10;

/** As it is written: `K7M-4QX-8`. */
export const shownNumber = (plain: string): string =>
	`${plain.slice(0, 3)}-${plain.slice(3, 6)}-${plain.slice(6)}`;

/** As it is written: `ABCDE-FGHJK`. */
export const shownCode = (plain: string): string => `${plain.slice(0, 5)}-${plain.slice(5)}`;

/** @param count from 0 @throws RangeError when the desk's share is used up: it then asks for another */
export function receiptNumber(prefix: string, count: number): string {
	const text = codeOf(count, countLength);
	if (text.length > countLength) throw new RangeError('this desk has no number left');
	return shownNumber(withCheck(prefix + text));
}

/** The number as it is kept, from what somebody typed; null when it is none. */
export function readReceiptNumber(typed: string): string | null {
	const plain = readCode(typed, length);
	return plain && shownNumber(plain);
}

/** The secret as it is hashed, from what somebody typed. */
export const readSecret = (typed: string): string =>
	typed.slice(0, 100).replaceAll(/[\s-]/g, '').toUpperCase();

/** The number of one item of a receipt: the receipt's own when it is alone, else with its rank, from 1. */
export const itemNumber = (receipt: string, rank: number, of: number): string =>
	of === 1 ? receipt : `${receipt}.${rank}`;
