import { type Footprint, making, type Range, type Running, type Successor } from '@parvis/device-lifecycle';
import type { CategoryRules, PolicyRules } from '../../policy/face.ts';

/** What is supposed of a category, one value each: the middles, or a draw. Cents, years, shares. */
export interface CostValues {
	referenceYears: number;
	secondLifeYears: number;
	refurbishingShare: number;
	newerUsesLess: number;
	newPrice: number;
	refurbishedPrice: number;
	failureYears: number;
	failureShape: number;
	repairCost: number;
	failureCost: number;
	beyondRepair: number;
	supportYears: number;
	refurbishedAge: number;
	/** Cents a tonne of CO2e. */
	carbonPrice: number;
	/** Cents a kWh. */
	electricityPrice: number;
	/** A year. */
	discount: number;
	/** kg CO2e of a kWh. */
	electricity: number;
	manufacture: number;
	transport: number;
	endOfLife: number;
	useKwhPerYear: number;
}

export type CostName = keyof CostValues;

/** A footprint of nothing, for categories that have none: their carbon is not counted, and that is said. */
export const noFootprint: Footprint = {
	manufacture: { low: 0, mid: 0, high: 0 },
	transport: { low: 0, mid: 0, high: 0 },
	endOfLife: { low: 0, mid: 0, high: 0 },
	useKwhPerYear: { low: 0, mid: 0, high: 0 },
};

export type CostRanges = Readonly<Record<CostName, Range>>;

export const middles = (ranges: CostRanges): CostValues =>
	Object.fromEntries(Object.entries(ranges).map(([name, { mid }]) => [name, mid])) as unknown as CostValues;

/** What a month later is worth now. */
export const monthlyDiscount = (values: Pick<CostValues, 'discount'>): number =>
	1 / (1 + Math.max(1e-4, values.discount)) ** (1 / 12);

const carbonCents = (values: CostValues, kilograms: number) => (kilograms * values.carbonPrice) / 1000;

/** kg CO2e of making a new one, or of refurbishing one. */
export function madeKilograms(values: CostValues, kind: 'new' | 'refurbished'): number {
	const whole = making(values);
	return kind === 'new'
		? whole
		: (values.refurbishingShare * whole * values.secondLifeYears) / Math.max(0.25, values.referenceYears);
}

export const priceOf = (values: CostValues, kind: 'new' | 'refurbished'): number =>
	kind === 'new' ? values.newPrice : values.refurbishedPrice;

/** kWh of a year; a refurbished one uses what those of before do. */
export const useOf = (values: CostValues, kind: 'held' | 'new' | 'refurbished'): number =>
	values.useKwhPerYear * (kind === 'new' ? 1 - values.newerUsesLess : 1);

/** Running costs in cents: electricity, its carbon, failures. */
export function runningOf(values: CostValues, kind: 'held' | 'new' | 'refurbished'): Running {
	const kwh = useOf(values, kind);
	return {
		failures: { years: values.failureYears, shape: values.failureShape },
		perMonth: (kwh * values.electricityPrice + carbonCents(values, kwh * values.electricity)) / 12,
		perFailure: values.failureCost,
		perRepair: values.repairCost,
		beyondRepair: values.beyondRepair,
	};
}

const monthDays = 30.4375;

/** What replaces a device of the category, within the policy: its least years, and the security floor. */
export function successorOf(
	values: CostValues,
	kind: 'new' | 'refurbished',
	rules: CategoryRules | undefined,
	graceDays: number,
): Successor {
	const startAge = kind === 'new' ? 0 : Math.round(values.refurbishedAge * 12);
	const leastYears = (kind === 'new' ? rules?.minimumYears : rules?.refurbishedYears) ?? 0;
	const supported = Math.round(values.supportYears * 12 + graceDays / monthDays) - startAge;
	const reinstalled = (rules?.reinstallUpToYears ?? 0) * 12 - startAge;
	return {
		running: runningOf(values, kind),
		upfront: priceOf(values, kind) + carbonCents(values, madeKilograms(values, kind)),
		startAge,
		least: Math.round(leastYears * 12),
		most: Math.max(12, supported, reinstalled),
	};
}

/** What the policy buys for a need; null: whatever costs less. */
export function kindBought(
	policy: PolicyRules | null,
	rules: CategoryRules | undefined,
	need: string | null,
) {
	if (!policy || !rules) return null;
	if (!rules.refurbishedFirst) return 'new' as const;
	return need !== null && rules.newForNeeds.includes(need) ? ('new' as const) : ('refurbished' as const);
}
