import type { Category, Range, Words } from '../kinds.ts';

export interface FactorSource {
	label: string;
	year: number;
	licence: string;
	url: string | null;
}

/** What one device of a model, or of a category where nothing better is known, emits. */
export interface DeviceFootprint {
	category: Category;
	/** Null: the value of the category. */
	modelId: string | null;
	/** kg CO2e, once. */
	manufacture: Range;
	/** kg CO2e, once. */
	transport: Range;
	/** kg CO2e, once. */
	endOfLife: Range;
	/** kWh for a year of use. */
	useKwhPerYear: Range;
	sources: readonly FactorSource[];
	/** What is not certain about it, said wherever it is shown. */
	caveat: Words | null;
}

/** Models and what making, moving, using and ending them emits. */
export interface Catalogue {
	/** Null for a category that has no factor (`other`). */
	footprintOf(of: { modelId?: string | null; category: Category }): Promise<DeviceFootprint | null>;
}
