/** What makes two quantities of one key comparable. */
export interface Subject {
	day: string;
	service: string;
	unit: string;
	factor: string | null;
	simulated: boolean;
	/** Sources of stated carbon; null where a factor or nothing makes carbon of the quantity. */
	stated: string | null;
}

/** Kilograms of stated carbon, in whole millionths. */
export interface Carbon {
	low: number;
	mid: number;
	high: number;
}

/** Quantities are whole millionths of their unit, so that differences are exact. */
export interface Line extends Subject {
	millionths: number;
	/** All 0 where `stated` is null. */
	carbon: Carbon;
}

export const noCarbon: Carbon = { low: 0, mid: 0, high: 0 };

const same = (a: Subject, b: Subject) =>
	a.day === b.day &&
	a.service === b.service &&
	a.unit === b.unit &&
	a.factor === b.factor &&
	a.simulated === b.simulated &&
	a.stated === b.stated;

/** One amount and `sign` times another. */
const plus = (line: Line, sign: 1 | -1, other: Pick<Line, 'millionths' | 'carbon'>): Line => ({
	...line,
	millionths: line.millionths + sign * other.millionths,
	carbon: {
		low: line.carbon.low + sign * other.carbon.low,
		mid: line.carbon.mid + sign * other.carbon.mid,
		high: line.carbon.high + sign * other.carbon.high,
	},
});

const nothing = { millionths: 0, carbon: noCarbon };
const isSomething = ({ millionths, carbon }: Line) =>
	millionths !== 0 || carbon.low !== 0 || carbon.mid !== 0 || carbon.high !== 0;

/**
 * The lines that bring a key to what was posted last: the difference, or where day, service, unit, factor or source changed,
 * the reversal of what stood and the new quantity. Nothing when it stands already. Of a range the differences of its three
 * values, so that its sum is again the range posted last.
 * @param history the key's lines so far, oldest first
 */
export function linesToAppend(history: readonly Line[], posted: Line): Line[] {
	const sums: Line[] = [];
	for (const line of history) {
		const at = sums.findIndex((sum) => same(sum, line));
		const known = sums[at];
		if (known) sums[at] = plus(known, 1, line);
		else sums.push(line);
	}
	const stands = sums.find((sum) => same(sum, posted)) ?? nothing;
	const added = [
		...sums.filter((sum) => !same(sum, posted)).map((sum) => plus({ ...sum, ...nothing }, -1, sum)),
		plus(posted, -1, stands),
	];
	return added.filter(isSomething);
}

/** @throws what no measure of a town can be */
export function toMillionths(quantity: number): number {
	const millionths = Math.round(quantity * 1e6);
	if (!Number.isSafeInteger(millionths)) throw new RangeError(`no quantity: ${quantity}`);
	return millionths;
}

/** As PostgreSQL reads it into `numeric`, without a float between. */
export function fromMillionths(millionths: number): string {
	const digits = String(Math.abs(millionths)).padStart(7, '0');
	return `${millionths < 0 ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
