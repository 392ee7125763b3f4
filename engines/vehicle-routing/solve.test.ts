import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bruteForce } from './brute-force.ts';
import { check, type Problem, type Solution, solve, solveInThread, solveParallel } from './index.ts';
import { problems } from './testing.ts';

const small = problems({ stops: 9, vehicles: 3 });

describe('any problem', () => {
	test('a plan that holds, or a reason; the best only gets better; the same seed finds the same', () => {
		fc.assert(
			fc.property(small, fc.nat(999), (problem, seed) => {
				const costs: number[] = [];
				const outcome = solve(problem, {
					iterations: 120,
					seed,
					onImprovement: ({ cost }) => costs.push(cost),
				});
				if (!outcome.ok) {
					expect(outcome.infeasible.length).toBeGreaterThan(0);
					return;
				}
				const { solution } = outcome;
				expect(check(problem, solution)).toEqual([]);
				expect(solution.iterations).toBe(120);
				for (const [i, cost] of costs.entries()) if (i) expect(cost).toBeLessThan(costs[i - 1] as number);
				expect(solution.cost).toBeCloseTo(costs.at(-1) as number, 6);
				expect(solve(problem, { iterations: 120, seed })).toEqual(outcome);
			}),
			{ numRuns: 400 },
		);
	});

	test('the least cost there is, or none, as trying every plan says', () => {
		// How many plans were looked for, and how many of them are as good as can be.
		let optimal = 0;
		let solved = 0;
		fc.assert(
			fc.property(problems({ stops: 4, vehicles: 2 }), (problem) => {
				const outcome = solve(problem, { iterations: 300 });
				const least = bruteForce(problem, 240);
				if (!outcome.ok) {
					const [{ constraint, detail } = { constraint: '', detail: '' }] = outcome.infeasible;
					// Orders that contradict each other are refused even where the stops could be left out.
					if (constraint === 'order') return;
					if (detail.startsWith('no plan was found')) {
						solved++;
						if (least === Number.POSITIVE_INFINITY) optimal++;
					} else expect(least).toBe(Number.POSITIVE_INFINITY);
					return;
				}
				expect(outcome.solution.cost).toBeGreaterThanOrEqual(least - 1e-6);
				solved++;
				if (outcome.solution.cost <= least + 1e-6) optimal++;
			}),
			{ numRuns: 1000, seed: 5 },
		);
		expect(optimal / solved).toBeGreaterThan(0.99);
	});
});

function grid(count: number, over: Partial<Problem> = {}): Problem {
	const points = Array.from({ length: count + 1 }, (_, i) => [(i * 37) % 101, (i * 61) % 97] as const);
	const meters = Float64Array.from({ length: (count + 1) ** 2 }, (_, i) => {
		const [ax, ay] = points[Math.floor(i / (count + 1))] as readonly [number, number];
		const [bx, by] = points[i % (count + 1)] as readonly [number, number];
		return Math.round(10 * Math.hypot(ax - bx, ay - by));
	});
	return {
		locations: count + 1,
		meters,
		seconds: meters,
		stops: Array.from({ length: count }, (_, i) => ({ id: `s${i}`, location: i + 1, demand: [1 + (i % 4)] })),
		vehicles: [{ id: 'v', count, capacity: [10], start: 0, end: 0 }],
		...over,
	};
}

describe('in threads', () => {
	test('the same plan as here, several seeds at least as good as one', async () => {
		const problem = grid(25);
		const here = solve(problem, { iterations: 500, seed: 4 });
		expect(await solveInThread(problem, { iterations: 500, seed: 4 })).toEqual(here);
		const costs: number[] = [];
		const best = await solveParallel(problem, {
			iterations: 500,
			seed: 4,
			workers: 3,
			onImprovement: ({ cost }) => costs.push(cost),
		});
		if (!best.ok || !here.ok) throw new Error('no plan');
		expect(best.solution.cost).toBeLessThanOrEqual(here.solution.cost);
		expect(costs.at(-1)).toBe(best.solution.cost);
		expect(costs).toEqual(costs.toSorted((a, b) => b - a));
	});

	test('ends at once with the best so far when it is told to', async () => {
		const controller = new AbortController();
		const started = performance.now();
		const outcome = await solveInThread(grid(40), {
			seconds: 600,
			signal: controller.signal,
			onImprovement: () => controller.abort(),
		});
		expect(outcome.ok).toBe(true);
		expect(performance.now() - started).toBeLessThan(20_000);
		expect((await solveInThread(grid(10), { seconds: 600, signal: AbortSignal.abort() })).ok).toBe(true);
	});
});

test('a changed plan does not pass', () => {
	const problem = grid(12, {
		vehicles: [{ id: 'v', count: 6, capacity: [10], start: 0, end: 0, shift: { from: 0, to: 9000 } }],
	});
	const outcome = solve(problem, { iterations: 50 });
	if (!outcome.ok) throw new Error('no plan');
	const changes: Record<string, (plan: Solution) => void> = {
		drop: ({ routes }) => routes[0]?.visits.pop(),
		forget: ({ routes }) => routes.pop(),
		swap: ({ routes }) => routes[0]?.visits.reverse(),
		shift: ({ routes }) => {
			if (routes[0]) routes[0].start += 50;
		},
		late: ({ routes }) => {
			if (routes[0]) routes[0].end = 9001;
		},
		twice: ({ routes }) => routes.push(structuredClone(routes[0] as Solution['routes'][0])),
		cheaper: (plan) => {
			plan.cost -= 1;
		},
		closer: ({ routes }) => {
			if (routes[0]) routes[0].meters -= 1;
		},
		unload: ({ routes }) => {
			for (const visit of routes[0]?.visits ?? []) visit.load = [0];
		},
		leave: (plan) => plan.unserved.push('s0'),
	};
	for (const [name, change] of Object.entries(changes)) {
		const plan = structuredClone(outcome.solution);
		change(plan);
		expect(check(problem, plan), name).not.toEqual([]);
	}
	expect(check(problem, outcome.solution)).toEqual([]);
});
