/** A fraction of integers; the denominator is positive. */
export interface Rational {
	readonly n: bigint;
	readonly d: bigint;
}

function gcd(a: bigint, b: bigint): bigint {
	let [x, y] = [a < 0n ? -a : a, b];
	while (y) [x, y] = [y, x % y];
	return x;
}

export function rational(n: bigint, d = 1n): Rational {
	const divisor = gcd(n, d);
	return divisor > 1n ? { n: n / divisor, d: d / divisor } : { n, d };
}

export const minus = (a: Rational, b: Rational): Rational => rational(a.n * b.d - b.n * a.d, a.d * b.d);
export const plus = (a: Rational, b: Rational): Rational => rational(a.n * b.d + b.n * a.d, a.d * b.d);
export const times = (a: Rational, factor: bigint): Rational => rational(a.n * factor, a.d);

/** Negative, zero or positive as `a` is below, equal to or above `b`. */
export function compare(a: Rational, b: Rational): number {
	const difference = a.n * b.d - b.n * a.d;
	return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The double nearest to a fraction, within two units in its last place. */
export function toNumber({ n, d }: Rational): number {
	const negative = n < 0n;
	const top = negative ? -n : n;
	if (top === 0n) return 0;
	// Some 64 significant bits of the quotient, then one rounding.
	const shift = 64 - (bitLength(top) - bitLength(d));
	const quotient = shift >= 0 ? (top << BigInt(shift)) / d : top / (d << BigInt(-shift));
	const value = Number(quotient) * 2 ** -shift;
	return negative ? -value : value;
}

function bitLength(value: bigint): number {
	return value.toString(16).length * 4;
}
