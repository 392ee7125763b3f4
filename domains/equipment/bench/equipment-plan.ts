import { bestChain, bestReplacement, createRandom, exactly } from '@parvis/device-lifecycle';
import { shippedAssumption } from '../carbon/rules/assumptions.ts';
import type { Category } from '../kinds.ts';
import { costAssumptions } from '../planning/reckoning.ts';
import {
	type AssignmentProblem,
	assignmentModel,
	costAsItIs,
	greedyAssignment,
} from '../planning/rules/assignment.ts';
import {
	type CostRanges,
	middles,
	monthlyDiscount,
	runningOf,
	successorOf,
} from '../planning/rules/costs.ts';
import { type Line, outlooks } from '../planning/rules/outlook.ts';
import { solveLp } from '../planning/solver.ts';

const kinds: readonly { category: Category; manufacture: number; kwh: number }[] = [
	{ category: 'laptop', manufacture: 170, kwh: 30 },
	{ category: 'smartphone', manufacture: 77, kwh: 7 },
	{ category: 'monitor', manufacture: 80, kwh: 40 },
	{ category: 'desktop', manufacture: 190, kwh: 100 },
];
const needs = ['standard', 'standard', 'standard', 'field', 'design'];

/**
 * `./parvis bench equipment-plan [DEVICES] [CANDIDATES]`: when each of a made-up fleet is replaced, its budget with ranges, and
 * who gets which of the candidates, each of an age of its own; against doing it by hand.
 */
export async function run([given = '900', candidates = '100']: string[]): Promise<void> {
	const [count, free] = [Number(given), Number(candidates)];
	const random = createRandom(7);
	const pick = <T>(some: readonly T[]) => some[Math.floor(random.next() * some.length)] as T;
	const fleet = Array.from({ length: count + free }, (_, at) => {
		const kind = pick(kinds);
		return {
			id: `d${at}`,
			kind,
			need: pick(needs),
			age: at < count ? Math.floor(random.next() ** 1.3 * 130) : Math.floor(random.next() * 30),
			held: at < count,
		};
	});
	const settings = new Map(kinds.map((kind) => [kind.category, settingsOf(kind)]));
	const planned = timed(() =>
		fleet.map((device) => {
			const setting = settings.get(device.kind.category);
			if (!setting) throw new Error('no setting');
			const bounds = { earliest: Math.max(0, 84 - device.age), latest: 240 };
			return bestReplacement(
				{ running: runningOf(setting.values, 'held'), age: device.age, ...bounds },
				setting.chain,
				setting.discount,
			);
		}),
	);
	console.log(
		`plan        ${fleet.length} devices in ${planned.milliseconds.toFixed(0)} ms, each month of twenty years tried`,
	);

	const lines = kinds.map(({ category }): Line => {
		const setting = settings.get(category);
		if (!setting) throw new Error('no setting');
		const groups = fleet.flatMap(({ kind, age, held }, at) =>
			held && kind.category === category
				? [{ count: 1, age, after: planned.value[at]?.after ?? 0, latest: 240 }]
				: [],
		);
		return {
			...setting,
			rules: undefined,
			graceDays: 0,
			successor: 'new',
			serves: setting.chain.serves,
			most: 240,
			groups,
			extra: 0,
		};
	});
	const longer = lines.map((line) => ({ ...line, extra: 24 }));
	const budget = timed(() => outlooks([lines, longer], { month: 10, year: 2026, years: 5 }));
	const difference = budget.value.differences[1]?.balance;
	console.log(
		`budget      two plans, six years, 300 draws in ${budget.milliseconds.toFixed(0)} ms; two years longer: ${range(difference?.carbon, 1)} kg CO2e and ${range(difference?.money, 100)} € a year`,
	);

	const problem: AssignmentProblem = {
		people: fleet
			.filter(({ held }) => held)
			.map(({ id, kind, need }) => ({ id, group: `${kind.category}/${need}`, device: id })),
		devices: fleet.map(({ id, kind, need }, at) => ({
			id,
			costs: Object.fromEntries(
				[...new Set(['standard', need])].map((use) => [
					`${kind.category}/${use}`,
					planned.value[at]?.value ?? 0,
				]),
			),
		})),
		move: 5000,
		mostMoves: 200,
		without: Object.fromEntries(
			kinds.flatMap(({ category }) =>
				[...new Set(needs)].map((need) => [`${category}/${need}`, settings.get(category)?.chain.value ?? 0]),
			),
		),
	};
	const model = timed(() => assignmentModel(problem));
	const from = performance.now();
	const solved = await solveLp(model.value.lp, 60);
	const seconds = (performance.now() - from) / 1000;
	const plan = model.value.read((column) => solved.columns[column] ?? 0);
	const greedy = timed(() => greedyAssignment(problem));
	const before = costAsItIs(problem);
	const euros = (cents: number) => `${Math.round(cents / 100)} €`;
	console.log(
		`assignment  ${count} people, ${free} free devices: ${solved.optimal ? 'optimal' : 'not proven optimal'} in ${seconds.toFixed(2)} s (model ${model.milliseconds.toFixed(0)} ms), ${plan.handovers.length} handovers, ${plan.handovers.filter(({ from: giver }) => giver !== null).length} of them handed on`,
	);
	console.log(
		`            saves ${euros(before - plan.cost)}; by hand ${euros(before - greedy.value.cost)} with ${greedy.value.handovers.length} handovers in ${greedy.milliseconds.toFixed(0)} ms: ${euros(greedy.value.cost - plan.cost)} less`,
	);
}

function settingsOf({ category, manufacture, kwh }: (typeof kinds)[number]) {
	const around = (mid: number) => ({ low: mid * 0.7, mid, high: mid * 1.5 });
	const ranges = {
		...Object.fromEntries(costAssumptions.map((name) => [name, shippedAssumption(name, category).range])),
		manufacture: around(manufacture),
		transport: around(4),
		endOfLife: exactly(1),
		useKwhPerYear: around(kwh),
		electricity: exactly(0.052),
	} as unknown as CostRanges;
	const values = middles(ranges);
	const discount = monthlyDiscount(values);
	return { ranges, values, discount, chain: bestChain(successorOf(values, 'new', undefined, 0), discount) };
}

function timed<T>(work: () => T): { value: T; milliseconds: number } {
	const from = performance.now();
	const value = work();
	return { value, milliseconds: performance.now() - from };
}

const range = (found: { low: number; mid: number; high: number } | undefined, by: number) =>
	found
		? `${Math.round(found.mid / by)} (${Math.round(found.low / by)} to ${Math.round(found.high / by)})`
		: '–';
