import { type Actor, asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { draftActs } from './acts/drafting.ts';
import { type Context, parseInput } from './context.ts';
import type { SessionState, Sessions, VoteState } from './face.ts';
import { mayPrepare } from './policies.ts';
import { type MeetingEvent, votersNow } from './record.ts';
import { presenting } from './room/presenting.ts';
import { type Choice, choices, tally } from './rules/majority.ts';
import { readSitting, type Sitting } from './sitting.ts';
import type { DB } from './tables.ts';

const count = z
	.int('council.count_invalid')
	.min(0, 'council.count_invalid')
	.max(1000, 'council.count_invalid');
const counts = { for: count, against: count, abstention: count };
const seatId = z.uuid('council.seat_unknown');
const actionInput = z.discriminatedUnion('kind', [
	z.object({
		kind: z.enum([
			'open',
			'close',
			'suspend',
			'resume',
			'take_floor_back',
			'close_vote',
			'close_microphones',
			'open_microphones',
		]),
	}),
	z.object({ kind: z.literal('take_chair'), seatId }),
	z.object({
		kind: z.enum(['arrive', 'leave', 'raise_hand', 'lower_hand', 'give_floor', 'name_secretary', 'recuse']),
		seatId,
		remote: z.boolean().default(false),
	}),
	z.object({ kind: z.literal('take_item'), itemId: z.uuid('council.item_unknown') }),
	z.object({ kind: z.literal('close_doors'), closed: z.boolean() }),
	z.object({ kind: z.literal('open_vote'), method: z.enum(['public', 'secret', 'hands']) }),
	z.object({ kind: z.literal('vote'), seatId, choice: z.enum(choices) }),
	z.object({ kind: z.literal('count_hands'), ...counts }),
	z.object({
		kind: z.literal('correct_vote'),
		voteId: z.uuid('council.vote_unknown'),
		...counts,
		reason: textInput(500, 'council.reason_missing'),
	}),
	z.object({
		kind: z.literal('show_document'),
		annexId: z.uuid('council.document_unknown'),
		page: z.int('council.page_unknown').min(1, 'council.page_unknown').max(10_000, 'council.page_unknown'),
	}),
	z.object({ kind: z.literal('hide_document') }),
	z.object({ kind: z.literal('note'), text: textInput(4000, 'council.text_missing') }),
]);
type Action = z.output<typeof actionInput>;

/** What a member may do for oneself; everything else is the desk's. */
const membersOwn = new Set<Action['kind']>([
	'raise_hand',
	'lower_hand',
	'vote',
	'show_document',
	'hide_document',
]);

type NewEvent = MeetingEvent extends infer One
	? One extends MeetingEvent
		? Omit<One, 'id' | 'at'>
		: never
	: never;

/** The meeting while it is held: everything the desk does is an entry of its record. */
export function createSessions(context: Context): Sessions {
	const { db, platform } = context;

	async function write(
		trx: Transaction<DB>,
		actor: Actor,
		meetingId: string,
		events: readonly NewEvent[],
	): Promise<void> {
		for (const { kind, data } of events)
			await trx
				.insertInto('council.event')
				.values({
					meeting_id: meetingId,
					at: context.now(),
					kind,
					data: JSON.stringify(data),
					actor_id: actor.kind === 'person' ? actor.id : null,
				})
				.execute();
	}

	/** What an action adds to the record, or why it cannot be done now. */
	async function entriesOf(
		trx: Transaction<DB>,
		sitting: Sitting,
		action: Action,
		mine: string | null,
	): Promise<Result<NewEvent[]>> {
		const { meeting, state, around, items } = sitting;
		const known = new Set(around.inOffice);
		if ('seatId' in action && !known.has(action.seatId)) return refuse('council.seat_unknown');
		const begun = state.status === 'open' || state.status === 'suspended';
		const openVote = state.votes.find(({ status }) => status === 'open');
		if (action.kind === 'open')
			return meeting.status === 'convened'
				? ok([{ kind: 'opened', data: {} }])
				: refuse('council.not_convened');
		if (action.kind === 'correct_vote') {
			const vote = state.votes.find(({ id }) => id === action.voteId);
			if (vote?.status !== 'closed') return refuse('council.vote_unknown');
			return correction(vote, action);
		}
		// The roll is called before the opening too.
		if (action.kind === 'arrive' || action.kind === 'leave') {
			if (state.status === 'closed' || meeting.status === 'draft') return refuse('council.not_open');
			return ok([
				action.kind === 'arrive'
					? { kind: 'arrived', data: { seatId: action.seatId, ...(action.remote && { remote: true }) } }
					: { kind: 'left', data: { seatId: action.seatId } },
			]);
		}
		if (!begun) return refuse('council.not_open');
		const here = (id: string) => state.present.includes(id) || state.remote.includes(id);
		switch (action.kind) {
			case 'close':
				return openVote ? refuse('council.vote_open') : ok([{ kind: 'closed', data: {} }]);
			case 'suspend':
				return ok([{ kind: 'suspended', data: {} }]);
			case 'resume':
				return ok([{ kind: 'resumed', data: {} }]);
			case 'take_floor_back':
				return ok([{ kind: 'floor_taken_back', data: {} }]);
			case 'raise_hand':
			case 'lower_hand':
			case 'give_floor':
			case 'name_secretary': {
				if (!here(action.seatId)) return refuse('council.not_present');
				const kinds = {
					raise_hand: 'hand_raised',
					lower_hand: 'hand_lowered',
					give_floor: 'floor_given',
					name_secretary: 'secretary_named',
				} as const;
				return ok([{ kind: kinds[action.kind], data: { seatId: action.seatId } }]);
			}
			case 'recuse':
				return state.itemId
					? ok([{ kind: 'recused', data: { seatId: action.seatId, itemId: state.itemId } }])
					: refuse('council.no_item');
			case 'take_item':
				if (openVote) return refuse('council.vote_open');
				if (!items.some(({ id }) => id === action.itemId)) return refuse('council.item_unknown');
				// The quorum is looked at for each item (CGCT L2121-17).
				return state.quorate
					? ok([{ kind: 'item_taken', data: { itemId: action.itemId } }])
					: refuse('council.no_quorum', { quorum: state.quorum, present: state.present.length });
			case 'close_microphones':
			case 'open_microphones': {
				const closing = action.kind === 'close_microphones';
				return ok(
					state.microphonesClosed === closing
						? []
						: [{ kind: closing ? 'microphones_closed' : 'microphones_opened', data: {} }],
				);
			}
			case 'take_chair':
				return here(action.seatId)
					? ok([{ kind: 'chair_taken', data: { seatId: action.seatId } }])
					: refuse('council.not_present');
			case 'close_doors':
				return ok([{ kind: 'doors', data: { closed: action.closed } }]);
			case 'show_document':
			case 'hide_document':
				return presenting(trx, meeting.id, state, action, mine);
			case 'note':
				return ok([{ kind: 'noted', data: { text: action.text } }]);
			case 'open_vote': {
				if (openVote) return refuse('council.vote_open');
				const item = items.find(({ id }) => id === state.itemId);
				if (!item) return refuse('council.no_item');
				if (item.kind !== 'deliberation') return refuse('council.item_not_voted');
				if (state.votes.some(({ itemId }) => itemId === item.id)) return refuse('council.voted_already');
				if (!state.quorate)
					return refuse('council.no_quorum', { quorum: state.quorum, present: state.present.length });
				const voters = [...votersNow(state, around, item.id).keys()];
				return ok([
					{
						kind: 'vote_opened',
						data: { voteId: newId(), itemId: item.id, method: action.method, voters },
					},
				]);
			}
			case 'vote':
				return ballot(trx, sitting, openVote, action, mine);
			case 'count_hands':
				if (openVote?.method !== 'hands') return refuse('council.no_vote');
				return closing(openVote, action);
			case 'close_vote': {
				if (!openVote || openVote.method === 'hands') return refuse('council.no_vote');
				// The casting vote is of who presides.
				const chair = state.chairId;
				const secret = openVote.method === 'secret';
				const given = secret
					? await emptyBox(trx, openVote.id)
					: openVote.ballots.map(({ choice }) => choice);
				const chairs = openVote.ballots.find(({ seatId: one }) => one === chair)?.choice ?? null;
				return ok([
					{ kind: 'vote_closed', data: { voteId: openVote.id, result: tally(given, chairs, secret) } },
				]);
			}
			default:
				return refuse('council.field_invalid', { field: 'kind' });
		}
	}

	/** A vote cast for a seat, by itself or by who holds its pouvoir. A public one may be changed until the close. */
	async function ballot(
		trx: Transaction<DB>,
		{ state, around }: Sitting,
		vote: VoteState | undefined,
		action: { seatId: string; choice: Choice },
		mine: string | null,
	): Promise<Result<NewEvent[]>> {
		if (!vote || vote.method === 'hands') return refuse('council.no_vote');
		if (!vote.voters.includes(action.seatId)) return refuse('council.may_not_vote');
		const castBy = votersNow(state, around, vote.itemId).get(action.seatId);
		// Who has left since, or came back to vote in person, is no longer represented.
		if (!castBy || (mine !== null && castBy !== mine)) return refuse('council.may_not_vote');
		const base = { voteId: vote.id, seatId: action.seatId, castBy };
		if (vote.method === 'public') return ok([{ kind: 'voted', data: { ...base, choice: action.choice } }]);
		if (vote.voted.includes(action.seatId)) return refuse('council.voted_already');
		await putSecret(trx, vote.id, action.choice);
		return ok([{ kind: 'voted', data: base }]);
	}

	/** All secret ballots are written anew with each one: neither order nor transaction tells which is whose. */
	async function putSecret(trx: Transaction<DB>, voteId: string, choice: Choice): Promise<void> {
		const { rows } = await sql<{ choice: Choice }>`
			DELETE FROM council.secret_ballot WHERE vote_id = ${voteId} RETURNING choice`.execute(trx);
		await sql`INSERT INTO council.secret_ballot (vote_id, choice)
			SELECT ${voteId}, given FROM unnest(${[...rows.map((row) => row.choice), choice]}::text[]) AS box(given)
			ORDER BY gen_random_uuid()`.execute(trx);
	}

	/** The ballots of a secret vote, for its count; nothing of them is kept but the totals. */
	async function emptyBox(trx: Transaction<DB>, voteId: string): Promise<Choice[]> {
		const { rows } = await sql<{ choice: Choice }>`
			DELETE FROM council.secret_ballot WHERE vote_id = ${voteId} RETURNING choice`.execute(trx);
		return rows.map((row) => row.choice);
	}

	type Counts = { for: number; against: number; abstention: number };

	function resultOf(vote: VoteState, given: Counts): Result<ReturnType<typeof tally>> {
		const total = given.for + given.against + given.abstention;
		if (total > vote.voters.length)
			return refuse('council.more_votes_than_voters', { voters: vote.voters.length });
		const ballots = (['for', 'against', 'abstention'] as const).flatMap((choice) =>
			Array<Choice>(given[choice]).fill(choice),
		);
		const silent = Array<Choice>(vote.voters.length - total).fill('not_taking_part');
		return ok(tally([...ballots, ...silent], null, vote.method === 'secret'));
	}

	function closing(vote: VoteState, given: Counts): Result<NewEvent[]> {
		const result = resultOf(vote, given);
		return result.ok
			? ok([{ kind: 'vote_closed', data: { voteId: vote.id, result: result.value } }])
			: result;
	}

	function correction(vote: VoteState, given: Counts & { reason: string }): Result<NewEvent[]> {
		const result = resultOf(vote, given);
		return result.ok
			? ok([
					{
						kind: 'vote_corrected',
						data: { voteId: vote.id, result: result.value, reason: given.reason },
					},
				])
			: result;
	}

	/** While a public vote is open its ballots are the desk's; behind closed doors so is everything said. */
	function shownTo(state: SessionState, clerk: boolean): SessionState {
		if (clerk) return state;
		return {
			...state,
			votes: state.votes.map((vote) => (vote.status === 'open' ? { ...vote, ballots: [] } : vote)),
		};
	}

	return {
		async state(actor, meetingId) {
			const sitting = await readSitting(db, meetingId, context.now());
			if (!sitting || (sitting.meeting.status === 'draft' && !mayPrepare(actor))) return null;
			return shownTo(sitting.state, mayPrepare(actor));
		},

		async seatOf(actor, meetingId) {
			const sitting = await readSitting(db, meetingId, context.now());
			return (
				sitting?.seats.find(
					({ personId }) => personId !== null && actor.kind === 'person' && personId === actor.id,
				)?.id ?? null
			);
		},

		async act(actor, meetingId, given) {
			const input = parseInput(actionInput, given);
			if (!input.ok) return input;
			const action = input.value;
			return changing(db, async (trx) => {
				// One action after the other: what it is checked against is what it changes.
				await sql`SELECT FROM council.meeting WHERE id = ${asId(meetingId)} FOR UPDATE`.execute(trx);
				const sitting = await readSitting(trx, asId(meetingId), context.now());
				if (!sitting) return refuse('council.meeting_unknown');
				const clerk = mayPrepare(actor);
				const mine =
					sitting.seats.find(
						({ personId }) => personId !== null && actor.kind === 'person' && personId === actor.id,
					)?.id ?? null;
				if (!clerk) {
					if (mine === null || !membersOwn.has(action.kind)) return refuse('platform.not_allowed');
					if (action.kind !== 'vote' && 'seatId' in action && action.seatId !== mine)
						return refuse('platform.not_allowed');
				}
				const entries = await entriesOf(trx, sitting, action, clerk ? null : mine);
				if (!entries.ok) return entries;
				await write(trx, actor, sitting.meeting.id, entries.value);
				if (action.kind === 'open')
					await sql`UPDATE council.meeting SET status = 'open' WHERE id = ${sitting.meeting.id}`.execute(trx);
				if (action.kind === 'close') {
					await sql`UPDATE council.meeting SET status = 'closed' WHERE id = ${sitting.meeting.id}`.execute(
						trx,
					);
					await platform.events.publish(trx, 'council.meeting.closed', { meetingId: sitting.meeting.id });
				}
				const after = await readSitting(trx, sitting.meeting.id, context.now());
				if (
					after &&
					(action.kind === 'close' || (action.kind === 'correct_vote' && after.state.status === 'closed'))
				)
					await draftActs(context, trx, after);
				if (action.kind === 'open' || action.kind === 'close' || action.kind === 'correct_vote')
					await platform.audit.record(trx, {
						actor,
						action: `council.meeting.${action.kind}`,
						subject: `meeting:${sitting.meeting.id}`,
					});
				return ok(null);
			});
		},

		async record(actor, meetingId, locale) {
			const sitting = await readSitting(db, meetingId, context.now());
			if (!sitting || (sitting.meeting.status === 'draft' && !mayPrepare(actor))) return [];
			const names = new Map(sitting.seats.map(({ id, name }) => [id, name]));
			const titles = new Map(sitting.items.map(({ id, title }) => [id, title]));
			const methods = new Map(sitting.state.votes.map(({ id, method }) => [id, method]));
			const clerk = mayPrepare(actor);
			let inside = false;
			return sitting.events.flatMap((event) => {
				if (event.kind === 'doors') inside = event.data.closed;
				// The public reads that the doors were closed and opened, and what was decided; not what was said or done inside.
				const hidden = inside && event.kind !== 'doors' && !event.kind.startsWith('vote_');
				// Each ballot of a public vote stands with its result.
				if ((hidden && !clerk) || event.kind === 'voted') return [];
				const data = event.data as Record<string, unknown>;
				const result = (data.result ?? {}) as Record<string, unknown>;
				const key =
					event.kind === 'doors'
						? `doors_${event.data.closed ? 'closed' : 'opened'}`
						: event.kind === 'arrived' && event.data.remote
							? 'arrived_remote'
							: event.kind === 'vote_opened'
								? `vote_opened_${methods.get(event.data.voteId) ?? 'public'}`
								: event.kind === 'vote_closed' || event.kind === 'vote_corrected'
									? `${event.kind}_${result.adopted ? 'adopted' : 'rejected'}`
									: event.kind;
				return [
					{
						id: event.id,
						at: event.at,
						text: platform.messages.t(locale, `council.record_${key}`, {
							name: names.get(String(data.seatId ?? '')) ?? '',
							item: titles.get(String(data.itemId ?? '')) ?? '',
							text: String(data.text ?? data.reason ?? ''),
							for: Number(result.for ?? 0),
							against: Number(result.against ?? 0),
							abstention: Number(result.abstention ?? 0),
						}),
					},
				];
			});
		},
	};
}
