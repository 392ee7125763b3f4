import { type Actor, asId, changing, ok, type Result, refuse } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { draftActs } from './acts/drafting.ts';
import { type Context, parseInput } from './context.ts';
import type { Sessions } from './face.ts';
import { mayAct, mayPrepare, mayRunFloor } from './policies.ts';
import { type NewEvent, replay } from './record.ts';
import { type Action, actionInput, rights } from './sessions/actions.ts';
import { attendance } from './sessions/attendance.ts';
import { createBallotBox } from './sessions/ballot-box.ts';
import { conduct } from './sessions/conduct.ts';
import { elections } from './sessions/elections.ts';
import { floor } from './sessions/floor.ts';
import type { Entries, Handlers, Moment } from './sessions/moment.ts';
import { shownTo, type Viewer } from './sessions/shown.ts';
import { votes } from './sessions/votes.ts';
import { recordInWords, wordsIn } from './sessions/words.ts';
import { writeEvents } from './sessions/write.ts';
import { readSitting, type Sitting } from './sitting.ts';
import type { DB } from './tables.ts';

const handlers: Handlers<Action['kind']> = { ...conduct, ...attendance, ...floor, ...votes, ...elections };

/** Actions that also have their place before the opening, while the meeting is suspended, after the close. */
const beforeOpening = new Set<Action['kind']>([
	'open',
	'arrive',
	'leave',
	'call_roll',
	'take_chair',
	'set_floor_rules',
]);
const whileSuspended = new Set<Action['kind']>([
	'resume',
	'close',
	'arrive',
	'leave',
	'call_roll',
	'take_chair',
	'name_secretary',
	'lower_hand',
	'close_doors',
	'set_floor_rules',
	'close_microphones',
	'open_microphones',
	'hide_document',
	'correct_vote',
	'correct_round',
	'note',
]);
const afterClosing = new Set<Action['kind']>(['correct_vote', 'correct_round']);

/** Why an action has no place at this time of the meeting, null when it has. */
function untimely(kind: Action['kind'], { meeting, state }: Sitting): string | null {
	if (meeting.status === 'draft' || meeting.status === 'cancelled')
		return kind === 'open' ? 'council.not_convened' : 'council.not_open';
	if (state.status === 'before') return beforeOpening.has(kind) ? null : 'council.not_open';
	if (kind === 'open') return 'council.not_convened';
	if (state.status === 'closed') return afterClosing.has(kind) ? null : 'council.not_open';
	if (state.status === 'suspended') return whileSuspended.has(kind) ? null : 'council.is_suspended';
	return null;
}

/** The meeting while it is held: everything that is done is an entry of its record. */
export function createSessions(context: Context): Sessions {
	const { db, platform } = context;
	const box = createBallotBox(platform.config.secret);

	const seatIn = ({ seats }: Sitting, actor: Actor): string | null =>
		seats.find(({ personId }) => personId !== null && actor.kind === 'person' && personId === actor.id)?.id ??
		null;

	function viewerOf(actor: Actor, sitting: Sitting): Viewer {
		const mine = seatIn(sitting, actor);
		if (mayRunFloor(actor, mine, sitting.state)) return { kind: 'desk' };
		return mine === null ? { kind: 'public' } : { kind: 'member', seatId: mine };
	}

	/** Null for a meeting that the actor may not know of. */
	async function read(actor: Actor, meetingId: string): Promise<Sitting | null> {
		const sitting = await readSitting(db, meetingId, context.now());
		return sitting && (sitting.meeting.status !== 'draft' || mayPrepare(actor)) ? sitting : null;
	}

	async function entriesOf(
		trx: Transaction<DB>,
		sitting: Sitting,
		actor: Actor,
		action: Action,
	): Promise<Result<NewEvent[]>> {
		const { state, around } = sitting;
		const mine = seatIn(sitting, actor);
		const seatId = 'seatId' in action ? action.seatId : null;
		if (!mayAct(actor, rights[action.kind], mine, state, seatId)) return refuse('platform.not_allowed');
		if (seatId !== null && !around.inOffice.includes(seatId)) return refuse('council.seat_unknown');
		const when = untimely(action.kind, sitting);
		if (when) return refuse(when);
		const moment: Moment = {
			trx,
			sitting,
			box,
			actor,
			clerk: mayPrepare(actor),
			mine,
			here: (id) => state.present.includes(id) || state.remote.includes(id),
			openVote: state.votes.find(({ status }) => status === 'open'),
			openRound: state.elections.flatMap(({ rounds }) => rounds).find(({ status }) => status === 'open'),
		};
		// Each handler takes the action of its own kind, which the table's type holds.
		const handle = handlers[action.kind] as (moment: Moment, action: Action) => Entries;
		return handle(moment, action);
	}

	/** What opening, closing and correcting mean outside the record. */
	async function follow(trx: Transaction<DB>, actor: Actor, meetingId: string, kind: Action['kind']) {
		const correcting = kind === 'correct_vote' || kind === 'correct_round';
		if (kind !== 'open' && kind !== 'close' && !correcting) return;
		if (kind === 'open')
			await sql`UPDATE council.meeting SET status = 'open' WHERE id = ${meetingId}`.execute(trx);
		if (kind === 'close') {
			await sql`UPDATE council.meeting SET status = 'closed' WHERE id = ${meetingId}`.execute(trx);
			await platform.events.publish(trx, 'council.meeting.closed', { meetingId });
		}
		const after = await readSitting(trx, meetingId, context.now());
		if (after?.state.status === 'closed') await draftActs(context, trx, after);
		await platform.audit.record(trx, {
			actor,
			action: `council.meeting.${kind}`,
			subject: `meeting:${meetingId}`,
		});
	}

	return {
		async state(actor, meetingId) {
			const sitting = await read(actor, meetingId);
			return sitting && shownTo(sitting, viewerOf(actor, sitting), context.now());
		},

		async seatOf(actor, meetingId) {
			const sitting = await readSitting(db, meetingId, context.now());
			return sitting && seatIn(sitting, actor);
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
				const entries = await entriesOf(trx, sitting, actor, action);
				if (!entries.ok) return entries;
				await writeEvents(
					trx,
					context.now(),
					actor.kind === 'person' ? actor.id : null,
					sitting.meeting.id,
					entries.value,
				);
				await follow(trx, actor, sitting.meeting.id, action.kind);
				return ok(null);
			});
		},

		async record(actor, meetingId, locale) {
			const sitting = await read(actor, meetingId);
			if (!sitting) return [];
			const outside = viewerOf(actor, sitting).kind !== 'desk';
			return recordInWords(sitting, outside, wordsIn(platform, locale));
		},

		async speeches(actor, meetingId) {
			const sitting = await read(actor, meetingId);
			if (!sitting) return [];
			const { speeches } = replay(sitting.events, sitting.around, context.now());
			return mayPrepare(actor) ? speeches : speeches.filter(({ closedDoors }) => !closedDoors);
		},
	};
}
