import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bruteForce } from './brute-force.ts';
import { check, type Problem, solve } from './index.ts';

/** Points, a depot and a capacity, nothing else; distances differ by direction where `slanted`. */
const capacitated = (least: number, most: number) =>
	fc
		.record({
			points: fc.array(fc.tuple(fc.nat(40), fc.nat(40), fc.integer({ min: 0, max: 9 })), {
				minLength: least,
				maxLength: most,
			}),
			capacity: fc.integer({ min: 9, max: 25 }),
			slanted: fc.boolean(),
			fixed: fc.constantFrom(0, 30),
			perSecond: fc.constantFrom(0, 0.5),
		})
		.map(({ points, capacity, slanted, fixed, perSecond }): Problem => {
			const locations = points.length;
			const meters = Float64Array.from({ length: locations ** 2 }, (_, i) => {
				const [ax, ay] = points[Math.floor(i / locations)] ?? [0, 0];
				const [bx, by] = points[i % locations] ?? [0, 0];
				return Math.round(Math.hypot(ax - bx, ay - by)) + (slanted && ax < bx ? 3 : 0);
			});
			return {
				locations,
				meters,
				seconds: meters,
				stops: points
					.slice(1)
					.map(([, , demand], i) => ({ id: `s${i}`, location: i + 1, demand: [demand], serviceSeconds: 2 })),
				vehicles: [
					{
						id: 'v',
						count: locations,
						capacity: [capacity],
						start: 0,
						end: 0,
						cost: { fixed, perMeter: 1, perSecond },
					},
				],
			};
		});

/** The same problem, with a limit that binds nobody: it is solved the other way. */
const asGeneral = (problem: Problem): Problem => ({
	...problem,
	vehicles: problem.vehicles.map((vehicle) => ({ ...vehicle, maximalStops: problem.stops.length })),
});

test('finds the least cost there is, the quick way and the general one', () => {
	fc.assert(
		fc.property(capacitated(2, 6), fc.nat(99), (problem, seed) => {
			const few = { ...problem, vehicles: problem.vehicles.map((vehicle) => ({ ...vehicle, count: 3 })) };
			const least = bruteForce(few, 0);
			for (const one of [few, asGeneral(few)]) {
				const outcome = solve(one, { iterations: 300, seed });
				if (outcome.ok) expect(outcome.solution.cost).toBeCloseTo(least, 6);
				else expect(least).toBe(Number.POSITIVE_INFINITY);
			}
		}),
		{ numRuns: 60, seed: 2 },
	);
});

test('larger ones: sound, ever better, the same for the same seed, about as good as the general way', () => {
	let quick = 0;
	let general = 0;
	fc.assert(
		fc.property(capacitated(30, 60), fc.nat(99), (problem, seed) => {
			const costs: number[] = [];
			const options = { iterations: 600, seed };
			const outcome = solve(problem, { ...options, onImprovement: ({ cost }) => costs.push(cost) });
			const other = solve(asGeneral(problem), options);
			if (!outcome.ok || !other.ok) throw new Error('no plan');
			expect(check(problem, outcome.solution)).toEqual([]);
			for (const [i, cost] of costs.entries()) if (i) expect(cost).toBeLessThan(costs[i - 1] as number);
			expect(outcome.solution.cost).toBeCloseTo(costs.at(-1) as number, 6);
			expect(solve(problem, options)).toEqual(outcome);
			quick += outcome.solution.cost;
			general += other.solution.cost;
		}),
		{ numRuns: 25, seed: 3 },
	);
	expect(quick / general).toBeLessThan(1.03);
});

test('as few vehicles as possible, and begins with the plan it is given', () => {
	fc.assert(
		fc.property(capacitated(12, 25), (problem) => {
			const total = problem.stops.reduce((sum, { demand }) => sum + (demand?.[0] ?? 0), 0);
			const least = Math.ceil(total / (problem.vehicles[0]?.capacity?.[0] ?? 1));
			for (const one of [problem, asGeneral(problem)]) {
				const few = solve(one, { iterations: 800, fewestVehicles: true });
				if (!few.ok) throw new Error('no plan');
				expect(few.solution.routes.length).toBeLessThanOrEqual(Math.max(1, least) + 1);
				const initial = few.solution.routes.map(({ vehicle, visits }) => ({
					vehicle,
					stops: visits.map(({ id }) => id),
				}));
				const again = solve(one, { iterations: 1, initial });
				if (!again.ok) throw new Error('no plan');
				expect(again.solution.cost).toBeLessThanOrEqual(few.solution.cost + 1e-6);
			}
		}),
		{ numRuns: 20, seed: 8 },
	);
});

test('5,000 stops are planned', () => {
	const size = 5001;
	let state = 1;
	const random = () => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
		return state / 0x7fffffff;
	};
	const points = Array.from({ length: size }, () => [random() * 10_000, random() * 10_000] as const);
	const meters = new Float32Array(size * size);
	for (let i = 0; i < size; i++)
		for (let j = 0; j < size; j++)
			meters[i * size + j] = Math.round(
				Math.hypot(
					(points[i]?.[0] ?? 0) - (points[j]?.[0] ?? 0),
					(points[i]?.[1] ?? 0) - (points[j]?.[1] ?? 0),
				),
			);
	const outcome = solve(
		{
			locations: size,
			meters,
			seconds: meters,
			stops: points.slice(1).map((_, i) => ({ id: `s${i}`, location: i + 1, demand: [1] })),
			vehicles: [{ id: 'v', count: size, capacity: [100], start: 0, end: 0 }],
		},
		{ iterations: 20_000 },
	);
	expect(outcome.ok && outcome.solution.routes.length).toBeGreaterThanOrEqual(50);
});
