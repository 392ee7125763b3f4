import {
	createRandom,
	draw,
	failureProbability,
	quantile,
	type Range,
	type Successor,
} from '@parvis/device-lifecycle';
import type { CategoryRules } from '../../policy/face.ts';
import { type CostRanges, type CostValues, madeKilograms, priceOf, successorOf, useOf } from './costs.ts';

/** Devices of one age that are replaced after as many months. */
export interface Group {
	count: number;
	/** Months. */
	age: number;
	after: number;
	/** Where its support ends: no wish keeps it longer. */
	latest: number;
}

/** One kind of device with its successor. */
export interface Line {
	ranges: CostRanges;
	rules: CategoryRules | undefined;
	graceDays: number;
	successor: 'new' | 'refurbished';
	/** Months that a successor serves. */
	serves: number;
	/** And at most: its support ends. */
	most: number;
	groups: readonly Group[];
	/** Months that all are kept longer (or shorter) than best. */
	extra: number;
}

export interface OutlookYear {
	year: number;
	/** Devices bought. */
	purchases: Range;
	/** Cents. */
	spent: Range;
	/** Cents: repairs, time lost, electricity. */
	running: Range;
	/** kg CO2e: making what is bought, and use. */
	carbon: Range;
}

/** In a year, once things are in balance; for all devices of the lines. */
export interface Balance {
	/** Cents: purchases and running. */
	money: Range;
	/** kg CO2e. */
	carbon: Range;
}

export interface Outlook {
	years: OutlookYear[];
	total: { purchases: Range; spent: Range; running: Range; carbon: Range };
	balance: Balance;
}

export interface OutlookOptions {
	/** Month of the year in which it begins, 0 to 11, and the year. */
	month: number;
	year: number;
	/** Whole years after the first, which may be cut. */
	years: number;
	draws?: number | undefined;
	seed?: number | undefined;
}

interface Measures {
	purchases: Float64Array;
	spent: Float64Array;
	running: Float64Array;
	carbon: Float64Array;
	money: number;
	kilograms: number;
}

const measures = ['purchases', 'spent', 'running', 'carbon'] as const;

/**
 * What several plans for the same devices cost, year by year, and how each differs from the first. All that is supposed is
 * drawn at once (Monte Carlo), the same for each plan, so that differences are not blurred; which device fails when is
 * averaged by its probabilities, and the chance that is left in the number bought is drawn too.
 * @returns as many outlooks as plans, then as many differences from the first
 */
export function outlooks(
	plans: readonly (readonly Line[])[],
	options: OutlookOptions,
): { outlooks: Outlook[]; differences: Outlook[] } {
	const { draws = 300, seed = 1, years } = options;
	const random = createRandom(seed);
	const results = plans.map((): Measures[] => []);
	const [first = []] = plans;
	for (let i = 0; i < draws; i++) {
		const luck = Array.from({ length: years + 1 }, () => random.normal());
		// Lines of one place in each plan are the same devices.
		const values = first.map(({ ranges }) => drawAll(ranges, random));
		for (const [at, lines] of plans.entries()) results[at]?.push(measure(lines, values, luck, options));
	}
	const whole = results.map((runs) => summarise(runs, options));
	const [base = []] = results;
	const differences = results.map((runs) =>
		summarise(
			runs.map((run, at) => minus(run, base[at] as Measures)),
			options,
		),
	);
	return { outlooks: whole, differences };
}

function drawAll(ranges: CostRanges, random: ReturnType<typeof createRandom>): CostValues {
	return Object.fromEntries(
		Object.entries(ranges).map(([name, range]) => [name, draw(range, random)]),
	) as unknown as CostValues;
}

function minus(a: Measures, b: Measures): Measures {
	const each = (name: (typeof measures)[number]) =>
		a[name].map((value, at) => value - (b[name][at] as number));
	return {
		purchases: each('purchases'),
		spent: each('spent'),
		running: each('running'),
		carbon: each('carbon'),
		money: a.money - b.money,
		kilograms: a.kilograms - b.kilograms,
	};
}

function measure(
	lines: readonly Line[],
	values: readonly CostValues[],
	luck: readonly number[],
	{ month, years }: OutlookOptions,
): Measures {
	const length = 12 - month + years * 12;
	const empty = () => new Float64Array(years + 1);
	const sum: Measures = {
		purchases: empty(),
		spent: empty(),
		running: empty(),
		carbon: empty(),
		money: 0,
		kilograms: 0,
	};
	const yearOf = (at: number) => Math.floor((month + at) / 12);
	for (const [index, line] of lines.entries()) {
		const value = values[index] as CostValues;
		const next = successorOf(value, line.successor, line.rules, line.graceDays);
		const serves = Math.max(1, Math.min(line.serves + line.extra, Math.max(line.serves, line.most)));
		const price = priceOf(value, line.successor);
		const made = madeKilograms(value, line.successor);
		const failing = failureTable(value, next.startAge + Math.max(serves, length) + 1, line.groups, length);
		const { bought, alive, failures, chance } = heldMonths(line, value, failing, length, yearOf, years);
		const successor = successorMonths(next, value, failing, serves, length);
		const all = new Float64Array(length);
		for (let at = 0; at < length; at++) {
			let again = bought[at] as number;
			for (let before = 0; before < at; before++)
				again += (all[before] as number) * (successor.replaced[at - before] as number);
			all[at] = again;
		}
		for (let at = 0; at < length; at++) {
			let [serving, failed] = [0, 0];
			for (let before = 0; before <= at; before++) {
				serving += (all[before] as number) * (successor.alive[at - before] as number);
				failed += (all[before] as number) * (successor.failures[at - before] as number);
			}
			const year = yearOf(at);
			const kwh =
				((alive[at] as number) * useOf(value, 'held') + serving * useOf(value, line.successor)) / 12;
			add(sum.purchases, year, all[at] as number);
			add(sum.running, year, (failures[at] as number) + failed + kwh * value.electricityPrice);
			add(sum.carbon, year, (all[at] as number) * made + kwh * value.electricity);
			add(sum.spent, year, (all[at] as number) * price);
		}
		for (let year = 0; year <= years; year++) {
			const some = Math.max(
				-(sum.purchases[year] as number),
				(luck[year] as number) * Math.sqrt(chance[year] as number),
			);
			add(sum.purchases, year, some);
			add(sum.spent, year, some * price);
			add(sum.carbon, year, some * made);
		}
		const count = line.groups.reduce((total, group) => total + group.count, 0);
		const steady = inBalance(next, value, failing, serves, line.successor);
		sum.money += (count * (price + steady.running)) / steady.years;
		sum.kilograms += (count * made) / steady.years + count * useOf(value, line.successor) * value.electricity;
	}
	return sum;
}

