import { type Actor, asId, changing, ok, type Result, refuse, textInput } from '@parvis/platform';
import { type Selectable, sql } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput } from '../context.ts';
import { mayWork } from '../policies.ts';
import type { DB } from '../tables.ts';
import type { Changed, FieldChange, InterventionStatus, Since } from './face.ts';
import { dayText, latitude, longitude, titleText, toTheMinute, type Where, whereIs } from './opening.ts';
import { publish, recordEvent, type Trx } from './recording.ts';
import { tellReporters } from './reports/telling.ts';
import { rereadIntervention } from './rows.ts';
import { alike, differences, type Fields, mergeEdit, summed } from './rules/merge.ts';
import { isClosed, needsReason, priorities, statuses } from './rules/status.ts';
import { readCategory } from './settings/categories.ts';

const changeInput = z.object({
	title: titleText.optional(),
	description: textInput(5000).optional(),
	categoryId: z.uuid('operations.category_unknown').optional(),
	priority: z.enum(priorities).optional(),
	status: z.enum(statuses).optional(),
	dueAt: toTheMinute.optional(),
	plannedOn: dayText.nullish(),
	durationMinutes: z.int().min(1).max(1440).optional(),
	assigneeIds: z.array(z.uuid()).max(20).optional(),
	placeId: z.uuid().nullish(),
	address: textInput(300).nullish(),
	longitude: longitude.optional(),
	latitude: latitude.optional(),
	pinned: z.boolean().optional(),
	reason: textInput(1000).nullish(),
	publicAnswer: textInput(2000).nullish(),
});

/** The row, locked until the end of the transaction. */
export const lockIntervention = (trx: Trx, id: string) => readRow(trx, id, sql`FOR UPDATE`);

async function readRow(db: Db, id: string, lock = sql``) {
	const { rows } = await sql<Selectable<DB['operations.intervention']>>`SELECT * FROM operations.intervention
		WHERE id = ${asId(id)} ${lock}`.execute(db);
	return rows[0] ?? null;
}

type Locked = NonNullable<Awaited<ReturnType<typeof lockIntervention>>>;

/** What can be edited, as histories and forms name it. */
export const fieldsOf = (row: Locked): Fields => ({
	title: row.title,
	description: row.description,
	categoryId: row.category_id,
	priority: row.priority,
	status: row.status,
	dueAt: row.due_at,
	plannedOn: row.planned_on,
	durationMinutes: row.duration_minutes,
	assigneeIds: row.assignee_ids,
	placeId: row.place_id,
	address: row.address,
	longitude: row.longitude,
	latitude: row.latitude,
	pinned: row.pinned,
	reason: row.reason,
	publicAnswer: row.public_answer,
});

const columnOf: Record<string, string> = {
	title: 'title',
	description: 'description',
	categoryId: 'category_id',
	priority: 'priority',
	status: 'status',
	dueAt: 'due_at',
	plannedOn: 'planned_on',
	plannedFrom: 'planned_from',
	plannedTo: 'planned_to',
	plannedTurn: 'planned_turn',
	durationMinutes: 'duration_minutes',
	assigneeIds: 'assignee_ids',
	placeId: 'place_id',
	address: 'address',
	longitude: 'longitude',
	latitude: 'latitude',
	pinned: 'pinned',
	reason: 'reason',
	publicAnswer: 'public_answer',
};

interface Found {
	actorKind: string;
	actorId: string | null;
	at: Date;
	changes: FieldChange[];
	byOthers: boolean;
}

/** What was done since a version, and by whom first; null when nothing was. */
export async function changedSince(
	trx: Trx,
	interventionId: string,
	version: number,
	except: Actor | null,
): Promise<Found | null> {
	const events = await trx
		.selectFrom('operations.intervention_event')
		.select(['actor_kind', 'actor_id', 'recorded_at', 'changes'])
		.where('intervention_id', '=', interventionId)
		.where('version', '>', version)
		.where('late', '=', false)
		.orderBy('version')
		.orderBy('id')
		.execute();
	const others = events.filter(({ actor_id }) => except === null || actor_id !== except.id);
	const first = others[0] ?? events[0];
	if (!first) return null;
	return {
		actorKind: first.actor_kind,
		actorId: first.actor_id,
		at: first.recorded_at,
		changes: summed(events.flatMap(({ changes }) => changes as FieldChange[])),
		byOthers: others.length > 0,
	};
}

/** With the name of who it was; asked once the transaction has given its connection back. */
export async function named(context: Context, { actorKind, actorId, at, changes }: Found): Promise<Since> {
	return { by: await actorName(context, actorKind, actorId), at, changes };
}

export async function actorName({ identity }: Context, kind: string, id: string | null): Promise<string> {
	if (kind === 'person' && id) return (await identity.people.names([id])).get(id) ?? '?';
	return kind === 'key' ? 'API' : 'Parvis';
}

export interface Written {
	kind: string;
	/** Id of the event, when a telephone made it. */
	id?: string | undefined;
	at?: Date | undefined;
	device?: string | undefined;
	note?: string | null | undefined;
	/** The history names no field for it, still the version grows. */
	silent?: boolean | undefined;
}

/**
 * Write changed fields to the locked row, with its history, news to other rooms, and letters to those who reported it.
 * @returns the new version, or the same one when nothing differs
 */
