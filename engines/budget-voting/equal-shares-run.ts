import type { Profile } from './profile.ts';
import { compare, minus, type Rational, rational, times, toNumber } from './rational.ts';
import type { Tie, TieBreaker } from './ties.ts';

/** Half the distance between 1 and the next double: what one rounding adds at most, relatively. */
const unit = 2 ** -53;
/** Above this share of the endowment the doubles are made anew from exact fractions. */
const mostError = 1e-7;
/** Above this share of a price its error is worth a closer bound. */
const wideError = 1e-10;

/** A project bought in one run. */
export interface Purchase {
	project: number;
	/** What a supporter with utility 1 pays at most. */
	price: number;
	tie: Tie | null;
	/** Ballots by what they paid, the highest first. */
	payments: { voters: number; amount: number }[];
}

export interface Run {
	purchases: Purchase[];
	spent: number;
	/** It cost more than allowed, and was broken off. */
	overspent: boolean;
	/** What each group has left. */
	left: Float64Array;
}

/** What one look at a project's supporters finds at a price. */
interface Sums {
	/** Money of all. */
	money: number;
	/** Money of those who give all they have, and how many they are. */
	given: number;
	gave: number;
	/** Utility of the others. */
	shares: number;
}

/** Drop supporters who have nothing left. @returns where the others end now */
function dropEmpty(
	left: Float64Array,
	supporter: Int32Array,
	supporterWeight: Float64Array,
	utility: Float64Array,
	from: number,
	to: number,
): number {
	let end = from;
	for (let i = from; i < to; i++) {
		const group = supporter[i] as number;
		supporter[end] = group;
		supporterWeight[end] = supporterWeight[i] as number;
		utility[end] = utility[i] as number;
		end += +((left[group] as number) > 0);
	}
	return end;
}

/**
 * Apart and with everything as arguments: these two loops are where the time goes. Who gives all is a factor of 0 or 1,
 * not a branch: which way it goes no processor can foresee, and a wrong guess costs more than the sums.
 */
function passOfOnes(
	sums: Sums,
	left: Float64Array,
	supporter: Int32Array,
	supporterWeight: Float64Array,
	from: number,
	to: number,
	price: number,
): void {
	let money = 0;
	let given = 0;
	let gave = 0;
	let all = 0;
	for (let i = from; i < to; i++) {
		const have = left[supporter[i] as number] as number;
		const voters = supporterWeight[i] as number;
		const giving = voters * +(have < price);
		money += voters * have;
		given += giving * have;
		gave += giving;
		all += voters;
	}
	sums.money = money;
	sums.given = given;
	sums.gave = gave;
	sums.shares = all - gave;
}

function passOfUtilities(
	sums: Sums,
	left: Float64Array,
	supporter: Int32Array,
	supporterWeight: Float64Array,
	utility: Float64Array,
	from: number,
	to: number,
	price: number,
): void {
	let money = 0;
	let given = 0;
	let gave = 0;
	let shares = 0;
	for (let i = from; i < to; i++) {
		const have = left[supporter[i] as number] as number;
		const voters = supporterWeight[i] as number;
		const each = utility[i] as number;
		const giving = voters * +(have < price * each);
		money += voters * have;
		given += giving * have;
		gave += giving;
		shares += (voters - giving) * each;
	}
	sums.money = money;
	sums.given = given;
	sums.gave = gave;
	sums.shares = shares;
}

/** Whether somebody's amount is so near to what they would pay that doubles cannot tell which is more. */
function nearestTo(
	left: Float64Array,
	supporter: Int32Array,
	utility: Float64Array,
	from: number,
	to: number,
	price: number,
): number {
	let least = Number.POSITIVE_INFINITY;
	for (let i = from; i < to; i++) {
		const each = utility[i] as number;
		const distance = Math.abs((left[supporter[i] as number] as number) - price * each) / each;
		if (distance < least) least = distance;
	}
	return least;
}

