import type { ElectionState, RoundState, VoteState } from '../face.ts';
import type { MeetingEvent } from './events.ts';

export interface Ballots {
	votes: Map<string, VoteState>;
	elections: Map<string, ElectionState>;
	rounds: Map<string, RoundState>;
}

export const noBallots = (): Ballots => ({ votes: new Map(), elections: new Map(), rounds: new Map() });

/** What an entry changes in the votes and elections of a meeting. @returns whether it was about them */
export function applyBallot({ votes, elections, rounds }: Ballots, event: MeetingEvent): boolean {
	switch (event.kind) {
		case 'vote_opened': {
			const { voteId, itemId, method, voters, subject, purpose, needs, ground, requestedBy } = event.data;
			votes.set(voteId, {
				id: voteId,
				itemId,
				method,
				subject: subject ?? '',
				purpose: purpose ?? 'text',
				needs: needs ?? 'cast',
				ground: ground ?? null,
				requestedBy: requestedBy ?? [],
				status: 'open',
				openedAt: event.at,
				closedAt: null,
				ballots: [],
				voted: [],
				voters,
				called: method === 'roll_call' ? (voters[0] ?? null) : null,
				result: null,
				corrections: [],
			});
			return true;
		}
		case 'voted': {
			const { voteId, seatId, castBy, choice, name } = event.data;
			const held = votes.get(voteId) ?? rounds.get(voteId);
			if (held && !held.voted.includes(seatId)) held.voted.push(seatId);
			const round = rounds.get(voteId);
			if (round && name !== undefined)
				round.ballots = [...round.ballots.filter((one) => one.seatId !== seatId), { seatId, name, castBy }];
			const vote = votes.get(voteId);
			if (!vote) return true;
			if (choice)
				vote.ballots = [...vote.ballots.filter((one) => one.seatId !== seatId), { seatId, choice, castBy }];
			if (vote.method === 'roll_call')
				vote.called = vote.voters.find((seat) => !vote.voted.includes(seat)) ?? null;
			return true;
		}
		case 'vote_closed':
		case 'vote_corrected': {
			const vote = votes.get(event.data.voteId);
			if (!vote) return true;
			vote.status = 'closed';
			vote.called = null;
			vote.closedAt ??= event.at;
			vote.result = event.data.result;
			if (event.kind === 'vote_closed') return true;
			vote.corrections.push(event.data.reason);
			for (const { seatId, choice } of event.data.ballots ?? [])
				vote.ballots = [
					...vote.ballots.filter((one) => one.seatId !== seatId),
					{ seatId, choice, castBy: vote.ballots.find((one) => one.seatId === seatId)?.castBy ?? seatId },
				];
			return true;
		}
		case 'election_opened': {
			const { electionId, ...given } = event.data;
			elections.set(electionId, {
				id: electionId,
				...given,
				openedAt: event.at,
				rounds: [],
				elected: [],
			});
			return true;
		}
		case 'round_opened': {
			const { roundId, electionId, number, voters } = event.data;
			const round: RoundState = {
				id: roundId,
				number,
				status: 'open',
				openedAt: event.at,
				voters,
				voted: [],
				ballots: [],
				result: null,
				corrections: [],
			};
			rounds.set(roundId, round);
			elections.get(electionId)?.rounds.push(round);
			return true;
		}
		case 'round_closed':
		case 'round_corrected': {
			const round = rounds.get(event.data.roundId);
			if (!round) return true;
			round.status = 'closed';
			round.result = event.data.result;
			if (event.kind === 'round_corrected') round.corrections.push(event.data.reason);
			for (const election of elections.values()) {
				const elected = election.rounds.at(-1)?.result?.elected;
				if (election.rounds.includes(round)) election.elected = elected ? [elected] : [];
			}
			return true;
		}
		case 'appointed': {
			const { itemId, subject, names } = event.data;
			elections.set(event.id, {
				id: event.id,
				itemId,
				subject,
				secret: false,
				candidates: names,
				openedAt: event.at,
				rounds: [],
				elected: names,
			});
			return true;
		}
		default:
			return false;
	}
}
