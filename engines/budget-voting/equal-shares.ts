import type { Countable } from './election.ts';
import { createEqualShares, type Run } from './equal-shares-run.ts';
import { fillGreedily } from './greedy.ts';
import type { Missing, Outcome, Round } from './outcome.ts';
import { createProfile } from './profile.ts';
import { type Rational, rational, toNumber } from './rational.ts';
import { createTieBreaker } from './ties.ts';

export interface EqualSharesOptions {
	/**
	 * What to do with the money that the rule leaves: `none`; `add1`: give every voter one more unit of currency at a time
	 * while the projects found stay within the budget; `add1-exhaustive`: the same, but stop as soon as no further project
	 * would fit; `greedy`: spend it on the projects with the highest score that fit.
	 */
	completion: 'none' | 'add1' | 'add1-exhaustive' | 'greedy';
	/** For the lot. Default: an empty text. */
	seed?: string;
}

/**
 * The Method of Equal Shares (Peters, Pierczyński, Skowron, NeurIPS 2021; https://equalshares.net). A project is worth its
 * cost to who approves it, and its points to who gives it points.
 */
export function equalShares(election: Countable, { completion, seed = '' }: EqualSharesOptions): Outcome {
	const profile = createProfile(election);
	const { projects, voters } = profile;
	const { budget } = election;
	const ties = createTieBreaker(seed);
	const run = createEqualShares(profile, ties);
	const step = BigInt(election.scale);
	const endowment = (increments: number): Rational =>
		rational(BigInt(budget) + BigInt(increments) * step * BigInt(voters), BigInt(Math.max(voters, 1)));

	let increments = 0;
	if (completion === 'add1' || completion === 'add1-exhaustive') {
		const supported = projects.filter(
			({ votes }, p) => votes > 0 && (profile.start[p + 1] as number) > (profile.start[p] as number),
		).length;
		let current: Run = run(endowment(0), budget, false);
		for (;;) {
			if (current.purchases.length === supported) break;
			if (completion === 'add1-exhaustive') {
				const taken = new Set(current.purchases.map(({ project }) => project));
				const { spent } = current;
				if (projects.every(({ cost }, p) => taken.has(p) || spent + cost > budget)) break;
			}
			const next = run(endowment(increments + 1), budget, false);
			if (next.overspent) break;
			increments++;
			current = next;
		}
	}

	const final = run(endowment(increments), Number.POSITIVE_INFINITY, true);
	let left = budget;
	const rounds: Round[] = final.purchases.map(({ project, payments, tie }) => {
		const { id, cost } = projects[project] as (typeof projects)[number];
		left -= cost;
		return {
			project: id,
			cost,
			left,
			effectiveVotes: cost / (payments[0]?.amount || cost),
			payments,
			tie,
		};
	});
	const taken = new Set(rounds.map(({ project }) => project));
	if (completion === 'greedy')
		rounds.push(
			...fillGreedily(
				projects.filter(({ id, votes }) => votes > 0 && !taken.has(id)),
				left,
				ties,
			).map((round) => ({ ...round, completion: true })),
		);
	const place = new Map(rounds.map(({ project }, round) => [project, round]));
	const spent = rounds.reduce((sum, { cost }) => sum + cost, 0);
	const share = endowment(increments);

	function missingOf(p: number): Missing | null {
		const { id, cost } = projects[p] as (typeof projects)[number];
		if (place.has(id)) return null;
		let held = 0;
		for (let i = profile.start[p] as number; i < (profile.start[p + 1] as number); i++) {
			const group = profile.supporter[i] as number;
			held += (profile.weight[group] as number) * (final.left[group] as number);
		}
		if (profile.start[p] === profile.start[p + 1]) return { reason: 'no_supporters' };
		// Whole units, so that what is held and what is missing make up the cost.
		const whole = Math.min(Math.floor(held + 1e-6), cost - 1);
		return { reason: 'share', cost, held: whole, missing: cost - whole };
	}

	return {
		rule: completion === 'none' ? 'equal-shares' : `equal-shares/${completion}`,
		selected: rounds.map(({ project }) => project),
		spent,
		budget,
		rounds,
		projects: projects.map(({ id, cost, votes, score }, p) => ({
			id,
			cost,
			votes,
			score,
			round: place.get(id) ?? null,
			missing: missingOf(p),
		})),
		share: { numerator: String(share.n), denominator: String(share.d), value: toNumber(share) },
		increments,
	};
}
