import { newId, ok, type Result, refuse } from '@parvis/platform';
import type { ElectionState, RoundState } from '../face.ts';
import { type NewEvent, votersNow } from '../record.ts';
import { type Counted, lastRound, type RoundResult, roundResult } from '../rules/election.ts';
import type { Handlers, Moment } from './moment.ts';
import { ready } from './votes.ts';

const blankPaper = 'blank';
const named = (name: string) => `name:${name}`;

/** The candidate that a paper means, whatever its capitals; other names may be written too. */
function nameOn(election: ElectionState, written: string): string {
	const same = (name: string) => name.toLocaleLowerCase('fr') === written.toLocaleLowerCase('fr');
	return election.candidates.find(same) ?? written;
}

function deliberated(moment: Moment): Result<string> {
	const { state, items } = moment.sitting;
	const item = items.find(({ id }) => id === state.itemId);
	if (!item) return refuse('council.no_item');
	if (item.kind !== 'deliberation') return refuse('council.item_not_voted');
	const may = ready(moment);
	return may.ok ? ok(item.id) : may;
}

function newRound(
	{ sitting: { state, around } }: Moment,
	electionId: string,
	itemId: string,
	number: number,
): NewEvent {
	return {
		kind: 'round_opened',
		data: {
			roundId: newId(),
			electionId,
			number,
			voters: [...votersNow(state, around, itemId).keys()],
		},
	};
}

/** @returns a refusal when there are more papers than voters, or several are even and the eldest is not known */
function counted(
	election: ElectionState,
	round: RoundState,
	papers: readonly Counted[],
	eldest: string | null,
): Result<RoundResult> {
	const votes = new Map<string, number>();
	const sum = { blank: 0, void: 0 };
	for (const part of papers) {
		sum.blank += part.blank;
		sum.void += part.void;
		for (const { name, votes: n } of part.votes) {
			const known = nameOn(election, name);
			votes.set(known, (votes.get(known) ?? 0) + n);
		}
	}
	const total = [...votes.values()].reduce((all, n) => all + n, sum.blank + sum.void);
	if (total > round.voters.length)
		return refuse('council.more_votes_than_voters', { voters: round.voters.length });
	const result = roundResult(
		round.number,
		{ ...sum, votes: [...votes].map(([name, n]) => ({ name, votes: n })) },
		eldest === null ? null : nameOn(election, eldest),
	);
	return result.even.length && result.elected === null
		? refuse('council.eldest_needed', { names: result.even.join(', ') })
		: ok(result);
}

/** Elections in up to three rounds (CGCT L2122-7, L2121-21). */
export const elections: Handlers<
	'open_election' | 'open_round' | 'elect' | 'close_round' | 'correct_round' | 'appoint'
> = {
	open_election(moment, { subject, candidates, secret }) {
		const item = deliberated(moment);
		if (!item.ok) return item;
		const { votes } = moment.sitting.state;
		const waived = votes.some(
			(vote) => vote.itemId === item.value && vote.purpose === 'no_secrecy' && vote.result?.adopted,
		);
		if (!secret && !waived) return refuse('council.secrecy_stands');
		const electionId = newId();
		return ok([
			{
				kind: 'election_opened',
				data: {
					electionId,
					itemId: item.value,
					subject,
					secret,
					candidates: [...new Set(candidates)],
				},
			},
			newRound(moment, electionId, item.value, 1),
		]);
	},

	open_round(moment, { electionId }) {
		const election = moment.sitting.state.elections.find(({ id }) => id === electionId);
		const last = election?.rounds.at(-1);
		if (!election || !last) return refuse('council.election_unknown');
		if (election.elected.length) return refuse('council.elected_already');
		const may = ready(moment);
		if (!may.ok) return may;
		return ok([newRound(moment, electionId, election.itemId, Math.min(lastRound, last.number + 1))]);
	},

	/** Each writes a name or leaves it blank, and the holder of a pouvoir for the giver. */
	async elect(moment, { seatId, name }) {
		const { sitting, openRound: round, clerk, mine, actor, box, trx } = moment;
		const election = sitting.state.elections.find(({ rounds }) => rounds.some(({ id }) => id === round?.id));
		if (!round || !election) return refuse('council.no_vote');
		const castBy = votersNow(sitting.state, sitting.around, election.itemId).get(seatId);
		if (!round.voters.includes(seatId) || !castBy || (!clerk && castBy !== mine))
			return refuse('council.may_not_vote');
		const base = { voteId: round.id, seatId, castBy };
		const written = name === null ? null : nameOn(election, name);
		if (!election.secret) return ok([{ kind: 'voted', data: { ...base, name: written } }]);
		if (actor.kind !== 'system' && castBy !== mine) return refuse('council.secret_by_oneself');
		if (round.voted.includes(seatId)) return refuse('council.voted_already');
		await box.put(trx, sitting.meeting.id, round.id, written === null ? blankPaper : named(written));
		return ok([{ kind: 'voted', data: base }]);
	},

	async close_round({ sitting, openRound: round, box, trx }, { votes, blank, void: spoilt, eldest }) {
		const election = sitting.state.elections.find(({ rounds }) => rounds.some(({ id }) => id === round?.id));
		if (!round || !election) return refuse('council.no_vote');
		const ballots = election.secret
			? [...(await box.empty(trx, round.id))]
			: round.ballots.map(({ name }) => [name === null ? blankPaper : named(name), 1] as const);
		const inBox: Counted = {
			votes: ballots.flatMap(([paper, n]) =>
				paper.startsWith('name:') ? [{ name: paper.slice('name:'.length), votes: n }] : [],
			),
			blank: ballots.reduce((sum, [paper, n]) => sum + (paper === blankPaper ? n : 0), 0),
			void: 0,
		};
		const result = counted(election, round, [inBox, { votes, blank, void: spoilt }], eldest);
		return result.ok
			? ok([{ kind: 'round_closed', data: { roundId: round.id, result: result.value } }])
			: result;
	},

	correct_round({ sitting: { state } }, { roundId, votes, blank, void: spoilt, eldest, reason }) {
		for (const election of state.elections) {
			const round = election.rounds.find(({ id }) => id === roundId);
			if (round?.status !== 'closed') continue;
			const result = counted(election, round, [{ votes, blank, void: spoilt }], eldest);
			return result.ok
				? ok([{ kind: 'round_corrected', data: { roundId, result: result.value, reason } }])
				: result;
		}
		return refuse('council.election_unknown');
	},

	appoint(moment, { subject, names }) {
		const item = deliberated(moment);
		return item.ok ? ok([{ kind: 'appointed', data: { itemId: item.value, subject, names } }]) : item;
	},
};
