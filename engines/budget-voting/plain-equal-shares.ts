import type { Countable } from './election.ts';
import { pointsOf } from './profile.ts';
import { compare, minus, plus, type Rational, rational } from './rational.ts';
import { createTieBreaker } from './ties.ts';

const zero: Rational = { n: 0n, d: 1n };
const over = (a: Rational, b: Rational) => rational(a.n * b.d, a.d * b.n);
const product = (a: Rational, b: Rational) => rational(a.n * b.n, a.d * b.d);

function supporters(election: Countable, id: string) {
	return election.ballots.flatMap((ballot, voter) => {
		const at = ballot.choices.indexOf(id);
		const points = at < 0 ? 0 : (pointsOf(election, ballot)?.[at] ?? 1);
		return points > 0 ? [{ voter, points }] : [];
	});
}

/**
 * Equal Shares as the paper writes it, voter by voter in fractions: slow and plain, what the fast one is held against.
 * @param share what each voter has
 */
export function plainEqualShares(election: Countable, share: Rational, seed = ''): string[] {
	const ties = createTieBreaker(seed);
	const left = election.ballots.map(() => share);
	const scored = election.ballotType === 'cumulative' || election.ballotType === 'ordinal';
	const open = new Map(
		election.projects.map(({ id, cost }) => {
			const list = supporters(election, id);
			return [id, { id, cost, list, votes: list.length }];
		}),
	);
	const selected: string[] = [];
	for (;;) {
		let best: { id: string; cost: number; votes: number; rate: Rational; each: Rational }[] = [];
		for (const { id, cost, list, votes } of open.values()) {
			if (!votes) continue;
			const exactCost: Rational = { n: BigInt(cost), d: 1n };
			const money = list.reduce((sum, { voter }) => plus(sum, left[voter] ?? zero), zero);
			if (compare(money, exactCost) < 0) continue;
			// Those with the least for their points give all they have; the price falls on the others.
			const sorted = list.toSorted((a, b) =>
				compare(
					over(left[a.voter] ?? zero, { n: BigInt(a.points), d: 1n }),
					over(left[b.voter] ?? zero, { n: BigInt(b.points), d: 1n }),
				),
			);
			let rest = exactCost;
			let points = BigInt(list.reduce((sum, one) => sum + one.points, 0));
			let each = zero;
			for (const one of sorted) {
				each = rational(rest.n, rest.d * points);
				const have = left[one.voter] ?? zero;
				if (compare(have, product(each, { n: BigInt(one.points), d: 1n })) >= 0) break;
				rest = minus(rest, have);
				points -= BigInt(one.points);
			}
			const rate = scored ? each : rational(each.n, each.d * BigInt(cost));
			const against = best[0] ? compare(rate, best[0].rate) : -1;
			if (against < 0) best = [{ id, cost, votes, rate, each }];
			else if (against === 0) best.push({ id, cost, votes, rate, each });
		}
		if (!best.length) return selected;
		const { chosen } = ties.first(best);
		for (const { voter, points } of open.get(chosen.id)?.list ?? []) {
			const need = product(chosen.each, { n: BigInt(points), d: 1n });
			const have = left[voter] ?? zero;
			left[voter] = compare(have, need) <= 0 ? zero : minus(have, need);
		}
		open.delete(chosen.id);
		selected.push(chosen.id);
	}
}
