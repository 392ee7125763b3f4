import { bestChain, bestReplacement, type Chain, type Held } from '@parvis/device-lifecycle';
import { readAssumptions } from '../carbon/assumptions.ts';
import { electricityFactor } from '../carbon/options.ts';
import { dayNumber } from '../carbon/rules/months.ts';
import type { Catalogue } from '../catalogue/face.ts';
import type { Context } from '../context.ts';
import { townDay } from '../days.ts';
import type { Category } from '../kinds.ts';
import type { Policy, PolicyInForce } from '../policy/face.ts';
import type { FleetDevice } from './fleet.ts';
import {
	type CostName,
	type CostRanges,
	type CostValues,
	kindBought,
	middles,
	monthlyDiscount,
	noFootprint,
	runningOf,
	successorOf,
} from './rules/costs.ts';

const monthDays = 30.4375;
/** What serves nobody yet may begin today. */
const fresh = new Set(['ordered', 'in_stock']);
/** Of a date that nobody knows. */
const never = 100_000;

export interface Neighbour {
	catalogue: Pick<Catalogue, 'footprintOf'>;
	policy: Pick<Policy, 'inForce'>;
}

/** A device with what bounds its replacement, months from now. */
export interface Bounded {
	device: FleetDevice;
	/** Months since its first use by anybody. */
	age: number;
	earliest: number;
	latest: number;
	/** Where a bound comes from. */
	why: { earliest: 'policy' | null; latest: 'security' | 'broken' | null };
	successor: 'new' | 'refurbished';
}

/** All that the plan reckons with, read once. */
export interface Reckoning {
	today: string;
	policy: PolicyInForce | null;
	ranges(category: Category): CostRanges;
	/** Categories without a footprint: their carbon is not counted. */
	uncounted: ReadonlySet<Category>;
	chain(category: Category, kind: 'new' | 'refurbished'): Chain;
	/** Months that a successor serves at most. */
	most(category: Category, kind: 'new' | 'refurbished'): number;
	/** Null where no date says how old it is. */
	bounded(device: FleetDevice, need?: string | null): Bounded | null;
	held(bounded: Bounded): Held;
	discount: number;
}

/** The assumptions that costs are reckoned from, besides the footprint and electricity. */
export const costAssumptions: readonly Exclude<
	CostName,
	'electricity' | 'manufacture' | 'transport' | 'endOfLife' | 'useKwhPerYear'
>[] = [
	'referenceYears',
	'secondLifeYears',
	'refurbishingShare',
	'newerUsesLess',
	'newPrice',
	'refurbishedPrice',
	'failureYears',
	'failureShape',
	'repairCost',
	'failureCost',
	'beyondRepair',
	'supportYears',
	'refurbishedAge',
	'carbonPrice',
	'electricityPrice',
	'discount',
];

/** @param categories those that occur */
export async function readReckoning(
	context: Context,
	{ catalogue, policy }: Neighbour,
	categories: readonly Category[],
): Promise<Reckoning> {
	const today = townDay(context.now());
	const [inForce, electricity, rulesInForce] = await Promise.all([
		readAssumptions(context.db),
		electricityFactor(context, today),
		policy.inForce(today),
	]);
	const ranges = new Map<Category, CostRanges>();
	const uncounted = new Set<Category>();
	for (const category of new Set(categories)) {
		const footprint = await catalogue.footprintOf({ category });
		if (!footprint) uncounted.add(category);
		const { manufacture, transport, endOfLife, useKwhPerYear } = footprint ?? noFootprint;
		const supposed = Object.fromEntries(costAssumptions.map((name) => [name, inForce(name, category).range]));
		ranges.set(category, {
			...supposed,
			manufacture,
			transport,
			endOfLife,
			useKwhPerYear,
			electricity: { low: electricity.value, mid: electricity.value, high: electricity.value },
		} as unknown as CostRanges);
	}
	const rangesOf = (category: Category): CostRanges => {
		const found = ranges.get(category);
		if (!found) throw new Error(`no costs of ${category}`);
		return found;
	};
	const mids = new Map<Category, CostValues>();
	const valuesOf = (category: Category) => {
		const values = mids.get(category) ?? middles(rangesOf(category));
		mids.set(category, values);
		return values;
	};
	const rules = rulesInForce?.rules ?? null;
	const successor = (category: Category, kind: 'new' | 'refurbished') =>
		successorOf(valuesOf(category), kind, rules?.categories[category], rules?.securityGraceDays ?? 0);
	const chains = new Map<string, Chain>();
	const discount = monthlyDiscount({ discount: inForce('discount', 'other').range.mid });
	const chain = (category: Category, kind: 'new' | 'refurbished') => {
		const key = `${category}/${kind}`;
		const found = chains.get(key) ?? bestChain(successor(category, kind), discount);
		chains.set(key, found);
		return found;
	};
	const months = (from: string, to: string) => (dayNumber(to) - dayNumber(from)) / monthDays;
	return {
		today,
		policy: rulesInForce,
		ranges: rangesOf,
		uncounted,
		chain,
		most: (category, kind) => successor(category, kind).most,
		discount,
		bounded(device, need = device.need) {
			const since = device.inUseOn ?? device.boughtOn ?? (fresh.has(device.status) ? today : null);
			const values = valuesOf(device.category);
			const used = device.acquired !== 'new';
			if (since === null) return null;
			// Of what came used without a date: as old as refurbished ones are.
			const age = device.firstUsedOn
				? months(device.firstUsedOn, today)
				: months(since, today) + (used ? values.refurbishedAge * 12 : 0);
			const own = rules?.categories[device.category];
			const leastYears = (used ? own?.refurbishedYears : own?.minimumYears) ?? 0;
			const earliest = Math.max(0, Math.ceil(leastYears * 12 - months(since, today)));
			const broken = device.condition === 'broken';
			const safe = need !== null && Boolean(rules?.safeNeeds.includes(need));
			// Up to the policy's age a supported system is installed instead, which makes it safe again.
			const reinstalled = (own?.reinstallUpToYears ?? 0) * 12 - age;
			const supported =
				device.supportedUntil && !safe
					? Math.max(
							0,
							Math.floor(reinstalled),
							Math.floor(months(today, device.supportedUntil) + (rules?.securityGraceDays ?? 0) / monthDays),
						)
					: never;
			const latest = broken ? 0 : supported;
			const bought = kindBought(rules, own, need);
			const follows =
				bought ??
				(chain(device.category, 'refurbished').value < chain(device.category, 'new').value
					? 'refurbished'
					: 'new');
			return {
				device,
				age: Math.max(0, Math.round(age)),
				earliest: Math.min(earliest, latest),
				latest,
				why: {
					earliest: earliest > 0 && earliest <= latest ? 'policy' : null,
					latest: broken ? 'broken' : latest < never ? 'security' : null,
				},
				successor: follows,
			};
		},
		held: ({ device, age, earliest, latest }) => ({
			running: runningOf(valuesOf(device.category), 'held'),
			age,
			earliest,
			latest,
		}),
	};
}

/** When it is best replaced, in months from now. */
export const replacementOf = (reckoning: Reckoning, bounded: Bounded) =>
	bestReplacement(
		reckoning.held(bounded),
		reckoning.chain(bounded.device.category, bounded.successor),
		reckoning.discount,
	);
