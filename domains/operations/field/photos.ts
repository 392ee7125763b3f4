import { type Actor, changing, ok, type Result, refuse } from '@parvis/platform';
import type { Context } from '../context.ts';
import type { Photos } from '../interventions/face.ts';
import type { Work } from './dispatch.ts';
import type { Field, PhotoSubject } from './face.ts';
import { maySync } from './policies.ts';

/** Photos come apart from the actions that name them, one by one: a lost connection costs one of them at most. */
export function createFieldPhotos(
	{ db }: Context,
	{ rounds, interventions }: Work,
	photos: Photos,
): Field['keepPhoto'] {
	/** What the photo will hang on, if it is this agent's to photograph. */
	async function subjectOf(
		actor: Actor & { id: string },
		subject: PhotoSubject,
	): Promise<Result<{ kind: 'intervention' | 'round_stop'; id: string }>> {
		if (subject.on === 'round') {
			const round = await rounds.get(actor, subject.id);
			if (!round.ok) return round;
			const stop = round.value.stops.find(({ id }) => id === subject.stopId);
			if (!stop) return refuse('operations.stop_unknown');
			if (round.value.driver && round.value.driver.id !== actor.id) return refuse('platform.not_allowed');
			return ok({ kind: 'round_stop', id: stop.id });
		}
		if (subject.on === 'intervention') {
			const found = await interventions.get(actor, subject.id);
			return found.ok ? ok({ kind: 'intervention', id: found.value.id }) : found;
		}
		const made = await db
			.selectFrom('operations.field_action')
			.select('subject_id')
			.where('id', '=', subject.id)
			.where('person_id', '=', actor.id)
			.where('outcome', '=', 'accepted')
			.executeTakeFirst();
		return made?.subject_id
			? ok({ kind: 'intervention', id: made.subject_id })
			: refuse('operations.finding_unknown');
	}

	return async (actor, { id, personId, subject, content }) => {
		if (!maySync(actor)) return refuse('platform.not_allowed');
		if (actor.id !== personId) return refuse('operations.outbox_of_another');
		const found = await subjectOf(actor, subject);
		if (!found.ok) return found;
		const prepared = await photos.prepare(content, id);
		if (!prepared.ok) return prepared;
		const { kind: subjectKind, id: subjectId } = found.value;
		const kept = await changing(db, (trx) =>
			photos.attach(trx, prepared.value, { subjectKind, subjectId, sentBy: actor.id }),
		);
		return kept.ok ? ok({ id: kept.value.id }) : kept;
	};
}
