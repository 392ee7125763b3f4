/** ln Γ(x) for x > 0: Lanczos, SIAM J. Numer. Anal. B 1 (1964), with the coefficients for g = 7, n = 9. */
export function logGamma(x: number): number {
	const coefficients = [
		676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
		-0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
	];
	if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
	const y = x - 1;
	let sum = 0.9999999999998099;
	for (const [i, coefficient] of coefficients.entries()) sum += coefficient / (y + i + 1);
	const t = y + 7.5;
	return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Regularised lower incomplete gamma function P(a, x): by series (DLMF 8.11.4) or continued fraction (DLMF 8.9.2). */
export function regularisedGamma(a: number, x: number): number {
	if (!(x > 0)) return 0;
	if (x === Number.POSITIVE_INFINITY) return 1;
	const front = Math.exp(a * Math.log(x) - x - logGamma(a));
	if (x < a + 1) {
		let term = 1 / a;
		let sum = term;
		for (let n = 1; n < 1000 && term > sum * 1e-14; n++) {
			term *= x / (a + n);
			sum += term;
		}
		return Math.min(1, front * sum);
	}
	// Modified Lentz.
	const tiny = 1e-300;
	let b = x + 1 - a;
	let c = 1 / tiny;
	let d = 1 / b;
	let fraction = d;
	for (let n = 1; n < 1000; n++) {
		const factor = n * (a - n);
		b += 2;
		d = 1 / (factor * d + b || tiny);
		c = b + factor / c || tiny;
		const step = d * c;
		fraction *= step;
		if (Math.abs(step - 1) < 1e-14) break;
	}
	return Math.max(0, 1 - front * fraction);
}

/** A gamma distribution by its mean and variance, both positive. */
export interface Gamma {
	/** Probability of at most x. */
	below(x: number): number;
	/** Where so much of the probability, between 0 and 1, lies below. */
	quantile(probability: number): number;
}

export function gammaOf(mean: number, variance: number): Gamma {
	// Beyond this the distribution is as good as a point, and the series would not end.
	const shape = Math.min((mean * mean) / variance, 1e5);
	const scale = mean / shape;
	const below = (x: number) => regularisedGamma(shape, x / scale);
	return {
		below,
		quantile(probability) {
			let low = 0;
			let high = mean + scale;
			while (below(high) < probability) high *= 2;
			for (let n = 0; n < 60 && high - low > 1e-9 * high; n++) {
				const middle = (low + high) / 2;
				if (below(middle) < probability) low = middle;
				else high = middle;
			}
			return (low + high) / 2;
		},
	};
}
