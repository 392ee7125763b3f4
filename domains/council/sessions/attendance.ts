import { ok, refuse } from '@parvis/platform';
import type { NewEvent } from '../record.ts';
import type { Handlers } from './moment.ts';

/** Who is there, who writes, who presides, who left for a conflict of interest. */
export const attendance: Handlers<
	'arrive' | 'leave' | 'call_roll' | 'name_secretary' | 'take_chair' | 'recuse' | 'end_recusal'
> = {
	arrive({ sitting: { state } }, { seatId, remote }) {
		const same = (remote ? state.remote : state.present).includes(seatId);
		return ok(same ? [] : [{ kind: 'arrived', data: { seatId, ...(remote && { remote }) } }]);
	},

	leave: ({ here }, { seatId }) => ok(here(seatId) ? [{ kind: 'left', data: { seatId } }] : []),

	/** Everybody at once: only what differs from the record is entered. */
	call_roll({ sitting: { state, around }, here }, { marks }) {
		const known = new Set(around.inOffice);
		if (marks.some(({ seatId }) => !known.has(seatId))) return refuse('council.seat_unknown');
		return ok(
			[...new Map(marks.map(({ seatId, mark }) => [seatId, mark]))].flatMap(([seatId, mark]): NewEvent[] => {
				if (mark === 'absent') return here(seatId) ? [{ kind: 'left', data: { seatId } }] : [];
				const remote = mark === 'remote';
				return (remote ? state.remote : state.present).includes(seatId)
					? []
					: [{ kind: 'arrived', data: { seatId, ...(remote && { remote }) } }];
			}),
		);
	},

	name_secretary({ sitting: { state }, here }, { seatId }) {
		if (!here(seatId)) return refuse('council.not_present');
		return ok(state.secretaries.includes(seatId) ? [] : [{ kind: 'secretary_named', data: { seatId } }]);
	},

	take_chair({ sitting: { state }, here }, { seatId }) {
		if (!here(seatId)) return refuse('council.not_present');
		return ok(state.chairId === seatId ? [] : [{ kind: 'chair_taken', data: { seatId } }]);
	},

	/** A member says so for oneself, the desk for anybody. */
	recuse({ sitting: { state }, clerk, mine, openVote, openRound }, { seatId }) {
		if (!clerk && mine !== seatId) return refuse('platform.not_allowed');
		if (!state.itemId) return refuse('council.no_item');
		if (openVote?.voted.includes(seatId) || openRound?.voted.includes(seatId))
			return refuse('council.voted_already');
		return ok(
			state.recused[state.itemId]?.includes(seatId)
				? []
				: [{ kind: 'recused', data: { seatId, itemId: state.itemId } }],
		);
	},

	end_recusal({ sitting: { state } }, { seatId }) {
		const { itemId } = state;
		return ok(
			itemId && state.recused[itemId]?.includes(seatId)
				? [{ kind: 'recusal_ended', data: { seatId, itemId } }]
				: [],
		);
	},
};
