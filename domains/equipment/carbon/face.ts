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

/** Emissions avoided, posted to the ledger. */
export interface Carbon {
	/** Null where the category has no factor, or no years are given. */
	ofOption(option: CarbonOption): Promise<OptionCarbon | null>;
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
