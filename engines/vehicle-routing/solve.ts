import { check } from './check.ts';
import { compile, faultsOfInput, type Kind } from './compile.ts';
import { impossibilities } from './feasible.ts';
import { createPlainTours, isPlain } from './plain-tours.ts';
import type { Options, Outcome, Problem, Solution } from './problem.ts';
import { createRandom } from './random.ts';
import { createScheduler, type Tour } from './schedule.ts';
import { anneal, type Budget, type Ground, placeMissing, reduceFleet } from './sisr.ts';
import { routeOf } from './solution.ts';
import { createTours } from './tours.ts';

/** Which share of the budget may go into placing what does not fit at first, and into using fewer vehicles. */
const placing = 0.6;
const reducing = 0.4;

/**
 * Searches for the cheapest plan until its time, its iterations or its signal end it.
 *
 * The answer has passed {@link check}. Without a time and with iterations it is the same each time for the same seed.
 * @returns the plan, or which constraints cannot be kept
 */
export function solve(problem: Problem, options: Options = {}): Outcome {
	return search(problem, options, () => options.signal?.aborted ?? false);
}

/** As {@link solve}, asking whether to stop where a signal cannot be had. */
export function search(problem: Problem, options: Options, isStopped: () => boolean): Outcome {
	const faults = faultsOfInput(problem);
	if (faults.length) return { ok: false, infeasible: faults };
	const compiled = compile(problem);
	const impossible = impossibilities(compiled);
	if (impossible.length) return { ok: false, infeasible: impossible };
	if (compiled.size === 0)
		return { ok: true, solution: { routes: [], unserved: [], cost: 0, meters: 0, iterations: 0 } };

	const random = createRandom(options.seed ?? 1);
	const budget = createBudget(options, isStopped);
	const begun = budget.seconds();
	const plain = isPlain(compiled) ? createPlainTours(compiled, random, options.initial) : null;
	const general = plain ? null : createTours(compiled, random, options.initial);
	const ground = (plain ?? general) as Ground;
	const absences = new Float64Array(compiled.size).fill(1);
	const arc = Math.max(ground.averageArc(), 1e-9);
	if (ground.missing().length && !placeMissing(ground, budget, placing, random, absences, arc / 10))
		return {
			ok: false,
			infeasible: ground.missing().map((stop) => ({
				constraint: 'fleet',
				stop: problem.stops[stop]?.id,
				detail: `no plan was found in which a vehicle has room and time for it; ${ground.routes()} are out`,
			})),
		};
	if (options.fewestVehicles) {
		reduceFleet(ground, budget, reducing, random, absences, arc / 10, 1);
		ground.allow(ground.routes());
	}
	const improved = (cost: number) =>
		options.onImprovement?.({
			cost,
			seconds: budget.seconds() - begun,
			iterations: budget.iterations,
		});
	improved(ground.cost());
	const heat = plain ? { first: arc, last: 0.01 * arc } : { first: 0.05 * arc, last: 0.001 * arc };
	anneal(ground, budget, random, heat, improved);
	const scheduler = general?.scheduler ?? createScheduler(compiled);
	const kind = compiled.kinds[0] as Kind;
	const driven =
		general?.driven() ??
		(plain?.driven() ?? []).map((stops, instance) => ({
			tour: scheduler.tour(kind, stops) as Tour,
			instance,
		}));
	const routes = driven.map(({ tour, instance }) => routeOf(compiled, scheduler, tour, instance));
	const unserved = general?.unserved() ?? [];
	const solution: Solution = {
		routes,
		unserved: unserved.map((stop) => problem.stops[stop]?.id ?? ''),
		cost:
			routes.reduce((sum, { cost }) => sum + cost, 0) +
			unserved.reduce((sum, stop) => sum + (compiled.prize[stop] as number), 0),
		meters: routes.reduce((sum, { meters }) => sum + meters, 0),
		iterations: budget.iterations,
	};
	const broken = check(problem, solution);
	if (broken.length) throw new Error(`the plan is wrong: ${broken.slice(0, 5).join('; ')}`);
	return { ok: true, solution };
}

function createBudget(
	{ seconds, iterations, clock = defaultClock }: Options,
	isStopped: () => boolean,
): Budget & { seconds(): number } {
	const begun = clock();
	const limit = iterations ?? Number.POSITIVE_INFINITY;
	const time = seconds ?? (iterations === undefined ? 10 : Number.POSITIVE_INFINITY);
	return {
		iterations: 0,
		limit,
		seconds: clock,
		spent() {
			if (isStopped() || this.iterations >= limit || !(time > 0)) return 1;
			const elapsed = time === Number.POSITIVE_INFINITY ? 0 : (clock() - begun) / time;
			if (elapsed >= 1) return 1;
			// Iterations alone decide how the search goes where they are given, so that it can be repeated.
			return limit === Number.POSITIVE_INFINITY ? elapsed : this.iterations / limit;
		},
	};
}

const defaultClock = () => performance.now() / 1000;
