import type { Actor, AnyTransaction, Result } from '@parvis/platform';
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

export interface Model {
	id: string;
	manufacturer: string;
	name: string;
	category: Category;
	/** Last day with security updates, as its maker says. */
	supportedUntil: string | null;
	/** Where that was read; null: to be checked. */
	supportSource: string | null;
	newPriceCents: number | null;
	refurbishedPriceCents: number | null;
	note: string | null;
	version: number;
	/** Devices that have not left. */
	devices: number;
	/** Whether a value of its own is known, from its maker or the town. */
	ownFootprint: boolean;
}

export interface ModelInput {
	/** Absent: a new one. */
	id?: string | undefined;
	manufacturer: string;
	name: string;
	category: string;
	supportedUntil?: string | null | undefined;
	supportSource?: string | null | undefined;
	newPriceCents?: number | null | undefined;
	refurbishedPriceCents?: number | null | undefined;
	note?: string | null | undefined;
	/** As it was read, when one is changed. */
	version?: number | undefined;
}

export interface ModelQuery {
	/** Words of the maker or the model. */
	search?: string | undefined;
	category?: string | undefined;
	/** From 1. */
	page?: number | undefined;
}

export interface ModelPage {
	items: Model[];
	total: number;
	page: number;
	pageSize: number;
}

/** One value of a category or a model, by the day from which it is used. */
export interface FootprintLine {
	/** Null: ships with Parvis. */
	id: string | null;
	/** Null: from the beginning. */
	validFrom: string | null;
	footprint: DeviceFootprint;
}

export interface FootprintInput {
	/** One of the two. */
	category?: string | null | undefined;
	modelId?: string | null | undefined;
	/** `2026-11-25` */
	validFrom: string;
	manufacture: Range;
	transport: Range;
	endOfLife: Range;
	useKwhPerYear: Range;
	source: string;
	sourceYear: number;
	licence: string;
	url?: string | null | undefined;
	caveat?: string | null | undefined;
}

/** Models and what making, moving, using and ending them emits. */
export interface Catalogue {
	/**
	 * The model's own value where one is known, else the category's, as used today.
	 * Null for a category that has no factor (`other`).
	 */
	footprintOf(of: { modelId?: string | null; category: Category }): Promise<DeviceFootprint | null>;
	/** The same for many at once, by `modelId ?? category`; within the caller's transaction, which holds a connection already. */
	footprintsOf(
		of: readonly { modelId?: string | null; category: Category }[],
		trx?: AnyTransaction,
	): Promise<Map<string, DeviceFootprint>>;
	models: {
		/** By maker and name, 50 a page. For whoever may see or use devices. */
		list(actor: Actor, query?: ModelQuery): Promise<Result<ModelPage>>;
		get(actor: Actor, id: string): Promise<Result<Model>>;
		/** Refusals: `equipment.model_taken`, `equipment.model_unknown`, `equipment.changed_meanwhile`. */
		save(actor: Actor, input: ModelInput): Promise<Result<Model>>;
		/**
		 * Say that a model is another one: its devices become the other's, with an entry in each history, and its name, when it
		 * is imported again, means the other. @returns how many devices moved
		 */
		merge(actor: Actor, from: string, into: string): Promise<Result<{ devices: number }>>;
	};
	footprints: {
		/** Lines of a category or a model, the one in use first, what ships with Parvis last. */
		lines(of: { category: Category } | { modelId: string }): Promise<FootprintLine[]>;
		/** A value of the town's own, from a day on. Refusals: `equipment.footprint_day_taken`, `equipment.footprint_order`. */
		add(actor: Actor, input: FootprintInput): Promise<Result<FootprintLine>>;
		/** How many models ship with a maker's sheet. */
		shippedModels: number;
	};
}
