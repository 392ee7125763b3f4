import { newId, ok, type Result, refuse } from '@parvis/platform';
import type { VoteState } from '../face.ts';
import { type NewEvent, votersNow } from '../record.ts';
import { type Choice, isEven, type Majority, type Tally, tally } from '../rules/majority.ts';
import { closedDoorsNeeds, publicNeeds, secretNeeds } from '../rules/requests.ts';
import type { Sitting } from '../sitting.ts';
import type { Handlers, Moment } from './moment.ts';

const needsOf: Record<VoteState['purpose'], Majority> = {
	text: 'cast',
	amendment: 'cast',
	procedure: 'cast',
	closed_doors: 'present',
	no_secrecy: 'unanimous',
};

type Counts = { for: number; against: number; abstention: number };

/** Members who may ask for a kind of vote: those who count for the quorum, not represented ones. */
export function countingMembers({ state, around }: Sitting): Set<string> {
	return new Set(
		[...votersNow(state, around, state.itemId)].flatMap(([seat, caster]) => (seat === caster ? [seat] : [])),
	);
}

export function ready({ sitting: { state }, openVote, openRound }: Moment): Result<null> {
	if (openVote || openRound) return refuse('council.vote_open');
	if (!state.quorate) return refuse('council.no_quorum', { quorum: state.quorum, present: state.counting });
	return ok(null);
}

/** Result of counted hands or papers; an even count of hands waits for what who presides voted. */
function counted({ sitting }: Moment, vote: VoteState, given: Counts, chair: Choice | null): Result<Tally> {
	const total = given.for + given.against + given.abstention;
	if (total > vote.voters.length)
		return refuse('council.more_votes_than_voters', { voters: vote.voters.length });
	const { chairId } = sitting.state;
	const asked =
		vote.method !== 'secret' &&
		vote.needs === 'cast' &&
		isEven(given) &&
		chairId !== null &&
		vote.voters.includes(chairId);
	if (asked && chair === null) return refuse('council.chair_vote_needed');
	if (chair !== null && chair !== 'not_taking_part' && given[chair] === 0)
		return refuse('council.chair_vote_wrong');
	const ballots = (['for', 'against', 'abstention'] as const).flatMap((choice) =>
		Array<Choice>(given[choice]).fill(choice),
	);
	const silent = Array<Choice>(vote.voters.length - total).fill('not_taking_part');
	return ok(
		tally(
			[...ballots, ...silent],
			asked ? chair : null,
			vote.method === 'secret',
			vote.needs,
			vote.voters.length,
		),
	);
}

function closing(vote: VoteState, result: Tally): NewEvent[] {
	return [
		{ kind: 'vote_closed', data: { voteId: vote.id, result } },
		...(vote.purpose === 'closed_doors' && result.adopted
			? [{ kind: 'doors' as const, data: { closed: true } }]
			: []),
	];
}

/** Votes on texts, amendments and the meeting itself, and closed doors. */
export const votes: Handlers<
	'open_vote' | 'vote' | 'count_hands' | 'close_vote' | 'correct_vote' | 'close_doors' | 'ask_closed_doors'
