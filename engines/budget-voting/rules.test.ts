import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ballotTypes, type Election, noLimits } from './election.ts';
import { equalShares, greedy, type Outcome, phragmen, sha256, validateBallot } from './index.ts';
import { plainEqualShares } from './plain-equal-shares.ts';
import { rational } from './rational.ts';
import { elections, shuffled } from './testing.ts';

const counts: Record<string, (election: Election, seed?: string) => Outcome> = {
	greedy: (election, seed = '') => greedy(election, { skip: true, seed }),
	'greedy-no-skip': (election, seed = '') => greedy(election, { skip: false, seed }),
	none: (election, seed = '') => equalShares(election, { completion: 'none', seed }),
	add1: (election, seed = '') => equalShares(election, { completion: 'add1', seed }),
	'add1-exhaustive': (election, seed = '') => equalShares(election, { completion: 'add1-exhaustive', seed }),
	'equal shares, then greedy': (election, seed = '') => equalShares(election, { completion: 'greedy', seed }),
	phragmen: (election, seed = '') => phragmen(election, { seed }),
};

describe.each(ballotTypes)('%s ballots', (type) => {
	test.each(Object.keys(counts))('%s: within the budget, whatever the order, explained', (name) => {
		const count = counts[name] as (typeof counts)[string];
		fc.assert(
			fc.property(elections(type), fc.nat(99), (election, seed) => {
				const outcome = count(election, 'place du marché');
				const cost = new Map(election.projects.map((project) => [project.id, project.cost]));
				const spent = outcome.selected.reduce((sum, id) => sum + (cost.get(id) ?? Number.NaN), 0);
				expect(outcome.spent).toBe(spent);
				expect(spent).toBeLessThanOrEqual(election.budget);
				expect(new Set(outcome.selected).size).toBe(outcome.selected.length);
				expect(outcome.rounds.map(({ project }) => project)).toEqual(outcome.selected);
				for (const { id, round, missing } of outcome.projects) {
					expect(outcome.selected.indexOf(id)).toBe(round ?? -1);
					expect(missing === null).toBe(round !== null);
					if (missing && 'missing' in missing) expect(missing.missing).toBeGreaterThan(0);
				}
				const other = count(shuffled(election, seed), 'place du marché');
				expect(other.selected).toEqual(outcome.selected);
				expect(other.rounds).toEqual(outcome.rounds);
			}),
			{ numRuns: 150 },
		);
	});

	test('Equal Shares does what the plain fractions do, and each project is paid in full by those who want it', () => {
		fc.assert(
			fc.property(elections(type), fc.nat(3), (election, more) => {
				const voters = Math.max(election.ballots.length, 1);
				// The same endowment as `more` steps of add1.
				const rich = { ...election, budget: election.budget + more * voters };
				const outcome = equalShares(rich, { completion: 'none', seed: 's' });
				const share = rational(BigInt(rich.budget), BigInt(voters));
				expect(outcome.selected).toEqual(plainEqualShares(rich, share, 's'));
				for (const { cost, payments = [] } of outcome.rounds) {
					const paid = payments.reduce((sum, { voters: count, amount }) => sum + count * amount, 0);
					expect(paid).toBeCloseTo(cost, 6);
					for (const { amount } of payments)
						expect(amount).toBeLessThanOrEqual((outcome.share?.value ?? 0) * (1 + 1e-9));
				}
			}),
			{ numRuns: 400 },
		);
	});

	test('add1 goes step by step to the last share that stays within the budget', () => {
		fc.assert(
			fc.property(elections(type), (election) => {
				const voters = election.ballots.length;
				fc.pre(voters > 0);
				const cost = new Map(election.projects.map((project) => [project.id, project.cost]));
				const supported = new Set(
					election.ballots.flatMap(({ choices, points }) => choices.filter((_, i) => (points?.[i] ?? 1) > 0)),
				).size;
				let selected = plainEqualShares(election, rational(BigInt(election.budget), BigInt(voters)));
				for (let step = 1; selected.length < supported; step++) {
					const share = rational(BigInt(election.budget + step * voters), BigInt(voters));
					const next = plainEqualShares(election, share);
					if (next.reduce((sum, id) => sum + (cost.get(id) ?? 0), 0) > election.budget) break;
					selected = next;
				}
				expect(equalShares(election, { completion: 'add1' }).selected).toEqual(selected);
			}),
			{ numRuns: 120 },
		);
	});
});

const election = (costs: Record<string, number>, budget: number, ballots: string[][]): Election => ({
	meta: {},
	scale: 1,
	budget,
	ballotType: 'approval',
	limits: noLimits,
	projects: Object.entries(costs).map(([id, cost]) => ({ id, cost, fields: {} })),
	ballots: ballots.map((choices, i) => ({ voterId: `${i}`, choices, points: null, fields: {} })),
	projectColumns: ['project_id', 'cost'],
	ballotColumns: ['voter_id', 'vote'],
});