/** Take the price from each supporter, or all they have. */
function pay(
	left: Float64Array,
	doubt: Float64Array,
	emptied: Int32Array,
	{ supporter, utility }: { supporter: Int32Array; utility: Float64Array },
	from: number,
	to: number,
	price: number,
	margin: number,
	round: number,
): { mostDoubt: number; emptied: number } {
	let mostDoubt = 0;
	let count = 0;
	for (let i = from; i < to; i++) {
		const group = supporter[i] as number;
		const have = left[group] as number;
		const each = utility[i] as number;
		const need = price * each;
		const keeps = +(have >= need);
		const gives = +(have > 0) - +(have > 0) * keeps;
		left[group] = keeps * (have - need);
		const open = keeps * ((doubt[group] as number) + margin * each + (need + have) * 4 * unit);
		doubt[group] = open;
		const when = emptied[group] as number;
		emptied[group] = when + gives * (round - when);
		count += gives;
		if (open > mostDoubt) mostDoubt = open;
	}
	return { mostDoubt, emptied: count };
}

interface Candidate {
	project: number;
	/** The price is at least this over the multiplier, whatever was rounded. */
	lowest: number;
	highest: number;
	price: number;
	error: number;
	slack: number;
}

/**
 * Runs the Method of Equal Shares on one profile with any endowment (Peters, Pierczyński, Skowron: Proportional
 * participatory budgeting with additive utilities, NeurIPS 2021). Each voter gets the same share; again and again the
 * project is bought whose supporters pay least for what it is worth to them, each paying in proportion or all they have.
 *
 * Prices are computed in doubles with a bound of their error carried along. Wherever the bound leaves a decision open (which
 * project is cheapest, whether its supporters can pay at all, who among them pays all they have) exact fractions decide.
 * Groups of identical ballots have identical shares; who has paid what is told by which projects a group supports and when
 * it had nothing left, so exact amounts need no book-keeping of their own.
 */
