import { ok, refuse } from '@parvis/platform';
import { presenting } from '../room/presenting.ts';
import { handBack } from './floor.ts';
import type { Handlers } from './moment.ts';

/** Opening, closing, items, urgency. */
export const conduct: Handlers<
	| 'open'
	| 'close'
	| 'suspend'
	| 'resume'
	| 'rule_urgency'
	| 'take_item'
	| 'put_off'
	| 'note'
	| 'show_document'
	| 'hide_document'
> = {
	open: ({ sitting }) =>
		sitting.meeting.status === 'convened'
			? ok([{ kind: 'opened', data: {} }])
			: refuse('council.not_convened'),

	close({ sitting: { state }, openVote, openRound }, { noQuorum }) {
		if (openVote || openRound) return refuse('council.vote_open');
		if (noQuorum && state.quorate) return refuse('council.is_quorate');
		return ok([{ kind: 'closed', data: noQuorum ? { noQuorum } : {} }]);
	},

	suspend({ sitting: { state }, openVote, openRound }) {
		if (openVote || openRound) return refuse('council.vote_open');
		return ok(state.status === 'suspended' ? [] : [{ kind: 'suspended', data: {} }]);
	},

	resume: ({ sitting }) =>
		ok(sitting.state.status === 'open' ? [] : [{ kind: 'resumed', data: {} }, ...handBack(sitting)]),

	rule_urgency({ sitting: { state, items, around } }, { approved, putOff, ...counts }) {
		if (state.urgency === null) return refuse('council.not_urgent');
		if (state.urgency !== 'undecided') return refuse('council.urgency_ruled');
		const known = new Set(items.map(({ id }) => id));
		if (putOff.some((id) => !known.has(id))) return refuse('council.item_unknown');
		if (!state.quorate) return refuse('council.no_quorum', { quorum: state.quorum, present: state.counting });
		const total = counts.for + counts.against + counts.abstention;
		// Those present and those they may represent.
		const most = state.counting + around.proxies.length;
		if (total > most) return refuse('council.more_votes_than_voters', { voters: most });
		if (approved !== counts.for > counts.against && counts.for !== counts.against)
			return refuse('council.urgency_count');
		const all = approved ? putOff : [...known];
		return ok([
			{
				kind: 'urgency_ruled',
				data: {
					approved,
					putOff: all,
					for: counts.for,
					against: counts.against,
					abstention: counts.abstention,
				},
			},
		]);
	},

	take_item({ sitting: { state, items }, openVote, openRound }, { itemId }) {
		if (openVote || openRound) return refuse('council.vote_open');
		if (!items.some(({ id }) => id === itemId)) return refuse('council.item_unknown');
		if (state.urgency === 'undecided') return refuse('council.urgency_first');
		if (state.putOff.includes(itemId)) return refuse('council.item_put_off');
		// The quorum is looked at for each item (CGCT L2121-17).
		return state.quorate
			? ok([{ kind: 'item_taken', data: { itemId } }])
			: refuse('council.no_quorum', { quorum: state.quorum, present: state.counting });
	},

	put_off({ sitting: { state, items } }, { itemId }) {
		if (!items.some(({ id }) => id === itemId)) return refuse('council.item_unknown');
		if (state.votes.some((vote) => vote.itemId === itemId && vote.purpose === 'text'))
			return refuse('council.voted_already');
		return ok(state.putOff.includes(itemId) ? [] : [{ kind: 'item_put_off', data: { itemId } }]);
	},

	note: (_, { text }) => ok([{ kind: 'noted', data: { text } }]),

	show_document: ({ trx, sitting, clerk, mine }, action) =>
		presenting(trx, sitting.meeting.id, sitting.state, action, clerk ? null : mine),
	hide_document: ({ trx, sitting, clerk, mine }) =>
		presenting(trx, sitting.meeting.id, sitting.state, { kind: 'hide_document' }, clerk ? null : mine),
};