describe('explanations', () => {
	const votes = [...Array(6).fill(['parc']), ...Array(4).fill(['quai', 'banc'])] as string[][];
	const costs = { parc: 60, quai: 50, banc: 10 };

	test('greedy says how much money was missing, and where it stopped', () => {
		const outcome = greedy(election(costs, 100, votes), { skip: true });
		expect(outcome.selected).toEqual(['parc', 'banc']);
		expect(outcome.projects.find(({ id }) => id === 'quai')?.missing).toEqual({
			reason: 'budget',
			cost: 50,
			left: 30,
			missing: 20,
		});
		const stopped = greedy(election({ ...costs, banc: 50 }, 100, votes), { skip: false });
		expect(stopped.selected).toEqual(['parc']);
		expect(stopped.projects[2]?.missing).toEqual({ reason: 'budget', cost: 50, left: 40, missing: 10 });
		expect(greedy(election(costs, 100, votes), { skip: true, threshold: 5 }).projects[1]?.missing).toEqual({
			reason: 'threshold',
			score: 4,
			threshold: 5,
		});
	});

	test('Equal Shares gives a minority its part, and says who paid what', () => {
		const outcome = equalShares(election(costs, 100, votes), { completion: 'none' });
		expect(outcome.selected).toEqual(['parc', 'banc']);
		expect(outcome.rounds[0]?.payments).toEqual([{ voters: 6, amount: 10 }]);
		expect(outcome.projects[1]?.missing).toEqual({ reason: 'share', cost: 50, held: 30, missing: 20 });
	});

	test('ties go to the lower cost, then to more votes, then to the published lot, and are told', () => {
		const cheap = greedy(election({ a: 3, b: 2 }, 3, [['a'], ['b']]), { skip: true });
		expect(cheap.rounds[0]?.tie).toEqual({ between: ['b', 'a'], brokenBy: 'cost' });
		const drawn = greedy(election({ a: 2, b: 2 }, 3, [['a'], ['b']]), { skip: true, seed: 'mairie' });
		const first = sha256('mairie\na') < sha256('mairie\nb') ? 'a' : 'b';
		expect(drawn.selected).toEqual([first]);
		expect(drawn.rounds[0]?.tie?.brokenBy).toBe('lot');
	});

	test('amounts near 2^53 are still compared exactly', () => {
		const large = Number.MAX_SAFE_INTEGER;
		const votes = [['a', 'b'], ['a', 'b'], ['b']];
		const outcome = equalShares(election({ a: large - 1, b: large }, large, votes), { completion: 'none' });
		expect(outcome.selected).toEqual(
			plainEqualShares(election({ a: large - 1, b: large }, large, votes), rational(BigInt(large), 3n)),
		);
	});
});

test('SHA-256 is the standard’s', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
			expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
		}),
	);
});

describe('a ballot', () => {
	const base = election({ a: 5, b: 6, c: 7 }, 12, []);
	test.each<[Partial<Election>, string[], number[] | null, string | null]>([
		[{}, ['a', 'b', 'c'], null, null],
		[{}, ['a', 'x'], null, 'unknown_project'],
		[{}, ['a', 'a'], null, 'project_twice'],
		[{ limits: { ...noLimits, minLength: 2 } }, ['a'], null, 'too_few'],
		[{ limits: { ...noLimits, maxLength: 2 } }, ['a', 'b', 'c'], null, 'too_many'],
		[{ ballotType: 'choose-1' }, ['a', 'b'], null, 'too_many'],
		[{ ballotType: 'knapsack' }, ['a', 'b'], null, null],
		[{ ballotType: 'knapsack' }, ['b', 'c'], null, 'cost_too_high'],
		[{ ballotType: 'knapsack', limits: { ...noLimits, maxSumCost: 10 } }, ['a', 'b'], null, 'cost_too_high'],
		[{ limits: { ...noLimits, minSumCost: 6 } }, ['a'], null, 'cost_too_low'],
		[{}, ['a'], [1], 'points_unexpected'],
		[{ ballotType: 'cumulative' }, ['a'], null, 'points_missing'],
		[{ ballotType: 'cumulative' }, ['a', 'b'], [1], 'points_missing'],
		[{ ballotType: 'cumulative' }, ['a'], [1.5], 'points_invalid'],
		[{ ballotType: 'cumulative' }, ['a'], [-1], 'points_invalid'],
		[{ ballotType: 'cumulative', limits: { ...noLimits, minPoints: 1 } }, ['a'], [0], 'points_too_few'],
		[{ ballotType: 'cumulative', limits: { ...noLimits, maxPoints: 2 } }, ['a'], [3], 'points_too_many'],
		[
			{ ballotType: 'cumulative', limits: { ...noLimits, maxSumPoints: 3 } },
			['a', 'b'],
			[2, 2],
			'points_sum_too_high',
		],
		[
			{ ballotType: 'cumulative', limits: { ...noLimits, minSumPoints: 3 } },
			['a'],
			[2],
			'points_sum_too_low',
		],
		[{ ballotType: 'cumulative', limits: { ...noLimits, maxSumPoints: 4 } }, ['a', 'b'], [2, 2], null],
	])('%j %j %j: %s', (change, choices, points, error) => {
		const checked = validateBallot({ ...base, ...change }, { choices, points });
		expect(checked.ok ? null : checked.error).toBe(error);
	});
});