> = {
	open_vote(moment, { method, purpose, subject, ground, requestedBy, again }) {
		const { state, around, items } = moment.sitting;
		const item = items.find(({ id }) => id === state.itemId);
		if (moment.openVote || moment.openRound) return refuse('council.vote_open');
		if (purpose !== 'procedure') {
			if (!item) return refuse('council.no_item');
			if (item.kind !== 'deliberation') return refuse('council.item_not_voted');
		}
		if ((purpose === 'amendment' || purpose === 'procedure') && !subject)
			return refuse('council.subject_missing');
		if (
			purpose === 'text' &&
			!again &&
			state.votes.some((vote) => vote.itemId === item?.id && vote.purpose === 'text')
		)
			return refuse('council.voted_already');
		const may = ready(moment);
		if (!may.ok) return may;
		const members = countingMembers(moment.sitting);
		const asking = [...new Set(requestedBy)];
		if (asking.some((seat) => !members.has(seat))) return refuse('council.not_present');
		if (method === 'secret' && ground !== 'appointment') {
			const needed = secretNeeds(members.size);
			if (asking.length < needed) return refuse('council.secret_needs', { needed, asking: asking.length });
		} else if (asking.length && method !== 'secret') {
			const needed = publicNeeds(members.size);
			if (method === 'hands') return refuse('council.hands_not_asked');
			if (asking.length < needed) return refuse('council.public_needs', { needed, asking: asking.length });
		}
		const itemId = item?.id ?? null;
		return ok([
			{
				kind: 'vote_opened',
				data: {
					voteId: newId(),
					itemId,
					method,
					voters: [...votersNow(state, around, itemId).keys()],
					purpose,
					needs: needsOf[purpose],
					...(subject && { subject }),
					...(asking.length ? { ground: 'request' } : ground && { ground }),
					...(asking.length && { requestedBy: asking }),
				},
			},
		]);
	},

	/** Cast for a seat, by itself or by who holds its pouvoir. By names it may be changed until the close. */
	async vote(moment, { seatId, choice }) {
		const { sitting, openVote: vote, clerk, mine, actor, box, trx } = moment;
		if (!vote || vote.method === 'hands') return refuse('council.no_vote');
		if (!vote.voters.includes(seatId)) return refuse('council.may_not_vote');
		// Who has left since, or came back to vote in person, is no longer represented.
		const castBy = votersNow(sitting.state, sitting.around, vote.itemId).get(seatId);
		if (!castBy || (!clerk && castBy !== mine)) return refuse('council.may_not_vote');
		const base = { voteId: vote.id, seatId, castBy };
		if (vote.method === 'secret') {
			// Nobody casts a secret ballot by another's hand: papers are counted instead.
			if (actor.kind !== 'system' && castBy !== mine) return refuse('council.secret_by_oneself');
			if (vote.voted.includes(seatId)) return refuse('council.voted_already');
			await box.put(trx, sitting.meeting.id, vote.id, choice);
			return ok([{ kind: 'voted', data: base }]);
		}
		if (vote.method === 'roll_call' && seatId !== vote.called && !(clerk && vote.voted.includes(seatId)))
			return refuse('council.not_called');
		return ok([{ kind: 'voted', data: { ...base, choice } }]);
	},

	async count_hands(moment, { chair, ...given }) {
		const { openVote: vote, box, trx } = moment;
		if (vote?.method !== 'hands' && vote?.method !== 'secret') return refuse('council.no_vote');
		const cast = vote.method === 'secret' ? await box.empty(trx, vote.id) : new Map<string, number>();
		const [inBox, silent] = [
			[...cast.values()].reduce((sum, n) => sum + n, 0),
			cast.get('not_taking_part') ?? 0,
		];
		const total = {
			for: given.for + (cast.get('for') ?? 0),
			against: given.against + (cast.get('against') ?? 0),
			abstention: given.abstention + (cast.get('abstention') ?? 0),
		};
		// Who voted in the box has no paper.
		if (given.for + given.against + given.abstention > vote.voters.length - inBox)
			return refuse('council.more_votes_than_voters', { voters: vote.voters.length - silent });
		const result = counted(moment, vote, total, chair);
		return result.ok ? ok(closing(vote, result.value)) : result;
	},

	async close_vote({ sitting, openVote: vote, box, trx }) {
		if (!vote || vote.method === 'hands') return refuse('council.no_vote');
		const secret = vote.method === 'secret';
		const given = secret
			? [...(await box.empty(trx, vote.id))].flatMap(([choice, n]) => Array<Choice>(n).fill(choice as Choice))
			: vote.ballots.map(({ choice }) => choice);
		// The casting vote is of who presides.
		const chairs = vote.ballots.find(({ seatId }) => seatId === sitting.state.chairId)?.choice ?? null;
		return ok(closing(vote, tally(given, chairs, secret, vote.needs, vote.voters.length)));
	},

	correct_vote(moment, { voteId, reason, chair, ballots, ...given }) {
		const { state } = moment.sitting;
		const vote = state.votes.find(({ id }) => id === voteId);
		if (vote?.status !== 'closed') return refuse('council.vote_unknown');
		if (!ballots.length) {
			const known = vote.ballots.find(({ seatId }) => seatId === state.chairId)?.choice ?? null;
			const result = counted(moment, vote, given, chair ?? (isEven(given) ? known : null));
			return result.ok
				? ok([{ kind: 'vote_corrected', data: { voteId, result: result.value, reason } }])
				: result;
		}
		if (vote.method === 'secret' || vote.method === 'hands') return refuse('council.vote_without_names');
		if (ballots.some(({ seatId }) => !vote.voters.includes(seatId))) return refuse('council.may_not_vote');
		const now = new Map(vote.ballots.map(({ seatId, choice }) => [seatId, choice]));
		for (const { seatId, choice } of ballots) now.set(seatId, choice);
		const result = tally(
			[...now.values()],
			now.get(state.chairId ?? '') ?? null,
			false,
			vote.needs,
			vote.voters.length,
		);
		return ok([{ kind: 'vote_corrected', data: { voteId, result, reason, ballots } }]);
	},

	close_doors({ sitting: { state, meeting }, clerk, openVote, openRound }, { closed }) {
		if (openVote || openRound) return refuse('council.vote_open');
		if (state.closedDoors === closed) return ok([]);
		if (closed && !clerk && meeting.body_kind !== 'committee') return refuse('council.doors_by_vote');
		return ok([{ kind: 'doors', data: { closed } }]);
	},

	/** On request of three members or of the mayor, without debate (CGCT L2121-18). */
	ask_closed_doors(moment, { requestedBy, method }) {
		const { state, around, seats } = moment.sitting;
		const may = ready(moment);
		if (!may.ok) return may;
		if (state.closedDoors) return refuse('council.doors_closed_already');
		const members = countingMembers(moment.sitting);
		const asking = [...new Set(requestedBy)];
		if (asking.some((seat) => !members.has(seat))) return refuse('council.not_present');
		const mayor = asking.some(
			(seat) => seat === state.chairId || seats.find(({ id }) => id === seat)?.role === 'chair',
		);
		if (!mayor && asking.length < closedDoorsNeeds)
			return refuse('council.doors_need', { needed: closedDoorsNeeds });
		return ok([
			{
				kind: 'vote_opened',
				data: {
					voteId: newId(),
					itemId: state.itemId,
					method,
					voters: [...votersNow(state, around, state.itemId).keys()],
					purpose: 'closed_doors',
					needs: 'present',
					ground: 'request',
					requestedBy: asking,
				},
			},
		]);
	},
};
