import type { Countable } from './election.ts';
import type { Missing, Outcome, Round } from './outcome.ts';
import { createProfile } from './profile.ts';
import { compare, plus, type Rational, rational, times } from './rational.ts';
import { createTieBreaker } from './ties.ts';

export interface PhragmenOptions {
	/** Go on past a project that does not fit. Default false: the count stops there, as published. */
	skip?: boolean;
	/** For the lot. Default: an empty text. */
	seed?: string;
}

/**
 * Phragmén's sequential rule for projects that cost (Los, Christoff, Grossi: Proportional budget allocations, IJCAI 2022).
 * Everybody earns money evenly; as soon as a project's supporters have its cost together they buy it and have nothing.
 * Points say who supports, not how much. Exact: what a supporter has earned since they last paid is told by the instant of
 * that purchase, so that instants are sums of few fractions.
 */
export function phragmen(election: Countable, { skip = false, seed = '' }: PhragmenOptions = {}): Outcome {
	const profile = createProfile(election);
	const { projects, start, supporter, weight } = profile;
	const ties = createTieBreaker(seed);
	/** Number of the purchase at which a group last paid; -1 while it never did. */
	const paidAt = new Int32Array(profile.groups).fill(-1);
	const bought: { p: number; at: number; doubt: number; payers: Float64Array; exact: Rational | null }[] = [];
	const missing = new Map<string, Missing>();
	const rounds: Round[] = [];
	let left = election.budget;
	const open = new Set(projects.keys());
	for (const [p, { id, votes }] of projects.entries())
		if (!votes) {
			open.delete(p);
			missing.set(id, { reason: 'no_supporters' });
		}

	while (open.size) {
		const dues = [...open].map(due);
		const soonest = Math.min(...dues.map(({ at, doubt }) => at + doubt));
		const contenders = dues.filter(({ at, doubt }) => at - doubt <= soonest);
		let first = contenders;
		if (contenders.length > 1) {
			const exact = contenders.map((one) => ({ one, at: exactly(one) }));
			const least = exact.reduce(
				(best, { at }) => (compare(at, best) < 0 ? at : best),
				(exact[0] as (typeof exact)[number]).at,
			);
			first = exact.filter(({ at }) => compare(at, least) === 0).map(({ one }) => one);
		}
		const { chosen, tie } = ties.first(first.map((one) => ({ ...projectAt(one.p), one })));
		const { id, cost, one } = chosen;
		open.delete(one.p);
		if (cost > left) {
			missing.set(id, { reason: 'budget', cost, left, missing: cost - left });
			if (skip) continue;
			for (const other of open) missing.set(projectAt(other).id, { reason: 'stopped', at: id });
			break;
		}
		left -= cost;
		rounds.push({ project: id, cost, left, load: one.at, tie });
		for (let i = start[one.p] as number; i < (start[one.p + 1] as number); i++)
			paidAt[supporter[i] as number] = bought.length;
		bought.push({ ...one, exact: null });
	}

	function projectAt(p: number) {
		return projects[p] as (typeof projects)[number];
	}

	/** When a project's supporters have its cost, in doubles, and how far that may be off. */
	function due(p: number) {
		const payers = new Float64Array(bought.length);
		for (let i = start[p] as number; i < (start[p + 1] as number); i++) {
			const group = supporter[i] as number;
			const last = paidAt[group] as number;
			if (last >= 0) payers[last] = (payers[last] as number) + (weight[group] as number);
		}
		const { cost, votes } = projectAt(p);
		let sum = cost;
		let doubts = 0;
		for (const [k, { at, doubt }] of bought.entries()) {
			sum += (payers[k] as number) * at;
			doubts += (payers[k] as number) * doubt;
		}
		const at = sum / votes;
		// Each of the sums rounds once a purchase; 2^-52 is twice what one rounding adds.
		return { p, at, doubt: (doubts / votes + at * (bought.length + 4) * 2 ** -52) * 2, payers };
	}

	/** The same as a fraction. */
	function exactly({ p, payers }: { p: number; payers: Float64Array }): Rational {
		const { cost, votes } = projectAt(p);
		let sum: Rational = { n: BigInt(cost), d: 1n };
		for (const [k, count] of payers.entries()) {
			const purchase = bought[k] as (typeof bought)[number];
			if (!count) continue;
			purchase.exact ??= exactly(purchase);
			sum = plus(sum, times(purchase.exact, BigInt(count)));
		}
		return rational(sum.n, sum.d * BigInt(votes));
	}

	const place = new Map(rounds.map(({ project }, round) => [project, round]));
	return {
		rule: 'phragmen',
		selected: rounds.map(({ project }) => project),
		spent: election.budget - left,
		budget: election.budget,
		rounds,
		projects: projects.map((project) => ({
			...project,
			round: place.get(project.id) ?? null,
			missing: missing.get(project.id) ?? null,
		})),
	};
}
