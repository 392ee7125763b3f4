import type { Random } from './random.ts';

/** Figures of the paper: Christiaens & Vanden Berghe, Slack Induction by String Removals, Transportation Science 54(2), 2020. */
export const averageRemoved = 10;
export const longestString = 10;
export const splitRate = 0.5;
export const splitDepth = 0.01;
export const blinkRate = 0.01;

/** Routes under way that can be disturbed and put back. */
export interface Ground {
	/** Of what is placed, and the prizes of what may be left out. */
	cost(): number;
	/** Stops that must be served and are not. */
	missing(): readonly number[];
	hasMissing(): boolean;
	routes(): number;
	/** Takes strings of stops out and puts them back, greedily and with blinks. */
	disturb(): void;
	/** Back to before the last disturbance. */
	undo(): void;
	/** Keeps the plan as it is; what is returned brings it back. */
	keep(): () => void;
	/** No new route beyond so many. */
	allow(routes: number): void;
	/** What a leg costs on average: the unit of temperature. */
	averageArc(): number;
	/** Empties the route whose stops have been the easiest to place: the least sum of these. */
	dropRoute(absences: Float64Array): void;
}

/** Time and iterations that a search may use. */
export interface Budget {
	/** 0 at the beginning, 1 when it is used up or the search is told to stop. */
	spent(): number;
	iterations: number;
	readonly limit: number;
}

/** How often the clock is read. */
const stride = 64;

/**
 * Ruins and recreates under simulated annealing until the budget is spent; the ground ends at the best that was found.
 * @param heat first and last temperature, in units of cost
 */
export function anneal(
	ground: Ground,
	budget: Budget,
	random: Random,
	heat: { first: number; last: number },
	onImprovement: (cost: number) => void,
): void {
	const begun = budget.spent();
	const { first, last } = heat;
	let temperature = first;
	let current = ground.cost();
	let best = current;
	let back = ground.keep();
	for (let spent = begun; spent < 1; spent = budget.spent()) {
		temperature = first * (last / first) ** ((spent - begun) / (1 - begun));
		for (let i = 0; i < stride && budget.iterations < budget.limit; i++) {
			budget.iterations++;
			ground.disturb();
			const cost = ground.cost();
			if (ground.hasMissing() || cost >= current - temperature * Math.log(random.next())) {
				ground.undo();
				continue;
			}
			current = cost;
			if (cost < best - 1e-9 * Math.max(1, Math.abs(best))) {
				best = cost;
				back = ground.keep();
				onImprovement(cost);
			}
		}
	}
	back();
}

/**
 * Places what is missing: a disturbed plan is taken when the stops it leaves out have been left out less often so far.
 * @returns whether nothing is missing any more; the ground ends with as few missing as were found
 */
export function placeMissing(
	ground: Ground,
	budget: Budget,
	until: number,
	random: Random,
	absences: Float64Array,
	temperature: number,
): boolean {
	const sum = () => ground.missing().reduce((total, stop) => total + (absences[stop] as number), 0);
	let fewest = ground.missing().length;
	let current = ground.cost();
	let currentSum = sum();
	let back = ground.keep();
	while (fewest > 0 && budget.spent() < until) {
		for (let i = 0; i < stride && fewest > 0 && budget.iterations < budget.limit; i++) {
			budget.iterations++;
			const before = ground.missing().length;
			ground.disturb();
			const after = ground.missing();
			const cost = ground.cost();
			const newSum = sum();
			const isBetter = after.length === 0 || newSum < currentSum;
			const isAlike =
				newSum === currentSum &&
				after.length <= before &&
				cost < current - temperature * Math.log(random.next());
			for (const stop of after) absences[stop] = (absences[stop] as number) + 1;
			if (!isBetter && !isAlike) {
				ground.undo();
				currentSum = sum();
				continue;
			}
			current = cost;
			currentSum = sum();
			if (after.length < fewest) {
				fewest = after.length;
				back = ground.keep();
			}
		}
	}
	if (fewest > 0) back();
	return fewest === 0;
}

/** As few routes as can be found until so much of the budget is spent (section 5.2 of the paper). */
export function reduceFleet(
	ground: Ground,
	budget: Budget,
	until: number,
	random: Random,
	absences: Float64Array,
	temperature: number,
	least: number,
): void {
	while (ground.routes() > least && budget.spent() < until) {
		const back = ground.keep();
		const routes = ground.routes();
		ground.allow(routes - 1);
		ground.dropRoute(absences);
		if (placeMissing(ground, budget, until, random, absences, temperature)) continue;
		ground.allow(routes);
		back();
		return;
	}
}
