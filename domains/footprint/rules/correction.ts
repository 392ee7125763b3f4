/** What makes two quantities of one key comparable. */
export interface Subject {
	day: string;
	service: string;
	unit: string;
	factor: string | null;
	simulated: boolean;
}

/** Quantities are whole millionths of their unit, so that differences are exact. */
export interface Line extends Subject {
	millionths: number;
}

const same = (a: Subject, b: Subject) =>
	a.day === b.day &&
	a.service === b.service &&
	a.unit === b.unit &&
	a.factor === b.factor &&
	a.simulated === b.simulated;

/**
 * The lines that bring a key to what was posted last: the difference, or where day, service, unit or factor changed,
 * the reversal of what stood and the new quantity. Nothing when it stands already.
 * @param history the key's lines so far, oldest first
 */
export function linesToAppend(history: readonly Line[], posted: Line): Line[] {
	const sums: Line[] = [];
	for (const line of history) {
		const known = sums.find((sum) => same(sum, line));
		if (known) known.millionths += line.millionths;
		else sums.push({ ...line });
	}
	const stands = sums.find((sum) => same(sum, posted))?.millionths ?? 0;
	const added = [
		...sums.filter((sum) => !same(sum, posted)).map((sum) => ({ ...sum, millionths: -sum.millionths })),
		{ ...posted, millionths: posted.millionths - stands },
	];
	return added.filter(({ millionths }) => millionths !== 0);
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
