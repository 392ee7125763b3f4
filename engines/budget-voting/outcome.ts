import type { Tie } from './ties.ts';

/** A project that a rule took, and what made it so. */
export interface Round {
	project: string;
	cost: number;
	/** Money of the envelope left after it. */
	left: number;
	/** Greedy and completion: its score. */
	score?: number;
	/** Equal Shares: ballots that its price is shared by as if each paid in full: cost over the highest payment. */
	effectiveVotes?: number;
	/** Equal Shares: what its supporters paid, by amount, the highest first; they add up to the cost. */
	payments?: readonly { voters: number; amount: number }[];
	/** Phragmén: when its supporters together had saved its cost, in money earned by each. */
	load?: number;
	/** Found by the completion, not by the rule itself. */
	completion?: boolean;
	tie: Tie | null;
}

export type Missing =
	/** Its score is under the threshold. */
	| { reason: 'threshold'; score: number; threshold: number }
	/** The envelope had less left than it costs when its turn came. */
	| { reason: 'budget'; cost: number; left: number; missing: number }
	/** The count stopped before its turn, at a project that did not fit. */
	| { reason: 'stopped'; at: string }
	/** Its supporters had too little of their shares left. */
	| { reason: 'share'; cost: number; held: number; missing: number }
	| { reason: 'no_supporters' };

/** What became of one project, whichever rule counted. */
export interface ProjectOutcome {
	id: string;
	cost: number;
	/** Ballots that name it. */
	votes: number;
	/** Points it was given; votes where ballots have no points. */
	score: number;
	/** Place in the order of selection, from 0; null when it was not selected. */
	round: number | null;
	missing: Missing | null;
}

export interface Outcome {
	rule: string;
	/** In the order in which they were taken. */
	selected: string[];
	spent: number;
	budget: number;
	rounds: Round[];
	/** In the election's order. */
	projects: ProjectOutcome[];
	/** Equal Shares: what each voter had to spend, as a fraction of whole numbers and as a number. */
	share?: { numerator: string; denominator: string; value: number };
	/** Equal Shares with add1: how often each voter was given one more unit. */
	increments?: number;
}
