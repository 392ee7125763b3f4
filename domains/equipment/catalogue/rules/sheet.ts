import type { Range } from '../../kinds.ts';

/** A maker's sheet as Boavizta's data set gives it. */
export interface Sheet {
	/** kg CO2e over the whole life that the maker assumes. */
	total: number;
	/** Shares of the total, from 0 to 1; null where the sheet does not say. */
	manufactureShare: number | null;
	useShare: number | null;
	transportShare: number | null;
	endShare: number | null;
	/** kWh for a year of use. */
	kwhPerYear: number | null;
	/** Published relative error of the total; null when there is none. */
	error: number | null;
}

export interface Phases {
	manufacture: Range;
	transport: Range;
	endOfLife: Range;
	useKwhPerYear: Range;
}

/** Relative error assumed where a sheet has none; EcoDiag assumes 0.2 to 0.3. */
export const assumedError = 0.3;

/** An interval by a relative error: mid ÷ (1 + error) to mid × (1 + error), so that it never falls below nought. */
export function around(mid: number, error: number): Range {
	return { low: mid / (1 + error), mid, high: mid * (1 + error) };
}

/**
 * Phases of a model by its maker's sheet: manufacture = total × share of manufacture. A sheet that only tells the share of use
 * gives manufacture = total × (1 − share of use) with transport and end of life within. What a sheet does not tell is the
 * category's.
 * @returns null for a sheet that tells neither share
 */
export function phasesOfSheet(sheet: Sheet, category: Phases): Phases | null {
	const error = sheet.error || assumedError;
	const use = sheet.kwhPerYear === null ? category.useKwhPerYear : around(sheet.kwhPerYear, error);
	const none: Range = { low: 0, mid: 0, high: 0 };
	if (sheet.manufactureShare === null)
		return sheet.useShare === null
			? null
			: {
					manufacture: around(sheet.total * (1 - sheet.useShare), error),
					transport: none,
					endOfLife: none,
					useKwhPerYear: use,
				};
	const share = (part: number | null, otherwise: Range) =>
		part === null ? otherwise : around(sheet.total * part, error);
	return {
		manufacture: around(sheet.total * sheet.manufactureShare, error),
		transport: share(sheet.transportShare, category.transport),
		endOfLife: share(sheet.endShare, category.endOfLife),
		useKwhPerYear: use,
	};
}
