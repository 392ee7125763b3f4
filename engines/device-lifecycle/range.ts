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
	formula: (values: Readonly<Record<Name, number>>) => number,
	options?: Draws,
): Range {
	return propagateAll(inputs, { formula }, options).formula;
}

/** {@link propagate} for several formulas on the same draws. */
export function propagateAll<Name extends string, Result extends string>(
	inputs: Readonly<Record<Name, Range>>,
	formulas: Readonly<Record<Result, (values: Readonly<Record<Name, number>>) => number>>,
	{ draws = 2000, seed = 1 }: Draws = {},
): Record<Result, Range> {
	// Whatever the order of the fields, the same draws.
	const names = (Object.keys(inputs) as Name[]).sort();
	const results = Object.keys(formulas) as Result[];
	const values = {} as Record<Name, number>;
	for (const name of names) {
		checkRange(inputs[name]);
		values[name] = inputs[name].mid;
	}
	const mids = results.map((result) => formulas[result](values));
	const random = createRandom(seed);
	const drawn = results.map(() => new Float64Array(draws));
	for (let i = 0; i < draws; i++) {
		for (const name of names) values[name] = draw(inputs[name], random);
		for (const [at, result] of results.entries()) (drawn[at] as Float64Array)[i] = formulas[result](values);
	}
	return Object.fromEntries(
		results.map((result, at) => {
			const mid = mids[at] as number;
			const sorted = (drawn[at] as Float64Array).sort();
			return [
				result,
				{
					low: Math.min(mid, quantile(sorted, 0.05)),
					mid,
					high: Math.max(mid, quantile(sorted, 0.95)),
				},
			];
		}),
	) as Record<Result, Range>;
}

/** @param sorted ascending, at least one */
export function quantile(sorted: ArrayLike<number>, share: number): number {
	const at = (sorted.length - 1) * share;
	const below = sorted[Math.floor(at)] ?? 0;
	return below + ((sorted[Math.ceil(at)] ?? below) - below) * (at - Math.floor(at));
}
