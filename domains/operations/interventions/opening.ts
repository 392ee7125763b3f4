import { type Actor, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { mayWork } from '../policies.ts';
import type { OpenInput } from './face.ts';
import { nextNumber, publish, recordEvent, type Trx } from './recording.ts';
import { priorities } from './rules/status.ts';
import { isDay } from './rules/town-time.ts';
import { readCategory } from './settings/categories.ts';

const sourceKinds = [
	'alarm',
	'report',
	'round',
	'inspection',
	'maintenance',
	'agent',
	'lighting',
	'api',
] as const;

export const dayText = z.string().refine(isDay, 'operations.day_invalid');
export const titleText = textInput(200, 'operations.title_missing');
/** Forms show minutes: what comes back from one unchanged is unchanged. */
export const toTheMinute = z
	.date('operations.due_invalid')
	.transform((at) => new Date(Math.floor(at.getTime() / 60_000) * 60_000));
export const longitude = z.coerce.number().min(-180).max(180);
export const latitude = z.coerce.number().min(-90).max(90);
export const checklistLabels = z.array(textInput(200, 'operations.checklist_empty')).max(40);

const openInput = z.object({
	source: z.object({ kind: z.enum(sourceKinds), key: z.string().min(1).max(200) }),
	title: titleText,
	description: textInput(5000).default(''),
	category: z.string().max(60),
	placeId: z.uuid().nullish(),
	longitude: longitude.optional(),
	latitude: latitude.optional(),
	address: textInput(300).nullish(),
	priority: z.enum(priorities).optional(),
	dueAt: toTheMinute.optional(),
	plannedOn: dayText.nullish(),
	durationMinutes: z.int().min(1).max(1440).optional(),
	assigneeIds: z.array(z.uuid()).max(20).default([]),
	checklist: checklistLabels.optional(),
});

export interface Where {
	placeId: string | null;
	address: string | null;
	longitude: number;
	latitude: number;
}

/** Where it is: at a place, or at a position that is in the town or near it. */
export async function whereIs(
	{ town }: Context,
	given: {
		placeId?: string | null | undefined;
		longitude?: number | undefined;
		latitude?: number | undefined;
		address?: string | null | undefined;
	},
): Promise<Result<Where>> {
	const place = given.placeId ? (await town.places.find([given.placeId])).get(given.placeId) : undefined;
	if (given.placeId && !place) return refuse('operations.place_unknown', { field: 'placeId' });
	const at = {
		longitude: given.longitude ?? place?.longitude,
		latitude: given.latitude ?? place?.latitude,
	};
	if (at.longitude === undefined || at.latitude === undefined)
		return refuse('operations.position_missing', { field: 'position' });
	if (!(await town.areas.isNear([at.longitude, at.latitude])))
		return refuse('operations.position_far', { field: 'position' });
	return ok({
		placeId: place?.id ?? null,
		address: given.address || (place ? (place.address ?? place.name) : null),
		longitude: at.longitude,
		latitude: at.latitude,
	});
}

/** Where a not yet checked input says it is, to be asked before a transaction; undefined when it cannot be read at all. */
export async function findWhere(
	context: Context,
	actor: Actor,
	given: OpenInput,
): Promise<Result<Where> | undefined> {
	const parsed = mayWork(actor) ? parseInput(openInput, given) : null;
	return parsed?.ok ? whereIs(context, parsed.value) : undefined;
}

/**
 * Open an intervention once for its source: the second time answers what the first one opened.
 * @param found where it is, when that is known: asking the town takes another connection than the transaction's
 * @returns `opened` false when it was there already
 */
export async function openIntervention(
	context: Context,
	trx: Trx,
	actor: Actor,
	given: OpenInput,
	found?: Result<Where>,
): Promise<Result<{ id: string; number: string; opened: boolean }>> {
	if (!mayWork(actor)) return refuse('platform.not_allowed');
	const parsed = parseInput(openInput, given);
	if (!parsed.ok) return parsed;
	const input = parsed.value;
	// Before the lock: whoever waits for it holds a connection, and this needs one.
	const where = found ?? (await whereIs(context, input));
	// Two that open for the same source at once wait for each other.
	await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`operations ${input.source.kind} ${input.source.key}`}, 0))`.execute(
		trx,
	);
	const known = await trx
		.selectFrom('operations.intervention')
		.select(['id', 'number'])
		.where('source_kind', '=', input.source.kind)
		.where('source_key', '=', input.source.key)
		.executeTakeFirst();
	if (known) return ok({ ...known, opened: false });
	const category = await readCategory(trx, input.category);
	if (!category) return refuse('operations.category_unknown', { field: 'category' });
	if (!where.ok) return where;
	const now = context.now();
	const id = newId();
	const number = await nextNumber(trx, 'I', now);
	await trx
		.insertInto('operations.intervention')
		.values({
			id,
			number,
			title: input.title,
			description: input.description,
			category_id: category.id,
			service_id: category.service.id,
			priority: input.priority ?? category.priority,
			status: input.plannedOn ? 'planned' : 'new',
			due_at:
				input.dueAt ?? new Date(Math.floor(now.getTime() / 60_000) * 60_000 + category.dueHours * 3_600_000),
			planned_on: input.plannedOn ?? null,
			duration_minutes: input.durationMinutes ?? category.durationMinutes,
			skills: category.skills,
			assignee_ids: input.assigneeIds,
			place_id: where.value.placeId,
			address: where.value.address,
			longitude: where.value.longitude,
			latitude: where.value.latitude,
			checklist: JSON.stringify(
				(input.checklist ?? category.checklist).map((label) => ({
					id: newId(),
					label,
					checkedAt: null,
					checkedBy: null,
				})),
			),
			source_kind: input.source.kind,
			source_key: input.source.key,
			created_by: actor.kind === 'person' ? actor.id : null,
			created_at: now,
			updated_at: now,
		})
		.execute();
	await recordEvent(context, trx, { interventionId: id, version: 1, kind: 'opened', actor });
	await publish(context, trx, 'intervention.opened', { interventionId: id, number, version: 1 });
	return ok({ id, number, opened: true });
}
