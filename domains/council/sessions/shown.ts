import type { SessionState } from '../face.ts';
import { replay } from '../record.ts';
import type { Speech } from '../rules/floor.ts';
import type { Sitting } from '../sitting.ts';

/** Who looks at a meeting: the desk and who presides, a member by seat, anybody. */
export type Viewer = { kind: 'desk' } | { kind: 'member'; seatId: string } | { kind: 'public' };

const inPublic = ({ closedDoors }: Speech) => !closedDoors;

/**
 * The state of a meeting as a viewer may know it. What is voted by names stays the desk's until the vote is closed. Behind
 * closed doors the public, and who left for a conflict of interest, see the meeting as it was when the doors were closed;
 * what was said inside is not in the seconds that they are told later either.
 */
export function shownTo({ state, events, around }: Sitting, viewer: Viewer, now: Date): SessionState {
	if (viewer.kind === 'desk') return state;
	const outside =
		viewer.kind === 'public' ||
		(state.itemId !== null && (state.recused[state.itemId]?.includes(viewer.seatId) ?? false));
	const seen = outside ? seenFromOutside() : state;
	const own = viewer.kind === 'member' ? viewer.seatId : null;
	return {
		...seen,
		votes: seen.votes.map((vote) =>
			vote.status === 'open'
				? { ...vote, ballots: vote.ballots.filter(({ castBy }) => castBy === own) }
				: vote,
		),
		elections: seen.elections.map((election) => ({
			...election,
			rounds: election.rounds.map((round) =>
				round.status === 'open'
					? { ...round, ballots: round.ballots.filter(({ castBy }) => castBy === own) }
					: round,
			),
		})),
	};

	function seenFromOutside(): SessionState {
		if (!state.closedDoors) return replay(events, around, now, inPublic).state;
		const closing = events.findLastIndex((event) => event.kind === 'doors' && event.data.closed);
		const at = events[closing]?.at ?? now;
		const before = replay(events.slice(0, closing + 1), around, at, inPublic).state;
		return {
			...before,
			floor: null,
			interrupted: [],
			hands: [],
			queue: [],
			shown: null,
			microphonesClosed: false,
		};
	}
}
