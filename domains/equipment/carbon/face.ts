import type { FactorSource } from '../catalogue/face.ts';
import type { Category, Range, Words } from '../kinds.ts';

/** One way to answer a need. */
export interface CarbonOption {
	kind: 'keep' | 'pool' | 'refurbished' | 'new';
	category: Category;
	modelId: string | null;
	/** Years that it will serve. */
	serviceYears: number;
}

export interface OptionCarbon {
	/** kg CO2e for one year of service: making and moving shared over its years, use, end of life. */
	perYear: Range;
	/** kg CO2e over `serviceYears`. */
	total: Range;
	/** How it was reckoned, in a sentence with the numbers. */
	method: Words;
	sources: readonly FactorSource[];
}

/** Emissions avoided, posted to the ledger. */
export interface Carbon {
	/** Null where the category has no factor. */
	ofOption(option: CarbonOption): Promise<OptionCarbon | null>;
}
