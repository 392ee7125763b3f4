/** Random numbers that are the same on every machine: mulberry32, by its public-domain definition. */
export function createRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** A number from 0 to 1 that belongs to these words and integers, always the same (FNV-1a, then an avalanche). */
export function noiseOf(text: string, n = 0): number {
	let hash = 0x811c9dc5 ^ n;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13) ^ n, 0xc2b2ae35);
	return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}

/** Noise that is smooth in `at`: between whole numbers it blends the two neighbours' noise. From −1 to 1. */
export function smoothNoise(text: string, at: number): number {
	const whole = Math.floor(at);
	const share = at - whole;
	const blend = share * share * (3 - 2 * share);
	const from = noiseOf(text, whole);
	return (from + (noiseOf(text, whole + 1) - from) * blend) * 2 - 1;
}

export const pick = <T>(random: () => number, list: readonly T[]): T => {
	const chosen = list[Math.floor(random() * list.length)];
	if (chosen === undefined) throw new Error('nothing to pick from');
	return chosen;
};
