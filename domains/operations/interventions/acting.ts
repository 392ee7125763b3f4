import { type Actor, changing, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { mayWork } from '../policies.ts';
import { changedSince, lockIntervention, named, writeFields } from './changing.ts';
import type { ActionInput, ActionOutcome, ChecklistItem } from './face.ts';
import { recordEvent, type Trx } from './recording.ts';
import { rereadIntervention } from './rows.ts';
import { isClosed } from './rules/status.ts';

const common = {
	id: z.uuid(),
	interventionId: z.uuid('operations.intervention_unknown'),
	at: z.coerce.date().min(new Date('1970-01-01')),
	version: z.int().min(0).optional(),
	device: z.string().max(100).optional(),
	photoIds: z.array(z.uuid()).max(12).default([]),
};
const minutes = z.number().min(0).max(1440).optional();
const actionInput = z.discriminatedUnion('kind', [
	z.object({ ...common, kind: z.literal('start') }),
	z.object({ ...common, kind: z.literal('pause'), reason: textInput(1000).default('') }),
	z.object({ ...common, kind: z.literal('check'), itemId: z.string().max(60), checked: z.boolean() }),
	z.object({
		...common,
		kind: z.literal('material'),
		name: textInput(200, 'operations.material_missing'),
		quantity: z.number().gt(0).max(1_000_000).default(1),
		unit: textInput(20).default(''),
	}),
	z.object({ ...common, kind: z.literal('note'), text: textInput(5000, 'operations.note_missing') }),
	z.object({ ...common, kind: z.literal('photo') }),
	z.object({
		...common,
		kind: z.literal('done'),
		text: textInput(2000).default(''),
		minutes,
		showPhotos: z.boolean().default(true),
	}),
	z.object({
		...common,
		kind: z.literal('could_not'),
		reason: textInput(1000, 'operations.reason_missing'),
		minutes,
	}),
]);
type Action = z.output<typeof actionInput>;

/**
 * Do what a telephone tells, once for each action id. What comes after somebody else has closed the intervention is kept in
 * the history, marked as received afterwards, with its photos, material and time: nothing of it is lost, nothing is undone.
 */
export async function act(
	context: Context,
	actor: Actor,
	given: ActionInput,
): Promise<Result<ActionOutcome>> {
	if (!mayWork(actor)) return refuse('platform.not_allowed');
	const parsed = parseInput(actionInput, given);
	if (!parsed.ok) return parsed;
	const action = { ...parsed.value, id: parsed.value.id.toLowerCase() };
	// A telephone whose clock is ahead did it now.
	const at = new Date(Math.min(action.at.getTime(), context.now().getTime()));
	const done = await changing(context.db, async (trx) => {
		const row = await lockIntervention(trx, action.interventionId);
		if (!row) return refuse('operations.intervention_unknown');
		const outcome = async (applied: boolean, repeated: boolean) => {
			const found =
				action.version === undefined || action.version >= row.version
					? null
					: await changedSince(trx, row.id, action.version, actor);
			return ok({ applied, repeated, id: row.id, found: found?.byOthers ? found : null });
		};
		const known = await trx
			.selectFrom('operations.intervention_event')
			.select(['intervention_id', 'late'])
			.where('id', '=', action.id)
			.executeTakeFirst();
		if (known)
			return known.intervention_id === row.id
				? outcome(!known.late, true)
				: refuse('operations.action_id_taken');

		const shown = action.kind === 'done' && action.showPhotos && !isClosed(row.status);
		const photos = await claimPhotos(trx, action.photoIds, row.id, shown);
		if (!photos.ok) return photos;
		await keepTime(trx, actor, row.id, action, at);
		const moves = ['start', 'pause', 'done', 'could_not'].includes(action.kind);
		const event = { id: action.id, kind: action.kind, at, device: action.device, note: noteOf(action) };
		if (moves && isClosed(row.status)) {
			await recordEvent(context, trx, {
				...event,
				interventionId: row.id,
				version: row.version,
				actor,
				late: true,
			});
			return outcome(false, false);
		}
		const fields: Record<string, unknown> = {};
		if (action.kind === 'start') {
			fields.status = 'in_progress';
			if (!row.assignee_ids.length && actor.kind === 'person') fields.assigneeIds = [actor.id];
		}
		if (action.kind === 'pause') {
			fields.status = 'waiting';
			if (action.reason) fields.reason = action.reason;
		}
		if (action.kind === 'could_not') Object.assign(fields, { status: 'could_not', reason: action.reason });
		if (action.kind === 'done')
			Object.assign(fields, { status: 'done', ...(action.text && { publicAnswer: action.text }) });
		if (action.kind === 'material')
			await trx
				.insertInto('operations.intervention_material')
				.values({
					id: action.id,
					intervention_id: row.id,
					name: action.name,
					quantity: action.quantity,
					unit: action.unit,
					person_id: actor.kind === 'person' ? actor.id : null,
					used_at: at,
				})
				.execute();
		if (action.kind === 'check') {
			const items = row.checklist as ChecklistItem[];
			const item = items.find(({ id }) => id === action.itemId);
			if (!item) return refuse('operations.checklist_item_unknown');
			item.checkedAt = action.checked ? at.toISOString() : null;
			item.checkedBy = action.checked ? actor.id : null;
			await trx
				.updateTable('operations.intervention')
				.set({ checklist: JSON.stringify(items) })
				.where('id', '=', row.id)
				.execute();
			event.note = `${action.checked ? '☑' : '☐'} ${item.label}`;
		}
		await writeFields(context, trx, actor, row, fields, event);
		return outcome(true, false);
	});
	if (!done.ok) return done;
	const { applied, repeated, id, found } = done.value;
	return ok({
		applied,
		repeated,
		intervention: await rereadIntervention(context, id),
		since: found && (await named(context, found)),
	});
}

function noteOf(action: Action): string | null {
	if (action.kind === 'note' || action.kind === 'done') return action.text || null;
	if (action.kind === 'pause' || action.kind === 'could_not') return action.reason || null;
	if (action.kind === 'material')
		return [action.quantity, action.unit, action.name].filter(Boolean).join(' ');
	return null;
}

/** Photos of the action are this intervention's; those of its end are shown to the reporters when the agent says so. */
async function claimPhotos(
	trx: Trx,
	ids: readonly string[],
	interventionId: string,
	shown: boolean,
): Promise<Result<null>> {
	if (!ids.length) return ok(null);
	const { rows } = await sql`UPDATE operations.photo SET public = public OR ${shown}
		WHERE id = ANY(${[...ids]}::uuid[]) AND subject_kind = 'intervention' AND subject_id = ${interventionId}
		RETURNING id`.execute(trx);
	return rows.length === new Set(ids).size ? ok(null) : refuse('operations.photo_unknown');
}

/** Work runs from each start to the next pause or end; minutes that are told count where no start was. */
async function keepTime(
	trx: Trx,
	actor: Actor,
	interventionId: string,
	action: Action,
	at: Date,
): Promise<void> {
	if (actor.kind !== 'person' || !actor.id) return;
	const own = { intervention_id: interventionId, person_id: actor.id };
	if (action.kind === 'start') {
		await trx
			.insertInto('operations.intervention_time')
			.values({ id: action.id, ...own, started_at: at, ended_at: null })
			.onConflict((conflict) => conflict.doNothing())
			.execute();
		return;
	}
	if (action.kind !== 'pause' && action.kind !== 'done' && action.kind !== 'could_not') return;
	const { numUpdatedRows } = await trx
		.updateTable('operations.intervention_time')
		.set({ ended_at: sql<Date>`greatest(started_at, ${at}::timestamptz)` })
		.where('intervention_id', '=', interventionId)
		.where('person_id', '=', actor.id)
		.where('ended_at', 'is', null)
		.executeTakeFirst();
	if (numUpdatedRows || action.kind === 'pause' || !action.minutes) return;
	await trx
		.insertInto('operations.intervention_time')
		.values({
			id: action.id,
			...own,
			started_at: new Date(at.getTime() - action.minutes * 60_000),
			ended_at: at,
		})
		.execute();
}
