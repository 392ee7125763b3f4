import type { Actor, Result } from '@parvis/platform';
import type { FactorSource } from '../catalogue/face.ts';
import type { Category, Range, Words } from '../kinds.ts';
import type { AssumptionKind, Supposed } from './rules/assumptions.ts';

export type { AssumptionKind, AssumptionName, Supposed } from './rules/assumptions.ts';

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

export interface AssumptionLine extends AssumptionKind, Supposed {
	/** Null where one value serves all. */
	category: Category | null;
	/** How often the town changed it. */
	changes: number;
}

export interface AssumptionChange {
	low: number;
	mid: number;
	high: number;
	source: string;
	url: string | null;
	recordedAt: Date;
}

export interface CarbonSum {
	/** kg CO2e avoided, months that are over. */
	kilograms: Range;
	/** Years of service on which the making of a new device was displaced. */
	serviceYears: number;
	/** As many new devices as would have served these years. */
	newDevices: number;
}

export interface CarbonSummary {
	/** A device counts once in `devices`, whatever ways it was saved. */
	total: { devices: number } & CarbonSum;
	/** Last day that counts; null where nothing does. */
	until: string | null;
	kinds: ({ kind: 'kept' | 'refurbished' | 'reused'; devices: number } & CarbonSum)[];
	/** Oldest first. */
	years: ({ year: string } & CarbonSum)[];
	/** By year, kind and category. */
	lines: {
		year: string;
		kind: 'kept' | 'refurbished' | 'reused';
		category: Category;
		devices: number;
		serviceYears: number;
		kilograms: Range;
	}[];
}

/** Emissions avoided, posted to the ledger. */
export interface Carbon {
	/** Null where the category has no factor, or no years are given. */
	ofOption(option: CarbonOption): Promise<OptionCarbon | null>;
	/** What is claimed, for everybody; the real and the simulated never together. */
	summary(): Promise<{ measured: CarbonSummary; simulated: CarbonSummary }>;
	/**
	 * Bring claims and ledger to what the facts say; by itself on each change of a fact, at night and in a demonstration.
	 * Null: of all devices and items. Harmless when repeated.
	 */
	recompute(
		changed: { deviceIds: readonly string[]; itemIds: readonly string[] } | null,
	): Promise<{ claims: number; posted: number }>;
	/** What is supposed in all of it, open to whoever may see the inventory, changed by the manager; older values are kept. */
	assumptions: {
		list(actor: Actor): Promise<Result<AssumptionLine[]>>;
		/** What the town set, newest first. */
		history(actor: Actor, name: string, category: string | null): Promise<Result<AssumptionChange[]>>;
		/**
		 * Input: `{ name, category?, low, mid, high, source, url? }`. Refusals: `equipment.assumption_unknown`, `_invalid`,
		 * `_order`, `_bounds`, `_source_missing`, `_url`.
		 */
		change(actor: Actor, input: unknown): Promise<Result<null>>;
	};
}
