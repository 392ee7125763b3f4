import { type Outcome, type Problem, solve, solveInThread } from '@parvis/vehicle-routing';

/**
 * The search counts its steps, so that the same day gives the same plan on a slow machine too; so many take about a second
 * on one core for a town's containers.
 */
export const iterationsPerSecond = 2000;
/** Stops times steps: below, it is over sooner than a thread would have started. */
const smallSearch = 20_000;

/** @param mostSeconds after which the best plan so far is taken */
export async function search(
	problem: Problem,
	{ iterations, seed, mostSeconds }: { iterations: number; seed: number; mostSeconds: number },
): Promise<Outcome> {
	if (problem.stops.length * iterations <= smallSearch) return solve(problem, { iterations, seed });
	return solveInThread(problem, { iterations, seed, signal: AbortSignal.timeout(mostSeconds * 1000) });
}
