import { textInput } from '@parvis/platform';
import { z } from 'zod';
import { floorRules } from '../rules/floor.ts';
import { choices } from '../rules/majority.ts';

const count = z
	.int('council.count_invalid')
	.min(0, 'council.count_invalid')
	.max(1000, 'council.count_invalid');
const counts = { for: count, against: count, abstention: count };
const seatId = z.uuid('council.seat_unknown');
const seatIds = z.array(seatId).max(1000).default([]);
const itemId = z.uuid('council.item_unknown');
const choice = z.enum(choices, 'council.choice_unknown');
/** How who presides voted, where an even count of hands asks for it. */
const chair = z.enum(['for', 'against', 'abstention']).nullable().default(null);
const reason = textInput(500, 'council.reason_missing');
const subject = textInput(300).default('');
const name = z
	.string()
	.transform((text) => text.trim().replaceAll(/\s+/g, ' '))
	.pipe(z.string().min(1, 'council.name_missing').max(120));
const papers = {
	votes: z
		.array(z.object({ name, votes: count }))
		.max(100)
		.default([]),
	blank: count.default(0),
	void: count.default(0),
	/** Of those who are even in the third round. */
	eldest: name.nullable().default(null),
};
const limit = z
	.int('council.limit_invalid')
	.min(10, 'council.limit_invalid')
	.max(86_400, 'council.limit_invalid')
	.nullable()
	.optional();

/** Everything that can be done in a meeting. */
export const actionInput = z.discriminatedUnion('kind', [
	z.object({
		kind: z.enum([
			'open',
			'suspend',
			'resume',
			'take_floor_back',
			'close_vote',
			'close_microphones',
			'open_microphones',
			'hide_document',
		]),
	}),
	/** `noQuorum`: a second meeting will need none. */
	z.object({ kind: z.literal('close'), noQuorum: z.boolean().default(false) }),
	z.object({ kind: z.literal('arrive'), seatId, remote: z.boolean().default(false) }),
	z.object({
		kind: z.enum(['leave', 'lower_hand', 'name_secretary', 'take_chair', 'recuse', 'end_recusal']),
		seatId,
	}),
	z.object({
		kind: z.literal('call_roll'),
		marks: z
			.array(z.object({ seatId, mark: z.enum(['present', 'remote', 'absent']) }))
			.min(1, 'council.seat_unknown')
			.max(1000),
	}),
	/** What the body decides of the urgency, and what it puts off (CGCT L2121-12). */
	z.object({
		kind: z.literal('rule_urgency'),
		approved: z.boolean(),
		putOff: z.array(itemId).max(1000).default([]),
		...counts,
	}),
	z.object({ kind: z.enum(['take_item', 'put_off']), itemId }),
	z.object({ kind: z.enum(['raise_hand', 'give_floor']), seatId, pointOfOrder: z.boolean().default(false) }),
	z.object({ kind: z.literal('order_queue'), seatIds }),
	z.object({
		kind: z.literal('extend_floor'),
		seconds: z
			.int('council.limit_invalid')
			.min(10, 'council.limit_invalid')
			.max(3600, 'council.limit_invalid'),
	}),
	/** What is left out stays; `itemId` for one item alone. */
	z.object({
		kind: z.literal('set_floor_rules'),
		itemId: itemId.nullable().default(null),
		rule: z.enum(floorRules, 'council.rule_unknown').optional(),
		speechSeconds: limit,
		groupSeconds: limit,
		cutsAtLimit: z.boolean().optional(),
	}),
	/** Closing needs a vote in public bodies, see `ask_closed_doors`; the desk may record it as decided. */
	z.object({ kind: z.literal('close_doors'), closed: z.boolean() }),
	z.object({
		kind: z.literal('ask_closed_doors'),
		requestedBy: seatIds,
		method: z.enum(['public', 'hands']).default('hands'),
	}),
	z.object({
		kind: z.literal('open_vote'),
		method: z.enum(['public', 'secret', 'hands', 'roll_call']),
		purpose: z.enum(['text', 'amendment', 'procedure', 'no_secrecy']).default('text'),
		subject,
		ground: z.enum(['request', 'appointment']).nullable().default(null),
		requestedBy: seatIds,
		/** The text was voted already, and is voted again. */
		again: z.boolean().default(false),
	}),
	z.object({ kind: z.literal('vote'), seatId, choice }),
	/** Hands as they were counted; of a secret vote, papers. */
	z.object({ kind: z.literal('count_hands'), ...counts, chair }),
	z.object({
		kind: z.literal('correct_vote'),
		voteId: z.uuid('council.vote_unknown'),
		...counts,
		chair,
		/** Of a vote by names: what was noted wrongly. The counts follow from it. */
		ballots: z.array(z.object({ seatId, choice })).max(1000).default([]),
		reason,
	}),
	z.object({
		kind: z.literal('open_election'),
		subject: textInput(300, 'council.subject_missing'),
		candidates: z.array(name).max(100).default([]),
		secret: z.boolean().default(true),
	}),
	z.object({ kind: z.literal('open_round'), electionId: z.uuid('council.election_unknown') }),
	/** `name`: null for a blank paper. */
	z.object({ kind: z.literal('elect'), seatId, name: name.nullable() }),
	/** Papers that were counted by hand are added to those of the box. */
	z.object({ kind: z.literal('close_round'), ...papers }),
	z.object({
		kind: z.literal('correct_round'),
		roundId: z.uuid('council.election_unknown'),
		...papers,
		reason,
	}),
	/** The only candidates: appointed without a vote (CGCT L2121-21). */
	z.object({
		kind: z.literal('appoint'),
		subject: textInput(300, 'council.subject_missing'),
		names: z.array(name).min(1, 'council.name_missing').max(100),
	}),
	z.object({
		kind: z.literal('show_document'),
		annexId: z.uuid('council.document_unknown'),
		page: z.int('council.page_unknown').min(1, 'council.page_unknown').max(10_000, 'council.page_unknown'),
	}),
	z.object({ kind: z.literal('note'), text: textInput(4000, 'council.text_missing') }),
]);

export type Action = z.output<typeof actionInput>;
export type Kind = Action['kind'];

/**
 * Whose an action is: the clerk's at the desk; also of who presides; also of a secretary, who counts; of any member for
 * their own seat, and of who presides for others; of members alone, for themselves.
 */
export type Right = 'desk' | 'chair' | 'count' | 'hand' | 'own' | 'present';

export const rights: Record<Kind, Right> = {
	open: 'chair',
	close: 'chair',
	suspend: 'chair',
	resume: 'chair',
	arrive: 'desk',
	leave: 'desk',
	call_roll: 'desk',
	name_secretary: 'chair',
	take_chair: 'desk',
	recuse: 'own',
	end_recusal: 'desk',
	rule_urgency: 'count',
	take_item: 'chair',
	put_off: 'chair',
	raise_hand: 'hand',
	lower_hand: 'hand',
	order_queue: 'chair',
	give_floor: 'chair',
	take_floor_back: 'chair',
	extend_floor: 'chair',
	set_floor_rules: 'chair',
	close_microphones: 'chair',
	open_microphones: 'chair',
	close_doors: 'chair',
	ask_closed_doors: 'chair',
	open_vote: 'chair',
	vote: 'own',
	count_hands: 'count',
	close_vote: 'chair',
	correct_vote: 'desk',
	open_election: 'chair',
	open_round: 'chair',
	elect: 'own',
	close_round: 'count',
	correct_round: 'desk',
	appoint: 'chair',
	show_document: 'present',
	hide_document: 'present',
	note: 'desk',
};
