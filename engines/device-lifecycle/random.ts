/** Draws that a seed repeats: xoshiro128** (Blackman & Vigna 2018), seeded by splitmix32. */
export interface Random {
	/** At least 0, under 1. */
	next(): number;
	/** Of the normal distribution of mean 0 and deviation 1 (Box & Muller 1958). */
	normal(): number;
}

export function createRandom(seed: number): Random {
	let state = seed | 0;
	const split = () => {
		state = (state + 0x9e3779b9) | 0;
		let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
		mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
		return mixed ^ (mixed >>> 15);
	};
	let a = split();
	let b = split();
	let c = split();
	let d = split() | 1;
	const next = () => {
		const five = Math.imul(b, 5);
		const result = Math.imul((five << 7) | (five >>> 25), 9);
		const shifted = b << 9;
		c ^= a;
		d ^= b;
		b ^= c;
		a ^= d;
		c ^= shifted;
		d = (d << 11) | (d >>> 21);
		return (result >>> 0) / 4294967296;
	};
	return {
		next,
		normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
	};
}
