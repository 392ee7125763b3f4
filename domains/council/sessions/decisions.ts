import type { ElectionState, SessionState, VoteState } from '../face.ts';

/** What an item's act says of its vote. */
export interface Decision {
	itemId: string;
	adopted: boolean;
	for: number;
	against: number;
	abstention: number;
	/** Members present or represented who could vote. */
	voting: number;
	vote: VoteState | null;
	election: ElectionState | null;
}

/**
 * What a meeting decided, one decision an item, in the order in which they fell: the last vote on its text, else its last
 * election. Of an election `for` is the papers of who was elected, `against` those of others, `abstention` blank and void.
 */
export function decisionsOf({ votes, elections }: Pick<SessionState, 'votes' | 'elections'>): Decision[] {
	const decided = new Map<string, { decision: Decision; at: Date }>();
	for (const election of elections) {
		const last = election.rounds.at(-1);
		if (last && !last.result) continue;
		const of = last?.result?.votes.find(({ name }) => name === election.elected[0])?.votes ?? 0;
		decided.set(election.itemId, {
			at: election.openedAt,
			decision: {
				itemId: election.itemId,
				adopted: election.elected.length > 0,
				for: of,
				against: (last?.result?.cast ?? 0) - of,
				abstention: (last?.result?.blank ?? 0) + (last?.result?.void ?? 0),
				voting: last?.voters.length ?? 0,
				vote: null,
				election,
			},
		});
	}
	for (const vote of votes) {
		if (vote.purpose !== 'text' || vote.itemId === null || !vote.result) continue;
		decided.set(vote.itemId, {
			at: vote.openedAt,
			decision: {
				itemId: vote.itemId,
				adopted: vote.result.adopted,
				for: vote.result.for,
				against: vote.result.against,
				abstention: vote.result.abstention,
				voting: vote.voters.length,
				vote,
				election: null,
			},
		});
	}
	return [...decided.values()]
		.toSorted((a, b) => a.at.getTime() - b.at.getTime())
		.map(({ decision }) => decision);
}
