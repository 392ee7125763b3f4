import fc from 'fast-check';
import { type Election, noLimits } from './election.ts';

/** Small random elections of a kind, with many ties: few costs, few projects, ballots that repeat. */
export function elections(type: Election['ballotType']): fc.Arbitrary<Election> {
	return fc
		.record({
			costs: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
			budget: fc.integer({ min: 0, max: 40 }),
			ballots: fc.array(fc.array(fc.nat(5), { maxLength: 6 }), { maxLength: 9 }),
			points: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 60, maxLength: 60 }),
		})
		.map(({ costs, budget, ballots, points }): Election => {
			const projects = costs.map((cost, i) => ({ id: `p${i}`, cost, fields: {} }));
			return {
				meta: {},
				scale: 1,
				budget,
				ballotType: type,
				limits: noLimits,
				projects,
				ballots: ballots.map((given, voter) => {
					const named = [...new Set(given)].filter((i) => i < costs.length);
					const choices = (type === 'choose-1' ? named.slice(0, 1) : named).map((i) => `p${i}`);
					return {
						voterId: `v${voter}`,
						choices,
						points: type === 'cumulative' ? choices.map((_, at) => points[voter * 6 + at] ?? 1) : null,
						fields: {},
					};
				}),
				projectColumns: ['project_id', 'cost'],
				ballotColumns: ['voter_id', 'vote'],
			};
		});
}

/** The same election with projects and ballots in another order. */
export function shuffled(election: Election, seed: number): Election {
	const order = <T>(list: readonly T[]) =>
		list
			.map((item, i) => ({ item, key: Math.sin(seed * 7919 + i * 104_729) }))
			.toSorted((a, b) => a.key - b.key)
			.map(({ item }) => item);
	return { ...election, projects: order(election.projects), ballots: order(election.ballots) };
}