const add = (sums: Float64Array, at: number, value: number) => {
	sums[at] = (sums[at] as number) + value;
};

function failureTable(
	value: CostValues,
	least: number,
	groups: readonly Group[],
	length: number,
): Float64Array {
	const oldest = Math.max(0, ...groups.map(({ age }) => age));
	const law = { years: value.failureYears, shape: value.failureShape };
	return Float64Array.from({ length: Math.max(least, oldest + length + 1) }, (_, age) =>
		failureProbability(age, law),
	);
}

/** Of the devices held today: how many are replaced in each month, how many still serve, and what their failures cost. */
function heldMonths(
	{ groups, extra }: Line,
	value: CostValues,
	failing: Float64Array,
	length: number,
	yearOf: (at: number) => number,
	years: number,
) {
	const [bought, alive, failures] = [
		new Float64Array(length),
		new Float64Array(length),
		new Float64Array(length),
	];
	const chance = new Float64Array(years + 1);
	for (const { count, age, after, latest } of groups) {
		const until = Math.max(0, Math.min(after + extra, latest));
		const inYear = new Float64Array(years + 1);
		let left = 1;
		for (let at = 0; at < length; at++) {
			let replaced: number;
			if (at >= until) replaced = left;
			else {
				const fails = failing[age + at] as number;
				replaced = left * fails * value.beyondRepair;
				add(alive, at, count * left);
				add(
					failures,
					at,
					count * left * fails * (value.failureCost + (1 - value.beyondRepair) * value.repairCost),
				);
			}
			add(bought, at, count * replaced);
			add(inYear, yearOf(at), replaced);
			left -= replaced;
			if (at >= until) break;
		}
		for (let year = 0; year <= years; year++) {
			const share = Math.min(1, inYear[year] as number);
			add(chance, year, count * share * (1 - share));
		}
	}
	return { bought, alive, failures, chance };
}

/** Of one successor, by months from its purchase. */
function successorMonths(
	{ startAge }: Successor,
	value: CostValues,
	failing: Float64Array,
	serves: number,
	length: number,
) {
	const [replaced, alive, failures] = [
		new Float64Array(length),
		new Float64Array(length),
		new Float64Array(length),
	];
	let left = 1;
	for (let at = 0; at < length; at++) {
		if (at >= serves) {
			replaced[at] = left;
			break;
		}
		const fails = failing[startAge + at] as number;
		alive[at] = left;
		failures[at] = left * fails * (value.failureCost + (1 - value.beyondRepair) * value.repairCost);
		const dies = left * fails * value.beyondRepair;
		// It fails in a month and is replaced at the beginning of the next.
		if (at + 1 < length && at + 1 < serves) replaced[at + 1] = dies;
		else if (at + 1 < length) {
			replaced[at + 1] = left;
			break;
		}
		left -= dies;
	}
	return { replaced, alive, failures };
}

/** Of one successor after another: years that each serves on average, and what running it costs in these, cents. */
function inBalance(
	{ startAge }: Successor,
	value: CostValues,
	failing: Float64Array,
	serves: number,
	kind: 'new' | 'refurbished',
): { years: number; running: number } {
	let [left, months, failures] = [1, 0, 0];
	for (let at = 0; at < serves; at++) {
		const fails = failing[startAge + at] as number;
		months += left;
		failures += left * fails * (value.failureCost + (1 - value.beyondRepair) * value.repairCost);
		left *= 1 - fails * value.beyondRepair;
	}
	const years = months / 12;
	return { years, running: failures + years * useOf(value, kind) * value.electricityPrice };
}

function summarise(runs: readonly Measures[], { year, years }: OutlookOptions): Outlook {
	const range = (of: (run: Measures) => number): Range => {
		const sorted = Float64Array.from(runs, of).sort();
		return { low: quantile(sorted, 0.05), mid: quantile(sorted, 0.5), high: quantile(sorted, 0.95) };
	};
	const total = (name: (typeof measures)[number]) =>
		range((run) => run[name].reduce((all, value) => all + value, 0));
	return {
		years: Array.from({ length: years + 1 }, (_, at) => ({
			year: year + at,
			purchases: range((run) => run.purchases[at] as number),
			spent: range((run) => run.spent[at] as number),
			running: range((run) => run.running[at] as number),
			carbon: range((run) => run.carbon[at] as number),
		})),
		total: {
			purchases: total('purchases'),
			spent: total('spent'),
			running: total('running'),
			carbon: total('carbon'),
		},
		balance: { money: range((run) => run.money), carbon: range((run) => run.kilograms) },
	};
}
