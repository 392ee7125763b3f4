import type { Ballot, Election } from './election.ts';

export type BallotFault =
	| 'unknown_project'
	| 'project_twice'
	| 'too_few'
	| 'too_many'
	| 'cost_too_low'
	| 'cost_too_high'
	| 'points_missing'
	| 'points_unexpected'
	| 'points_invalid'
	| 'points_too_few'
	| 'points_too_many'
	| 'points_sum_too_low'
	| 'points_sum_too_high';

export type BallotCheck =
	| { ok: true }
	/** The first fault found, with the limit that it breaks where there is one. */
	| { ok: false; error: BallotFault; limit?: number };

/** Whether a ballot is one that the election takes: known projects, each once, within every limit. */
export function validateBallot(
	election: Pick<Election, 'ballotType' | 'limits' | 'budget'> & {
		projects: readonly { id: string; cost: number }[];
	},
	ballot: Pick<Ballot, 'choices' | 'points'>,
): BallotCheck {
	const { ballotType, limits } = election;
	const { choices, points } = ballot;
	const costs = new Map(election.projects.map(({ id, cost }) => [id, cost]));
	const seen = new Set<string>();
	let cost = 0;
	for (const id of choices) {
		const own = costs.get(id);
		if (own === undefined) return fault('unknown_project');
		if (seen.has(id)) return fault('project_twice');
		seen.add(id);
		cost += own;
	}
	const most = ballotType === 'choose-1' ? 1 : limits.maxLength;
	if (limits.minLength !== null && choices.length < limits.minLength)
		return fault('too_few', limits.minLength);
	if (most !== null && choices.length > most) return fault('too_many', most);
	const mostCost = ballotType === 'knapsack' ? (limits.maxSumCost ?? election.budget) : limits.maxSumCost;
	if (limits.minSumCost !== null && cost < limits.minSumCost) return fault('cost_too_low', limits.minSumCost);
	if (mostCost !== null && cost > mostCost) return fault('cost_too_high', mostCost);
	if (ballotType !== 'cumulative') return points === null ? { ok: true } : fault('points_unexpected');
	if (points?.length !== choices.length) return fault('points_missing');
	let sum = 0;
	for (const given of points) {
		if (!Number.isSafeInteger(given) || given < 0) return fault('points_invalid');
		if (limits.minPoints !== null && given < limits.minPoints)
			return fault('points_too_few', limits.minPoints);
		if (limits.maxPoints !== null && given > limits.maxPoints)
			return fault('points_too_many', limits.maxPoints);
		sum += given;
	}
	if (limits.minSumPoints !== null && sum < limits.minSumPoints)
		return fault('points_sum_too_low', limits.minSumPoints);
	if (limits.maxSumPoints !== null && sum > limits.maxSumPoints)
		return fault('points_sum_too_high', limits.maxSumPoints);
	return { ok: true };
}

function fault(error: BallotFault, limit?: number): BallotCheck {
	return limit === undefined ? { ok: false, error } : { ok: false, error, limit };
}
