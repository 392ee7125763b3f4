/** A round step (1, 2, 2.5 or 5 × 10ⁿ) that cuts a range in about `count` parts. */
export function roundStep(range: number, count: number): number {
	const rough = range / Math.max(count, 1);
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999_999) ?? 10;
	return step * power;
}

export interface ValueScale {
	low: number;
	high: number;
	ticks: number[];
	/** Digits after the separator that the ticks need. */
	decimals: number;
}

/** A scale of values from a round number below the lowest to a round number above the highest. */
export function valueScale(lowest: number, highest: number, count = 4): ValueScale {
	const flat = highest - lowest < 1e-9;
	const from = flat ? lowest - Math.max(Math.abs(lowest) * 0.05, 0.5) : lowest;
	const to = flat ? highest + Math.max(Math.abs(highest) * 0.05, 0.5) : highest;
	const step = roundStep(to - from, count);
	const first = Math.floor(from / step + 1e-9);
	const last = Math.ceil(to / step - 1e-9);
	const power = Math.floor(Math.log10(step) + 1e-9);
	// A step of 2.5 needs one digit more than its power of ten says.
	const halves = Math.abs(step / 10 ** power - 2.5) < 1e-6 ? 1 : 0;
	const decimals = Math.max(0, halves - power);
	const ticks = Array.from({ length: last - first + 1 }, (_, n) => Number(((first + n) * step).toFixed(10)));
	return { low: ticks[0] ?? from, high: ticks.at(-1) ?? to, ticks, decimals };
}