export async function writeFields(
	context: Context,
	trx: Trx,
	actor: Actor,
	row: Locked,
	fields: Fields,
	event: Written,
): Promise<number> {
	const changes = differences(
		{
			...fieldsOf(row),
			plannedFrom: row.planned_from,
			plannedTo: row.planned_to,
			plannedTurn: row.planned_turn,
		},
		fields,
	);
	if (!changes.length && event.kind === 'changed' && !event.silent) return row.version;
	const now = context.now();
	const version = row.version + 1;
	const status = (fields.status ?? row.status) as InterventionStatus;
	const closes = isClosed(status) && !isClosed(row.status);
	const columns: Record<string, unknown> = Object.fromEntries(
		changes.map(({ field }) => [columnOf[field], fields[field] ?? null]),
	);
	await trx
		.updateTable('operations.intervention')
		.set({
			...columns,
			...(fields.categoryId !== undefined && {
				service_id: sql<string>`(SELECT service_id FROM operations.category WHERE id = ${fields.categoryId})`,
			}),
			version,
			updated_at: now,
			...(closes && { closed_at: event.at ?? now }),
			...(!isClosed(status) && { closed_at: null }),
			...(status === 'in_progress' && row.started_at === null && { started_at: event.at ?? now }),
		})
		.where('id', '=', row.id)
		.execute();
	await recordEvent(context, trx, {
		...event,
		interventionId: row.id,
		version,
		actor,
		changes: changes.filter(({ field }) => field !== 'plannedTurn'),
	});
	if (closes)
		await trx
			.updateTable('operations.intervention_time')
			.set({ ended_at: event.at ?? now })
			.where('intervention_id', '=', row.id)
			.where('ended_at', 'is', null)
			.where('started_at', '<=', event.at ?? now)
			.execute();
	await publish(context, trx, closes ? 'intervention.closed' : 'intervention.changed', {
		interventionId: row.id,
		number: row.number,
		version,
		status,
	});
	if (status !== row.status) await tellReporters(context, trx, row.id);
	return version;
}

/** Edit by hand; see `Interventions.change`. */
export async function changeIntervention(
	context: Context,
	actor: Actor,
	id: string,
	seen: number | null,
	given: unknown,
	device?: string,
): Promise<Result<Changed>> {
	if (!mayWork(actor)) return refuse('platform.not_allowed');
	const parsed = parseInput(changeInput, given);
	if (!parsed.ok) return parsed;
	const input: Record<string, unknown> = { ...parsed.value };
	for (const field of ['address', 'reason', 'publicAnswer'] as const)
		if (input[field] === '') input[field] = null;
	// Asking the town takes a connection of its own: before the transaction, which holds one.
	const known = await readRow(context.db, id);
	const before = known && positionOf(known, input);
	const where = before && (await whereIs(context, before));
	const done = await changing(context.db, async (trx) => {
		const row = await lockIntervention(trx, id);
		if (!row) return refuse('operations.intervention_unknown');
		const found = seen === null || seen >= row.version ? null : await changedSince(trx, row.id, seen, null);
		const { mine, clashes } = mergeEdit(fieldsOf(row), found?.changes ?? [], input);
		if (!found || !clashes.length) {
			const fields: Record<string, unknown> = Object.fromEntries(
				mine.map(({ field, after }) => [field, after]),
			);
			const asked = positionOf(row, fields);
			const at = asked && (where && alike(asked, before) ? where : await whereIs(context, asked));
			const checked = await checkFields(trx, row, fields, at);
			if (!checked.ok) return checked;
			await writeFields(context, trx, actor, row, fields, { kind: 'changed', device });
		}
		return ok({ id: row.id, found, mine, clashes: found ? clashes : [] });
	});
	if (!done.ok) return done;
	const { found, mine, clashes } = done.value;
	const intervention = await rereadIntervention(context, done.value.id);
	const since = found && (await named(context, found));
	return ok(
		since && clashes.length
			? { saved: false, intervention, since, mine, clashes }
			: { saved: true, intervention, since },
	);
}

/** Where an edit puts it, to be asked of the town; null when it stays where it is. */
function positionOf(row: Locked, fields: Fields) {
	const changed = differences(fieldsOf(row), {
		placeId: fields.placeId,
		longitude: fields.longitude,
		latitude: fields.latitude,
	}).map(({ field }) => field);
	if (!changed.length) return null;
	const placeId = (changed.includes('placeId') ? fields.placeId : row.place_id) as string | null;
	const moved = changed.includes('longitude') || changed.includes('latitude');
	return {
		placeId,
		...((moved || !placeId) && {
			longitude: (fields.longitude as number | undefined) ?? row.longitude,
			latitude: (fields.latitude as number | undefined) ?? row.latitude,
		}),
	};
}

/** What an edit entails: the position of a chosen place, the status that goes with a day, the reason for an end. */
async function checkFields(
	trx: Trx,
	row: Locked,
	fields: Record<string, unknown>,
	where: Result<Where> | null,
): Promise<Result<null>> {
	if (typeof fields.categoryId === 'string' && !(await readCategory(trx, fields.categoryId)))
		return refuse('operations.category_unknown', { field: 'categoryId' });
	if (where) {
		if (!where.ok) return where;
		fields.longitude = where.value.longitude;
		fields.latitude = where.value.latitude;
		if (fields.address === undefined && fields.placeId) fields.address = where.value.address;
	}
	if (fields.plannedOn && fields.status === undefined && row.status === 'new') fields.status = 'planned';
	if (fields.plannedOn !== undefined || fields.assigneeIds !== undefined) {
		// Hours and turn belong to the day and the agent they were computed for.
		fields.plannedFrom = null;
		fields.plannedTo = null;
		fields.plannedTurn = null;
	}
	const status = (fields.status ?? row.status) as InterventionStatus;
	if (fields.status !== undefined && needsReason(status)) {
		const reason = fields.reason === undefined ? row.reason : fields.reason;
		if (!reason) return refuse('operations.reason_missing', { field: 'reason' });
	}
	return ok(null);
}
