/** Rounds of an election: absolute majority in the first two, relative in the third (CGCT L2122-7, L2121-21). */
export const lastRound = 3;

export interface Counted {
	/** Papers by name. */
	votes: readonly { name: string; votes: number }[];
	/** Blank papers: counted apart, not cast (code électoral L65). */
	blank: number;
	/** Papers that are void. */
	void: number;
}

export interface RoundResult extends Counted {
	/** Valid papers with a name. */
	cast: number;
	/** What the absolute majority is; null in the third round. */
	majority: number | null;
	/** Null when another round is needed, or when the eldest of several decides. */
	elected: string | null;
	/** In the third round: names with as many votes, of whom the eldest is elected. */
	even: readonly string[];
}

/**
 * Who is elected in a round: by more than half of the papers cast in the first two, by most in the third, where the eldest
 * of those with as many votes is elected (CGCT L2122-7).
 * @param round from 1
 * @param eldest of those who are even, once it is known
 */
export function roundResult(round: number, counted: Counted, eldest: string | null = null): RoundResult {
	const votes = counted.votes
		.filter(({ votes: n }) => n > 0)
		.toSorted((a, b) => b.votes - a.votes || a.name.localeCompare(b.name, 'fr'));
	const cast = votes.reduce((sum, { votes: n }) => sum + n, 0);
	const [first] = votes;
	const whole = { votes, blank: counted.blank, void: counted.void, cast };
	if (round < lastRound) {
		const majority = Math.floor(cast / 2) + 1;
		return {
			...whole,
			majority,
			elected: first && first.votes >= majority ? first.name : null,
			even: [],
		};
	}
	const best = votes.filter(({ votes: n }) => n === first?.votes).map(({ name }) => name);
	const decided = best.length === 1 ? best[0] : best.find((name) => name === eldest);
	return { ...whole, majority: null, elected: decided ?? null, even: best.length > 1 ? best : [] };
}
