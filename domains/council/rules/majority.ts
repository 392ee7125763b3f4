export const choices = ['for', 'against', 'abstention', 'not_taking_part'] as const;
export type Choice = (typeof choices)[number];

/**
 * What adopts: a majority of votes cast (CGCT L2121-20), of members present or represented (closed doors, L2121-18), or
 * nobody against (to appoint without a secret ballot, L2121-21).
 */
export const majorities = ['cast', 'present', 'unanimous'] as const;
export type Majority = (typeof majorities)[number];

export interface Tally {
	for: number;
	against: number;
	abstention: number;
	not_taking_part: number;
	/** for + against: abstentions are not votes cast. */
	cast: number;
	adopted: boolean;
	/** The vote of who presides decided an even count. */
	casting: boolean;
}

/** Whether an even count waits for the vote of who presides: not in secret (CGCT L2121-20). */
export function isEven(counts: Pick<Tally, 'for' | 'against'>): boolean {
	return counts.for === counts.against && counts.for > 0;
}

/**
 * Absolute majority of the votes cast; where they are even the vote of who presides decides, except in a secret ballot
 * (CGCT L2121-20). Nothing cast adopts nothing.
 * @param chair what who presides voted; null when absent or not voting
 * @param needs a stricter majority, where the law asks one
 * @param voters members present or represented
 */
export function tally(
	ballots: readonly Choice[],
	chair: Choice | null,
	secret: boolean,
	needs: Majority = 'cast',
	voters: number = ballots.length,
): Tally {
	const count = (choice: Choice) => ballots.filter((one) => one === choice).length;
	const [yes, no, abstention] = [count('for'), count('against'), count('abstention')];
	const casting =
		needs === 'cast' &&
		!secret &&
		isEven({ for: yes, against: no }) &&
		(chair === 'for' || chair === 'against');
	const adopted = {
		cast: yes > no || (casting && chair === 'for'),
		present: yes * 2 > voters,
		unanimous: yes > 0 && no === 0 && abstention === 0,
	};
	return {
		for: yes,
		against: no,
		abstention,
		not_taking_part: count('not_taking_part'),
		cast: yes + no,
		adopted: adopted[needs],
		casting,
	};
}
