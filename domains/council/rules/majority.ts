export const choices = ['for', 'against', 'abstention', 'not_taking_part'] as const;
export type Choice = (typeof choices)[number];

export interface Tally {
	for: number;
	against: number;
	abstention: number;
	not_taking_part: number;
	/** for + against: abstentions are not votes cast. */
	cast: number;
	adopted: boolean;
	/** The chair's vote decided an even count. */
	casting: boolean;
}

/**
 * Absolute majority of the votes cast; where they are even the chair's own vote decides, except in a secret ballot
 * (CGCT L2121-20). Nothing cast adopts nothing.
 * @param chair what the chair voted; null when absent or not voting
 */
export function tally(ballots: readonly Choice[], chair: Choice | null, secret: boolean): Tally {
	const count = (choice: Choice) => ballots.filter((one) => one === choice).length;
	const [yes, no] = [count('for'), count('against')];
	const even = yes === no && yes > 0;
	const casting = even && !secret && (chair === 'for' || chair === 'against');
	return {
		for: yes,
		against: no,
		abstention: count('abstention'),
		not_taking_part: count('not_taking_part'),
		cast: yes + no,
		adopted: yes > no || (casting && chair === 'for'),
		casting,
	};
}
