/** Chance that comes out the same each time. */
export interface Random {
	/** 0 to 1, without 1. */
	next(): number;
	between(low: number, high: number): number;
	/** Both included. */
	integer(low: number, high: number): number;
	pick<T>(of: readonly T[]): T;
	weighted<T extends { weight: number }>(of: readonly T[]): T;
}

/** Mulberry32, a generator of 32 bits in the public domain by Tommy Ettinger: enough for invented data. */
export function createRandom(seed: number): Random {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
	return {
		next,
		between: (low, high) => low + (high - low) * next(),
		integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
		pick: (of) => of[Math.floor(next() * of.length)] as (typeof of)[number],
		weighted(of) {
			let left = next() * of.reduce((sum, { weight }) => sum + weight, 0);
			for (const one of of) {
				left -= one.weight;
				if (left < 0) return one;
			}
			return of[of.length - 1] as (typeof of)[number];
		},
	};
}
