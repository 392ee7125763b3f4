/** La Poste's establishments alone do not follow Luhn: their digits add up to a multiple of five. */
const laPoste = '356000000';

/** Whether fourteen digits are a SIRET: they follow Luhn's formula (INSEE, SIRENE). */
export function isSiret(text: string): boolean {
	if (!/^\d{14}$/.test(text)) return false;
	const digits = [...text].map(Number);
	if (text.startsWith(laPoste) && digits.reduce((sum, digit) => sum + digit, 0) % 5 === 0) return true;
	const sum = digits.reverse().reduce((total, digit, n) => {
		const counted = n % 2 ? digit * 2 : digit;
		return total + (counted > 9 ? counted - 9 : counted);
	}, 0);
	return sum % 10 === 0;
}
