const laPoste = '356000000';

/**
 * Whether it is a SIRET: fourteen digits with Luhn's check digit; for the establishments of La Poste, whose sum of digits is
 * a multiple of five.
 */
export function isSiret(text: string): boolean {
	if (!/^\d{14}$/.test(text)) return false;
	const digits = [...text].map(Number);
	if (text.startsWith(laPoste) && digits.reduce((sum, digit) => sum + digit, 0) % 5 === 0) return true;
	const sum = digits.reduce((total, digit, n) => {
		const doubled = n % 2 === 0 ? digit * 2 : digit;
		return total + (doubled > 9 ? doubled - 9 : doubled);
	}, 0);
	return sum % 10 === 0;
}
