import {
	type Actor,
	clockAheadSeconds,
	isDatabaseOutage,
	ok,
	putRight,
	type Result,
	refuse,
} from '@parvis/platform';
import { type Context, parseInput } from '../context.ts';
import { type FieldAction, fieldAction, mostActionCharacters, syncRequest } from './actions.ts';
import type { Field, SyncAnswer } from './face.ts';
import { maySync } from './policies.ts';

/** Does an action in its own part of the room; harmless when it was done before. */
export type Dispatch = (actor: Actor, action: FieldAction, happenedAt: Date) => Promise<SyncAnswer>;

const subjectOf = (action: FieldAction): string =>
	action.on === 'round' ? action.roundId : action.on === 'intervention' ? action.interventionId : action.id;

/** What an unreadable action called itself, for the answer to be found again. */
function idOf(action: unknown): string {
	const id = (action as { id?: unknown } | null)?.id;
	return typeof id === 'string' ? id.slice(0, 60) : '';
}

export function createSync(context: Context, dispatch: Dispatch): Field['sync'] {
	const { db, platform } = context;

	/** What was answered before; null when the action is new, or may be tried again. */
	async function answered(personId: string, id: string): Promise<SyncAnswer | null> {
		const row = await db
			.selectFrom('operations.field_action')
			.select(['person_id', 'outcome', 'answer'])
			.where('id', '=', id)
			.executeTakeFirst();
		if (!row) return null;
		if (row.person_id !== personId) return { id, outcome: 'refused', error: 'operations.action_of_another' };
		// A refusal may have had a cause that is gone.
		if (row.outcome === 'refused') return null;
		const answer = row.answer as SyncAnswer;
		return row.outcome === 'accepted' ? { ...answer, outcome: 'already' } : answer;
	}

	async function note(
		actor: Actor & { id: string },
		action: FieldAction,
		answer: SyncAnswer,
		times: { deviceId: string; happenedAt: Date; ahead: number; receivedAt: Date },
	): Promise<void> {
		const { id, at, kind, on, ...body } = action;
		const outcome = answer.outcome === 'already' ? 'accepted' : answer.outcome;
		if (outcome === 'later') return;
		const kept = { outcome, answer: JSON.stringify({ ...answer, outcome }) };
		await db
			.insertInto('operations.field_action')
			.values({
				id,
				person_id: actor.id,
				device_id: times.deviceId,
				subject_kind: on,
				subject_id: answer.interventionId ?? (on === 'finding' ? null : subjectOf(action)),
				kind,
				body: JSON.stringify(body),
				device_at: at,
				happened_at: times.happenedAt,
				clock_ahead_seconds: times.ahead,
				received_at: times.receivedAt,
				...kept,
			})
			.onConflict((conflict) => conflict.column('id').doUpdateSet(kept))
			.execute();
	}

	return async (actor, request) => {
		if (!maySync(actor)) return refuse('platform.not_allowed');
		const parsed: Result<{ personId: string; deviceId: string; sentAt: Date; actions: unknown[] }> =
			parseInput(syncRequest, request);
		if (!parsed.ok) return parsed;
		const { personId, deviceId, sentAt, actions } = parsed.value;
		if (personId !== actor.id) return refuse('operations.outbox_of_another');
		const receivedAt = context.now();
		const ahead = clockAheadSeconds(sentAt, receivedAt);
		const answers: SyncAnswer[] = [];
		/** Subjects of which an action could not be done now: what follows on them waits too. */
		const waiting = new Set<string>();

		for (const given of actions) {
			if (JSON.stringify(given).length > mostActionCharacters) {
				answers.push({ id: idOf(given), outcome: 'refused', error: 'operations.action_too_long' });
				continue;
			}
			const read = parseInput(fieldAction, given);
			if (!read.ok) {
				answers.push({ id: idOf(given), outcome: 'refused', error: read.error, detail: read.detail });
				continue;
			}
			const action = read.value;
			const subject = subjectOf(action);
			if (waiting.has(subject)) {
				answers.push({ id: action.id, outcome: 'later' });
				continue;
			}
			let answer = await answered(actor.id, action.id);
			if (!answer) {
				const happenedAt = putRight(action.at, ahead, receivedAt);
				try {
					answer = await dispatch(actor, action, happenedAt);
				} catch (error) {
					if (isDatabaseOutage(error)) throw error;
					platform.log.error({ err: error, action: action.id, kind: action.kind }, 'field action failed');
					answer = { id: action.id, outcome: 'later' };
				}
				await note(actor, action, answer, { deviceId, happenedAt, ahead, receivedAt });
			}
			if (answer.outcome === 'later') waiting.add(subject);
			answers.push(answer);
		}
		return ok({ receivedAt: receivedAt.toISOString(), clockAheadSeconds: ahead, answers });
	};
}
