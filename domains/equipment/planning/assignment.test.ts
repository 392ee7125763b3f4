import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	type AssignmentProblem,
	assignmentModel,
	costAsItIs,
	costOfHandovers,
	greedyAssignment,
	type Handover,
} from './rules/assignment.ts';
import { solveLp } from './solver.ts';

const groups = ['laptop/standard', 'laptop/design', 'phone'];
const amount = fc.integer({ min: 0, max: 400 });

/** Few people and devices, of which some nobody can use. */
const problems: fc.Arbitrary<AssignmentProblem> = fc
	.record({
		people: fc.array(fc.record({ group: fc.constantFrom(...groups), has: fc.boolean() }), {
			minLength: 1,
			maxLength: 4,
		}),
		free: fc.integer({ min: 0, max: 3 }),
		costs: fc.array(
			fc.record({
				'laptop/standard': fc.option(amount),
				'laptop/design': fc.option(amount),
				phone: fc.option(amount),
			}),
			{ minLength: 8, maxLength: 8 },
		),
		move: fc.integer({ min: 0, max: 60 }),
		mostMoves: fc.integer({ min: 0, max: 5 }),
		without: fc.integer({ min: 100, max: 600 }),
	})
	.map(({ people, free, costs, move, mostMoves, without }) => {
		let devices = 0;
		const held = people.map(({ group, has }, at) => ({
			id: `p${at}`,
			group,
			device: has ? `d${devices++}` : null,
		}));
		const all = devices + free;
		return {
			people: held,
			devices: Array.from({ length: all }, (_, at) => ({
				id: `d${at}`,
				costs: Object.fromEntries(
					Object.entries(costs[at] ?? {}).filter((entry): entry is [string, number] => entry[1] !== null),
				),
			})),
			move,
			mostMoves,
			without: Object.fromEntries(groups.map((group) => [group, without])),
		};
	});

/** Every way to hand devices over, one person after another. */
function cheapest(problem: AssignmentProblem): number {
	let best = Number.POSITIVE_INFINITY;
	const choose = (at: number, handovers: Handover[]) => {
		const person = problem.people[at];
		if (!person) {
			try {
				best = Math.min(best, costOfHandovers(problem, handovers).cost);
			} catch {
				// No plan: a device is with two, or there is no time.
			}
			return;
		}
		choose(at + 1, handovers);
		for (const device of problem.devices)
			if (device.costs[person.group] !== undefined && device.id !== person.device)
				choose(at + 1, [...handovers, { person: person.id, device: device.id, from: null }]);
	};
	choose(0, []);
	return best;
}

describe('who gets which device', () => {
	it('costs as little as the cheapest of all ways, and no more than what an office does by hand', async () => {
		await fc.assert(
			fc.asyncProperty(problems, async (problem) => {
				const model = assignmentModel(problem);
				const solved = await solveLp(model.lp, 10);
				const plan = model.read((column) => solved.columns[column] ?? 0);
				expect(solved.optimal).toBe(true);
				expect(plan.cost).toBeCloseTo(solved.objective, 3);
				expect(plan.cost).toBeCloseTo(cheapest(problem), 3);
				const greedy = greedyAssignment(problem);
				expect(plan.cost).toBeLessThanOrEqual(greedy.cost + 1e-6);
				expect(greedy.cost).toBeLessThanOrEqual(costAsItIs(problem) + 1e-6);
			}),
			{ numRuns: 25 },
		);
	}, 120_000);

	it('hands a good device on to a second person where that helps', async () => {
		const problem: AssignmentProblem = {
			people: [
				{ id: 'designer', group: 'design', device: 'old-design' },
				{ id: 'clerk', group: 'standard', device: 'ancient' },
			],
			devices: [
				{ id: 'old-design', costs: { design: 900, standard: 500 } },
				{ id: 'ancient', costs: { standard: 1000 } },
				{ id: 'new-design', costs: { design: 400 } },
			],
			move: 40,
			mostMoves: 5,
			without: { design: 1200, standard: 1200 },
		};
		const model = assignmentModel(problem);
		const solved = await solveLp(model.lp, 10);
		expect(model.read((column) => solved.columns[column] ?? 0)).toEqual({
			handovers: [
				{ person: 'designer', device: 'new-design', from: null },
				{ person: 'clerk', device: 'old-design', from: 'designer' },
			],
			without: [],
			cost: 980,
		});
	});
});
