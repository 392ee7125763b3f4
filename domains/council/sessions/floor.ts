import { ok, refuse } from '@parvis/platform';
import type { NewEvent } from '../record.ts';
import type { FloorSettings } from '../rules/floor.ts';
import type { Sitting } from '../sitting.ts';
import type { Handlers, Moment } from './moment.ts';

/** Why somebody cannot speak now, null when they can. */
function silent({ here, sitting: { state } }: Moment, seatId: string): string | null {
	if (!here(seatId)) return 'council.not_present';
	return state.itemId && state.recused[state.itemId]?.includes(seatId) ? 'council.recused_away' : null;
}

/** Who was interrupted last, and is still there, goes on. */
export function handBack({ state }: Sitting): NewEvent[] {
	const waited = state.interrupted.findLast(
		({ seatId }) => state.present.includes(seatId) || state.remote.includes(seatId),
	);
	if (!waited) return [];
	const { seatId, pointOfOrder } = waited;
	return [{ kind: 'floor_given', data: { seatId, ...(pointOfOrder && { pointOfOrder }) } }];
}

/** Hands, the queue, who speaks and how long, microphones. */
export const floor: Handlers<
	| 'raise_hand'
	| 'lower_hand'
	| 'order_queue'
	| 'give_floor'
	| 'take_floor_back'
	| 'extend_floor'
	| 'set_floor_rules'
	| 'close_microphones'
	| 'open_microphones'
> = {
	raise_hand(moment, { seatId, pointOfOrder }) {
		const why = silent(moment, seatId);
		if (why) return refuse(why);
		const up = moment.sitting.state.hands.find((hand) => hand.seatId === seatId);
		return ok(
			up?.pointOfOrder === pointOfOrder
				? []
				: [{ kind: 'hand_raised', data: { seatId, ...(pointOfOrder ? { pointOfOrder } : {}) } }],
		);
	},

	lower_hand: ({ sitting: { state } }, { seatId }) =>
		ok(state.queue.includes(seatId) ? [{ kind: 'hand_lowered', data: { seatId } }] : []),

	order_queue({ sitting: { state } }, { seatIds }) {
		const order = [...new Set(seatIds)].filter((seatId) => state.queue.includes(seatId));
		return ok([{ kind: 'queue_ordered', data: { seatIds: order } }]);
	},

	/** A point of order interrupts who speaks, who then goes on. */
	give_floor(moment, { seatId, pointOfOrder }) {
		const { state } = moment.sitting;
		const why = silent(moment, seatId);
		if (why) return refuse(why);
		if (state.floor?.seatId === seatId) return ok([]);
		const asked = state.hands.find((hand) => hand.seatId === seatId)?.pointOfOrder ?? false;
		return ok([
			{ kind: 'floor_given', data: { seatId, ...(pointOfOrder || asked ? { pointOfOrder: true } : {}) } },
		]);
	},

	take_floor_back: ({ sitting }) =>
		ok(sitting.state.floor ? [{ kind: 'floor_taken_back', data: {} }, ...handBack(sitting)] : []),

	extend_floor: ({ sitting: { state } }, { seconds }) =>
		state.floor?.limitSeconds == null
			? refuse('council.no_limit')
			: ok([{ kind: 'floor_extended', data: { seconds } }]),

	set_floor_rules({ sitting: { items } }, { kind: _, itemId, ...given }) {
		if (itemId !== null && !items.some(({ id }) => id === itemId)) return refuse('council.item_unknown');
		const settings: Partial<FloorSettings> = {
			...(given.rule !== undefined && { rule: given.rule }),
			...(given.speechSeconds !== undefined && { speechSeconds: given.speechSeconds }),
			...(given.groupSeconds !== undefined && { groupSeconds: given.groupSeconds }),
			...(given.cutsAtLimit !== undefined && { cutsAtLimit: given.cutsAtLimit }),
		};
		return ok([{ kind: 'floor_rules_set', data: { itemId, settings } }]);
	},

	close_microphones: ({ sitting: { state } }) =>
		ok(state.microphonesClosed ? [] : [{ kind: 'microphones_closed', data: {} }]),
	open_microphones: ({ sitting: { state } }) =>
		ok(state.microphonesClosed ? [{ kind: 'microphones_opened', data: {} }] : []),
};
