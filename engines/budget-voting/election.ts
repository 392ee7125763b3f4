export const ballotTypes = ['approval', 'choose-1', 'cumulative', 'ordinal', 'knapsack'] as const;
export type BallotType = (typeof ballotTypes)[number];

/** What a ballot must keep to; null: no limit. Amounts of money in the election's smallest unit. */
export interface Limits {
	minLength: number | null;
	maxLength: number | null;
	minSumCost: number | null;
	maxSumCost: number | null;
	minPoints: number | null;
	maxPoints: number | null;
	minSumPoints: number | null;
	maxSumPoints: number | null;
}

export const noLimits: Limits = {
	minLength: null,
	maxLength: null,
	minSumCost: null,
	maxSumCost: null,
	minPoints: null,
	maxPoints: null,
	minSumPoints: null,
	maxSumPoints: null,
};

export interface Project {
	id: string;
	/** A positive safe integer, in the election's smallest unit. */
	cost: number;
	/** Every other column of the file, as it stands there: `name`, `votes`, `selected`, `category` … */
	fields: Readonly<Record<string, string>>;
}

export interface Ballot {
	voterId: string;
	/** Project ids, each once; in order of preference where ballots are ordinal. */
	choices: readonly string[];
	/** One positive integer for each choice in cumulative ballots, otherwise null. */
	points: readonly number[] | null;
	/** Every other column of the file. */
	fields: Readonly<Record<string, string>>;
}

/** A participatory budget election. */
export interface Election {
	/** The file's META, as it stands there. */
	meta: Readonly<Record<string, string>>;
	/** How many smallest units one unit of currency has: 1 where all amounts are whole, 100 where there are cents. */
	scale: number;
	/** A safe integer, in smallest units. */
	budget: number;
	ballotType: BallotType;
	limits: Limits;
	projects: readonly Project[];
	ballots: readonly Ballot[];
	/** Columns that the file has, in its order; projects without a value have an empty text there. */
	projectColumns: readonly string[];
	ballotColumns: readonly string[];
}

/** What counting needs of an election. */
export type Countable = Pick<Election, 'scale' | 'budget' | 'ballotType' | 'limits'> & {
	projects: readonly Pick<Project, 'id' | 'cost'>[];
	ballots: readonly Pick<Ballot, 'choices' | 'points'>[];
};
