import { createRandom, type Random } from './random.ts';

/** An interval that holds the true value nine times in ten, around its middle. */
export interface Range {
	low: number;
	mid: number;
	high: number;
}

/** The normal quantile of 95 %: how many deviations the ends of a range are from its middle. */
const ends = 1.6448536269514722;

/** @throws RangeError unless low ≤ mid ≤ high and all are finite */
export function checkRange({ low, mid, high }: Range): void {
	if (!(Number.isFinite(low) && Number.isFinite(high) && low <= mid && mid <= high))
		throw new RangeError(`no range: ${low} ≤ ${mid} ≤ ${high}`);
}

/** A number without uncertainty. */
export const exactly = (value: number): Range => ({ low: value, mid: value, high: value });

/**
 * A draw from a range: half of the draws lie on each side of `mid`, as a half-normal distribution whose deviation is that
 * side's width by 1.645, so that `low` and `high` are the quantiles of 5 and 95 %. Never under 0 where the range is not.
 */
export function draw({ low, mid, high }: Range, random: Random): number {
	const z = random.normal();
	const value = mid + (z * (z < 0 ? mid - low : high - mid)) / ends;
	return low >= 0 ? Math.max(0, value) : value;
}

/** Ranges by amounts: the errors of the parts go the same way, so that the ends are on the safe side. */
export function combine(parts: readonly (readonly [amount: number, range: Range])[]): Range {
	const sum = { low: 0, mid: 0, high: 0 };
	for (const [amount, { low, mid, high }] of parts) {
		sum.low += amount * (amount < 0 ? high : low);
		sum.mid += amount * mid;
		sum.high += amount * (amount < 0 ? low : high);
	}
	return sum;
}

export interface Draws {
	/** 2000 unless told. */
	draws?: number | undefined;
	/** The same seed, the same range. */
	seed?: number | undefined;
}

/**
 * The range of a formula whose inputs are ranges: its middle with all inputs at their middle, so that a reader can redo it by
 * hand; its ends the quantiles of 5 and 95 % of as many draws of all inputs at once (Monte Carlo, JCGM 101:2008).
 * @throws RangeError on an input that is no range
 */
export function propagate<Name extends string>(
	inputs: Readonly<Record<Name, Range>>,
	formula: (values: Record<Name, number>) => number,
	{ draws = 2000, seed = 1 }: Draws = {},
): Range {
	const names = Object.keys(inputs) as Name[];
	for (const name of names) checkRange(inputs[name]);
	const random = createRandom(seed);
	const take = (value: (name: Name) => number) =>
		formula(Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, number>);
	const mid = take((name) => inputs[name].mid);
	const results = Float64Array.from({ length: draws }, () =>
		take((name) => draw(inputs[name], random)),
	).sort();
	return {
		low: Math.min(mid, quantile(results, 0.05)),
		mid,
		high: Math.max(mid, quantile(results, 0.95)),
	};
}

/** @param sorted ascending, at least one */
export function quantile(sorted: ArrayLike<number>, share: number): number {
	const at = (sorted.length - 1) * share;
	const below = sorted[Math.floor(at)] ?? 0;
	return below + ((sorted[Math.ceil(at)] ?? below) - below) * (at - Math.floor(at));
}
