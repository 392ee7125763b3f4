import { type Actor, asId, csvLine, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { maySee, mayWork } from '../policies.ts';
import { actorName } from './changing.ts';
import type {
	FieldChange,
	Intervention,
	InterventionEvent,
	InterventionFilter,
	InterventionStatus,
	InterventionSummary,
	Interventions,
	Page,
} from './face.ts';
import { fromInterventions, readInterventions, readSummaries } from './rows.ts';
import { isDay } from './rules/town-time.ts';

const csvColumns = [
	'number',
	'title',
	'category',
	'service',
	'priority',
	'status',
	'due',
	'planned',
	'assignees',
	'address',
	'longitude',
	'latitude',
	'reports',
	'source',
	'created',
	'closed',
];

const orders = {
	due: sql`intervention.closed_at IS NOT NULL, intervention.closed_at DESC,
		array_position(ARRAY['urgent', 'high', 'normal', 'low'], intervention.priority), intervention.due_at,
		intervention.id`,
	recent: sql`intervention.created_at DESC, intervention.id`,
	changed: sql`intervention.updated_at, intervention.id`,
};

function conditionsOf(context: Context, filter: InterventionFilter) {
	const text = filter.text?.replaceAll('\0', '').trim().slice(0, 200);
	const conditions = [
		filter.status?.length ? sql`intervention.status = ANY(${[...filter.status]}::text[])` : null,
		filter.open ? sql`intervention.closed_at IS NULL` : null,
		filter.overdue
			? sql`intervention.closed_at IS NULL AND intervention.due_at < ${context.now()}::timestamptz`
			: null,
		filter.serviceId ? sql`intervention.service_id = ${asId(filter.serviceId)}` : null,
		filter.categoryId
			? sql`(category.id = ${asId(filter.categoryId)} OR category.parent_id = ${asId(filter.categoryId)})`
			: null,
		filter.priority ? sql`intervention.priority = ${filter.priority}` : null,
		filter.assigneeId === 'none'
			? sql`intervention.assignee_ids = '{}'`
			: filter.assigneeId
				? sql`intervention.assignee_ids @> ARRAY[${asId(filter.assigneeId)}::uuid]`
				: null,
		filter.plannedOn && isDay(filter.plannedOn)
			? sql`intervention.planned_on = ${filter.plannedOn}::date`
			: null,
		filter.sourceKind ? sql`intervention.source_kind = ${filter.sourceKind.replaceAll('\0', '')}` : null,
		filter.placeId ? sql`intervention.place_id = ${asId(filter.placeId)}` : null,
		filter.changedSince ? sql`intervention.updated_at >= ${filter.changedSince}::timestamptz` : null,
		text
			? sql`(intervention.number = ${text.toUpperCase()} OR strpos(town.plain(intervention.title || ' ' ||
				intervention.description || ' ' || coalesce(intervention.address, '')), town.plain(${text})) > 0)`
			: null,
		filter.near
			? sql`earth_distance(ll_to_earth(intervention.latitude, intervention.longitude),
				ll_to_earth(${filter.near.latitude}::float8, ${filter.near.longitude}::float8))
				<= ${filter.near.withinMeters}::float8`
			: null,
	].filter((condition) => condition !== null);
	return conditions.length ? sql`WHERE ${sql.join(conditions, sql` AND `)}` : sql``;
}

export async function listInterventions(
	context: Context,
	actor: Actor,
	filter: InterventionFilter = {},
): Promise<Result<Page<InterventionSummary>>> {
	if (!maySee(actor)) return refuse('platform.not_allowed');
	const { db } = context;
	const page = Math.min(Math.max(1, Math.trunc(filter.page ?? 1)), 100_000);
	const pageSize = Math.min(Math.max(1, Math.trunc(filter.pageSize ?? 50)), 500);
	const where = conditionsOf(context, filter);
	const { rows } = await sql<{ count: number }>`
		SELECT count(*)::int AS count ${fromInterventions} ${where}`.execute(db);
	const items = await readSummaries(
		context,
		db,
		sql`${where} ORDER BY ${orders[filter.sort ?? 'due']} LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
	);
	return ok({ items, total: rows[0]?.count ?? 0, page, pageSize });
}

const mostCsvPages = 20;

/** @see Interventions.csv */
export async function interventionsCsv(
	context: Context,
	actor: Actor,
	filter: InterventionFilter = {},
): Promise<Result<string>> {
	const pageSize = 500;
	const lines = [csvLine(csvColumns)];
	for (let page = 1; page <= mostCsvPages; page++) {
		const list = await listInterventions(context, actor, { ...filter, sort: 'recent', page, pageSize });
		if (!list.ok) return list;
		for (const one of list.value.items)
			lines.push(
				csvLine([
					one.number,
					one.title,
					one.category.code,
					one.service.code,
					one.priority,
					one.status,
					one.dueAt.toISOString(),
					one.plannedOn,
					one.assignees.map(({ name }) => name).join(', '),
					one.address,
					one.longitude,
					one.latitude,
					one.reportCount,
					one.source.kind,
					one.createdAt.toISOString(),
					one.closedAt?.toISOString() ?? null,
				]),
			);
		if (page * pageSize >= list.value.total) break;
	}
	return ok(lines.join(''));
}

export async function countInterventions(
	context: Context,
	actor: Actor,
): ReturnType<Interventions['counts']> {
	if (!maySee(actor)) return refuse('platform.not_allowed');
	const { rows } = await sql<{
		status: InterventionStatus;
		count: number;
		overdue: number;
		unassigned: number;
	}>`
		SELECT status, count(*)::int AS count,
			count(*) FILTER (WHERE closed_at IS NULL AND due_at < ${context.now()}::timestamptz)::int AS overdue,
			count(*) FILTER (WHERE closed_at IS NULL AND assignee_ids = '{}')::int AS unassigned
		FROM operations.intervention GROUP BY status`.execute(context.db);
	const counts = {
		new: 0,
		planned: 0,
		in_progress: 0,
		waiting: 0,
		done: 0,
		could_not: 0,
		cancelled: 0,
		overdue: 0,
		unassigned: 0,
	};
	for (const row of rows) {
		counts[row.status] = row.count;
		counts.overdue += row.overdue;
		counts.unassigned += row.unassigned;
	}
	return ok(counts);
}

export async function readHistory(
	context: Context,
	actor: Actor,
	id: string,
): Promise<Result<InterventionEvent[]>> {
	if (!maySee(actor)) return refuse('platform.not_allowed');
	const rows = await context.db
		.selectFrom('operations.intervention_event')
		.selectAll()
		.where('intervention_id', '=', asId(id))
		.orderBy('recorded_at', 'desc')
		.orderBy('version', 'desc')
		.orderBy('id', 'desc')
		.limit(1000)
		.execute();
	const names = await context.identity.people.names(rows.flatMap(({ actor_id }) => actor_id ?? []));
	return ok(
		await Promise.all(
			rows.map(async (row) => ({
				id: row.id,
				version: row.version,
				kind: row.kind,
				by:
					row.actor_kind === 'person'
						? (names.get(row.actor_id ?? '') ?? '?')
						: await actorName(context, row.actor_kind, null),
				byId: row.actor_id,
				at: row.at,
				recordedAt: row.recorded_at,
				device: row.device,
				changes: row.changes as FieldChange[],
				note: row.note,
				late: row.late,
			})),
		),
	);
}

/** What the actor has to do on a day, in order; with what was to be done before and what is not planned but late. */
export async function readMine(context: Context, actor: Actor, day: string): Promise<Result<Intervention[]>> {
	if (!mayWork(actor) || actor.kind !== 'person') return refuse('platform.not_allowed');
	if (!isDay(day)) return refuse('operations.day_invalid');
	return ok(
		await readInterventions(
			context,
			context.db,
			sql`WHERE intervention.assignee_ids @> ARRAY[${actor.id}::uuid] AND (
					intervention.planned_on = ${day}::date
					OR (intervention.closed_at IS NULL AND (intervention.planned_on < ${day}::date
						OR intervention.planned_on IS NULL)))
				ORDER BY intervention.planned_on IS DISTINCT FROM ${day}::date, intervention.planned_turn NULLS LAST,
					intervention.planned_from NULLS LAST, intervention.due_at, intervention.id LIMIT 200`,
		),
	);
}
