export { type BallotCheck, type BallotFault, validateBallot } from './ballots.ts';
export { countByMeta, type RuleName, rules } from './count.ts';
export {
	type Ballot,
	type BallotType,
	ballotTypes,
	type Countable,
	type Election,
	type Limits,
	noLimits,
	type Project,
} from './election.ts';
export { type EqualSharesOptions, equalShares } from './equal-shares.ts';
export { type GreedyOptions, greedy } from './greedy.ts';
export type { Missing, Outcome, ProjectOutcome, Round } from './outcome.ts';
export { formatPabulib, PabulibError, parsePabulib } from './pabulib.ts';
export { type PhragmenOptions, phragmen } from './phragmen.ts';
export { sha256 } from './sha256.ts';
export type { Tie } from './ties.ts';