export function createEqualShares(profile: Profile, ties: TieBreaker) {
	const { projects, start, supporter, utility, weight, groups, multiplier } = profile;
	const count = projects.length;
	const total = new Float64Array(count);
	for (let p = 0; p < count; p++)
		for (let i = start[p] as number; i < (start[p + 1] as number); i++)
			total[p] = (total[p] as number) + (weight[supporter[i] as number] as number) * (utility[i] as number);
	const supporterWeight = Float64Array.from(supporter, (group) => weight[group] as number);
	const unweighted = Uint8Array.from(projects, (_, p) =>
		utility.subarray(start[p], start[p + 1]).every((each) => each === 1) ? 1 : 0,
	);
	// Each run's own: supporters who have nothing left are dropped where they are met.
	const active = { supporter: supporter.slice(), weight: supporterWeight.slice(), utility: utility.slice() };
	const end = start.slice(1);
	/** How many groups had nothing left when a project's supporters were last looked through. */
	const dropped = new Int32Array(count);
	const sums: Sums = { money: 0, given: 0, gave: 0, shares: 0 };
	const byGroup = transpose(profile);
	const left = new Float64Array(groups);
	/** How far `left` may be from the exact amount. */
	const doubt = new Float64Array(groups);
	/** In which round a group paid the last it had; after every round where it never did. */
	const emptied = new Int32Array(groups);
	const roundOf = new Int32Array(count);
	/** What the run before bought. */
	const expectation: number[] = [];

	/**
	 * @param endowment what each voter has, exactly
	 * @param allowed breaks off once the projects cost more than this in all
	 */
	return function run(endowment: Rational, allowed: number, recording: boolean): Run {
		const share = toNumber(endowment);
		const never = count + 1;
		for (let p = 0; p < count; p++) {
			const [from, to] = [start[p] as number, start[p + 1] as number];
			if (end[p] === to) continue;
			active.supporter.set(supporter.subarray(from, to), from);
			active.weight.set(supporterWeight.subarray(from, to), from);
			active.utility.set(utility.subarray(from, to), from);
			end[p] = to;
		}
		dropped.fill(0);
		let emptiedGroups = 0;
		left.fill(share);
		emptied.fill(never);
		roundOf.fill(-1);
		doubt.fill(share * 4 * unit);
		let mostDoubt = share * 4 * unit;
		const bought: { project: number; price: number; error: number; exact: Rational | null }[] = [];
		const purchases: Purchase[] = [];
		let spent = 0;
		const open: Candidate[] = [];
		for (let p = 0; p < count; p++)
			if ((total[p] as number) > 0) {
				const cost = (projects[p] as Profile['projects'][number]).cost;
				const lowest = (cost / (total[p] as number) / (multiplier[p] as number)) * (1 - 8 * unit);
				open.push({ project: p, lowest, highest: Number.POSITIVE_INFINITY, price: 0, error: 0, slack: 0 });
			}
		open.sort((a, b) => a.lowest - b.lowest);

		/** What a round's price was, exactly. */
		function exactPrice(round: number): Rational {
			const purchase = bought[round] as (typeof bought)[number];
			purchase.exact ??= priceOf(purchase.project, round, (group) => emptied[group] === round);
			return purchase.exact;
		}

		/** What a group had before a round, exactly. */
		function exactLeft(group: number, round: number): Rational {
			if ((emptied[group] as number) < round) return { n: 0n, d: 1n };
			let amount = endowment;
			for (let i = byGroup.start[group] as number; i < (byGroup.start[group + 1] as number); i++) {
				const paidIn = roundOf[byGroup.project[i] as number] as number;
				if (paidIn >= 0 && paidIn < round)
					amount = minus(amount, times(exactPrice(paidIn), BigInt(byGroup.utility[i] as number)));
			}
			return amount;
		}

		/** What the groups of a project's supporters that `counts` says had together before a round, exactly. */
		function exactSum(project: number, round: number, counts: (group: number) => boolean): Rational {
			const paid = new Float64Array(round);
			let voters = 0;
			for (let i = start[project] as number; i < (start[project + 1] as number); i++) {
				const group = supporter[i] as number;
				if ((emptied[group] as number) < round || !counts(group)) continue;
				voters += weight[group] as number;
				for (let j = byGroup.start[group] as number; j < (byGroup.start[group + 1] as number); j++) {
					const paidIn = roundOf[byGroup.project[j] as number] as number;
					if (paidIn >= 0 && paidIn < round)
						paid[paidIn] =
							(paid[paidIn] as number) + (weight[group] as number) * (byGroup.utility[j] as number);
				}
			}
			let sum = times(endowment, BigInt(voters));
			for (let k = 0; k < round; k++)
				if (paid[k]) sum = minus(sum, times(exactPrice(k), BigInt(paid[k] as number)));
			return sum;
		}

		/** The price at which supporters that `pays all` says give what they have, and the others share the rest, exactly. */
		function priceOf(project: number, round: number, paysAll: (group: number) => boolean): Rational {
			const all = exactSum(project, round, paysAll);
			let sharing = 0;
			for (let i = start[project] as number; i < (start[project + 1] as number); i++) {
				const group = supporter[i] as number;
				if ((emptied[group] as number) >= round && !paysAll(group))
					sharing += (weight[group] as number) * (utility[i] as number);
			}
			const { cost } = projects[project] as Profile['projects'][number];
			if (!sharing) return highestNeeded(project, round);
			const rest = minus({ n: BigInt(cost), d: 1n }, all);
			return rational(rest.n, rest.d * BigInt(sharing));
		}

		/** Where supporters give all they have to the last: the most that one of them gives for a utility of 1. */
		function highestNeeded(project: number, round: number): Rational {
			let most: Rational = { n: 0n, d: 1n };
			for (let i = start[project] as number; i < (start[project + 1] as number); i++) {
				const have = exactLeft(supporter[i] as number, round);
				const each = rational(have.n, have.d * BigInt(utility[i] as number));
				if (compare(each, most) > 0) most = each;
			}
			return most;
		}

		/** The exact price of a project now: those who pay all they have are found in doubles, the doubtful exactly. */
		function exactCandidate({ project, price, error: margin }: Candidate): {
			price: Rational;
			paysAll: (group: number) => boolean;
		} {
			const round = bought.length;
			const sure = new Set<number>();
			const doubtful: { group: number; have: Rational; need: bigint }[] = [];
			for (let i = start[project] as number; i < (start[project + 1] as number); i++) {
				const group = supporter[i] as number;
				if ((emptied[group] as number) < round) continue;
				const need = price * (utility[i] as number);
				const open = (doubt[group] as number) + margin * (utility[i] as number) + need * 4 * unit;
				if ((left[group] as number) < need - open) sure.add(group);
				else if ((left[group] as number) <= need + open)
					doubtful.push({
						group,
						have: exactLeft(group, round),
						need: BigInt(utility[i] as number),
					});
			}
			// The price only rises as more give all they have, so that nobody leaves the set again.
			for (;;) {
				const paysAll = (group: number) => sure.has(group);
				const exact = priceOf(project, round, paysAll);
				const before = sure.size;
				for (const { group, have, need } of doubtful)
					if (!sure.has(group) && compare(have, times(exact, need)) <= 0) sure.add(group);
				if (sure.size === before) return { price: exact, paysAll };
			}
		}

		/**
		 * Work a candidate's price out in doubles, from below: the price rises as more of its supporters are seen to give all
		 * they have. `best` is a rate that another is sure to stay under: who is above it need not be known better.
		 */
		function evaluate(candidate: Candidate, best: number): 'poor' | 'beaten' | 'open' {
			const { project } = candidate;
			const { cost } = projects[project] as Profile['projects'][number];
			const from = start[project] as number;
			if (emptiedGroups - (dropped[project] as number) > groups / 8) {
				end[project] = dropEmpty(
					left,
					active.supporter,
					active.weight,
					active.utility,
					from,
					end[project] as number,
				);
				dropped[project] = emptiedGroups;
			}
			const to = end[project] as number;
			const over = multiplier[project] as number;
			const ones = unweighted[project] === 1;
			const rounding = (to - from + 4) * unit;
			// What it was before, when nobody had less.
			let price = Math.max(cost / (total[project] as number), candidate.price);
			let giving = -1;
			let sharing = 0;
			let margin = 0;
			for (let pass = 0; ; pass++) {
				if (ones) passOfOnes(sums, left, active.supporter, active.weight, from, to, price);
				else passOfUtilities(sums, left, active.supporter, active.weight, active.utility, from, to, price);
				const { money, given, gave, shares } = sums;
				if (pass === 0) {
					const moneyDoubt = ((profile.support[project] as number) * mostDoubt + money * rounding) * 2;
					if (money < cost - moneyDoubt) return 'poor';
					if (money <= cost + moneyDoubt) {
						const exact = exactSum(project, bought.length, () => true);
						if (compare(exact, { n: BigInt(cost), d: 1n }) < 0) return 'poor';
					}
				}
				sharing = shares;
				if (sharing === 0) {
					candidate.slack = 0;
					for (let i = from; i < to; i++)
						price = Math.max(
							price,
							(left[active.supporter[i] as number] as number) / (active.utility[i] as number),
						);
					// The last unit is shared by few, or by one: how few is decided exactly.
					margin = ((gave * mostDoubt + cost * rounding) * 2 + price * 8 * unit) * 2;
					break;
				}
				const next = (cost - given) / sharing;
				const same = gave === giving || next <= price * (1 + 8 * unit);
				// Who stands between the two prices may be taken for one who gives all, or not.
				candidate.slack = same ? Math.abs(next - price) : 0;
				price = next;
				margin = ((gave * mostDoubt + cost * rounding) * 2) / sharing + price * 8 * unit + candidate.slack;
				const least = ((price - margin) / over) * (1 - 4 * unit);
				if (least > best) {
					candidate.lowest = Math.max(candidate.lowest, least);
					return 'beaten';
				}
				if (same) break;
				giving = gave;
			}
			candidate.price = price;
			candidate.error = margin;
			bound(candidate);
			return 'open';
		}

		function bound(candidate: Candidate): void {
			const over = multiplier[candidate.project] as number;
			const { price, error } = candidate;
			candidate.lowest = Math.max(candidate.lowest, ((price - error) / over) * (1 - 4 * unit));
			candidate.highest = ((price + error) / over) * (1 + 4 * unit);
		}

		/** Bound a price's error by what its own supporters' amounts may be off, not by the worst of all. */
		function narrow(candidate: Candidate): void {
			const { project, price } = candidate;
			const { cost } = projects[project] as Profile['projects'][number];
			const from = start[project] as number;
			const to = end[project] as number;
			let givenDoubt = 0;
			let sharing = 0;
			for (let i = from; i < to; i++) {
				const group = active.supporter[i] as number;
				const each = active.utility[i] as number;
				const voters = active.weight[i] as number;
				const giving = voters * +((left[group] as number) < price * each);
				givenDoubt += giving * (doubt[group] as number);
				sharing += (voters - giving) * each;
			}
			if (sharing === 0) return;
			const margin =
				((givenDoubt + cost * (to - from + 4) * unit) * 2) / sharing + price * 8 * unit + candidate.slack;
			candidate.error = Math.min(candidate.error, margin);
			bound(candidate);
		}

		for (;;) {
			const evaluated: Candidate[] = [];
			let best = Number.POSITIVE_INFINITY;
			// With a little more to spend much is bought in the same order: who won last time is asked first, so that most
			// others are seen to be dearer at the first look.
			const likely = open.find(({ project }) => project === expectation[bought.length]);
			if (likely && evaluate(likely, best) === 'open') {
				evaluated.push(likely);
				best = likely.highest;
			}
			// In the order of their lowest rates: where one is above the best, so are all that follow.
			for (let i = 0; i < open.length; ) {
				const candidate = open[i] as Candidate;
				if (candidate.lowest > best) break;
				const state = candidate === evaluated[0] ? 'asked' : evaluate(candidate, best);
				if (state === 'poor') {
					open.splice(i, 1);
					continue;
				}
				i++;
				if (state !== 'open') continue;
				evaluated.push(candidate);
				best = Math.min(best, candidate.highest);
			}
			let contenders = evaluated.filter(({ lowest }) => lowest <= best);
			for (const candidate of contenders)
				if (contenders.length > 1 || candidate.error > candidate.price * wideError) narrow(candidate);
			if (contenders.length > 1) {
				best = Math.min(...contenders.map(({ highest }) => highest));
				contenders = contenders.filter(({ lowest }) => lowest <= best);
			}
			const [only] = contenders;
			if (!only) return { purchases, spent, overspent: false, left };
			let winner = only;
			let tie: Tie | null = null;
			if (contenders.length > 1) {
				let cheapest: { candidate: Candidate; rate: Rational }[] = [];
				for (const candidate of contenders) {
					const exact = exactCandidate(candidate).price;
					const rate = { n: exact.n, d: exact.d * BigInt(multiplier[candidate.project] as number) };
					const against = cheapest[0] ? compare(rate, cheapest[0].rate) : -1;
					if (against < 0) cheapest = [{ candidate, rate }];
					else if (against === 0) cheapest.push({ candidate, rate });
				}
				const broken = ties.first(
					cheapest.map(({ candidate }) => ({
						...(projects[candidate.project] as Profile['projects'][number]),
						candidate,
					})),
				);
				winner = broken.chosen.candidate;
				tie = broken.tie;
			}
			buy(winner, tie);
			if (spent > allowed) return { purchases, spent, overspent: true, left };
			open.splice(open.indexOf(winner), 1);
			insertionSort(open);
			if (mostDoubt > mostError * share) refresh();
		}

		function buy(candidate: Candidate, tie: Tie | null): void {
			const { project } = candidate;
			const round = bought.length;
			const { cost } = projects[project] as Profile['projects'][number];
			let { price, error: margin } = candidate;
			let exact: Rational | null = null;
			let paysAll: ((group: number) => boolean) | null = null;
			if (someDoubtful(candidate)) {
				const decided = exactCandidate(candidate);
				exact = decided.price;
				paysAll = decided.paysAll;
				price = toNumber(exact);
				margin = price * 4 * unit;
			}
			const amounts = new Map<number, number>();
			const from = start[project] as number;
			const to = start[project + 1] as number;
			if (!paysAll && !recording) {
				const paid = pay(left, doubt, emptied, active, from, end[project] as number, price, margin, round);
				mostDoubt = Math.max(mostDoubt, paid.mostDoubt);
				emptiedGroups += paid.emptied;
			} else
				for (let i = from; i < to; i++) {
					const group = supporter[i] as number;
					const have = left[group] as number;
					if (have === 0 && (emptied[group] as number) < round) continue;
					const each = utility[i] as number;
					const need = price * each;
					const all = paysAll ? paysAll(group) : have < need;
					if (recording) {
						const amount = all ? have : need;
						amounts.set(amount, (amounts.get(amount) ?? 0) + (weight[group] as number));
					}
					if (all) {
						left[group] = 0;
						doubt[group] = 0;
						emptied[group] = round;
					} else {
						left[group] = have - need;
						const open = (doubt[group] as number) + margin * each + (need + have) * 4 * unit;
						doubt[group] = open;
						if (open > mostDoubt) mostDoubt = open;
					}
				}
			roundOf[project] = round;
			expectation[round] = project;
			bought.push({ project, price, error: margin, exact });
			spent += cost;
			purchases.push({
				project,
				price,
				tie,
				payments: [...amounts]
					.map(([amount, voters]) => ({ voters, amount }))
					.sort((a, b) => b.amount - a.amount),
			});
		}

		/** Whether doubles leave open who of the supporters pays all they have. */
		function someDoubtful({ project, price, error: margin }: Candidate): boolean {
			// The worst of all amounts first: it is at hand.
			const nearest = nearestTo(
				left,
				active.supporter,
				active.utility,
				start[project] as number,
				end[project] as number,
				price,
			);
			if (nearest > mostDoubt + margin + price * 4 * unit) return false;
			for (let i = start[project] as number; i < (start[project + 1] as number); i++) {
				const group = supporter[i] as number;
				const need = price * (utility[i] as number);
				const distance = Math.abs((left[group] as number) - need);
				if ((emptied[group] as number) < bought.length) continue;
				if (distance <= (doubt[group] as number) + margin * (utility[i] as number) + need * 4 * unit)
					return true;
			}
			return false;
		}

		/** Make the doubles anew from exact fractions, where rounding could have grown. */
		function refresh(): void {
			const prices = bought.map((_, round) => toNumber(exactPrice(round)));
			for (let group = 0; group < groups; group++) {
				if ((emptied[group] as number) < bought.length) continue;
				let amount = share;
				for (let i = byGroup.start[group] as number; i < (byGroup.start[group + 1] as number); i++) {
					const paidIn = roundOf[byGroup.project[i] as number] as number;
					if (paidIn >= 0) amount -= (prices[paidIn] as number) * (byGroup.utility[i] as number);
				}
				left[group] = amount;
				doubt[group] = share * (bought.length + 2) * 8 * unit;
			}
			mostDoubt = share * (bought.length + 2) * 8 * unit;
		}
	};
}

function transpose(profile: Profile) {
	const { groups, projects, start, supporter, utility } = profile;
	const from = new Int32Array(groups + 1);
	for (const group of supporter) from[group + 1] = (from[group + 1] as number) + 1;
	for (let g = 0; g < groups; g++) from[g + 1] = (from[g + 1] as number) + (from[g] as number);
	const next = from.slice();
	const project = new Int32Array(supporter.length);
	const value = new Float64Array(supporter.length);
	for (let p = 0; p < projects.length; p++)
		for (let i = start[p] as number; i < (start[p + 1] as number); i++) {
			const group = supporter[i] as number;
			const at = next[group] as number;
			next[group] = at + 1;
			project[at] = p;
			value[at] = utility[i] as number;
		}
	return { start: from, project, utility: value };
}

/** The list is nearly in order from the round before. */
function insertionSort(list: Candidate[]): void {
	for (let i = 1; i < list.length; i++) {
		const candidate = list[i] as Candidate;
		let j = i - 1;
		while (j >= 0 && (list[j] as Candidate).lowest > candidate.lowest) {
			list[j + 1] = list[j] as Candidate;
			j--;
		}
		list[j + 1] = candidate;
	}
}
