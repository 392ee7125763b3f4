import type { Words } from '@parvis/footprint';
import { type Actor, ok, type Result, refuse } from '@parvis/platform';
import { type RawBuilder, sql } from 'kysely';
import type { Context, Db } from '../context.ts';
import { toPhoto } from '../photos.ts';
import { maySee } from '../policies.ts';
import type {
	ChecklistItem,
	Intervention,
	InterventionStatus,
	InterventionSummary,
	Priority,
	SourceKind,
} from './face.ts';
import { readReports } from './reports/rows.ts';

export const interventionPath = (number: string) => `/espace/interventions/${number}`;

interface SummaryRow {
	id: string;
	number: string;
	title: string;
	category_id: string;
	category_code: string;
	category_name: Words;
	icon: string;
	service_id: string;
	service_code: string;
	service_name: Words;
	priority: Priority;
	status: InterventionStatus;
	due_at: Date;
	planned_on: string | null;
	planned_from: Date | null;
	planned_to: Date | null;
	planned_turn: number | null;
	pinned: boolean;
	duration_minutes: number;
	assignee_ids: string[];
	place_id: string | null;
	address: string | null;
	longitude: number;
	latitude: number;
	report_count: number;
	source_kind: SourceKind;
	source_key: string;
	version: number;
	created_at: Date;
	updated_at: Date;
	closed_at: Date | null;
}

const columns = sql`intervention.id, intervention.number, intervention.title, category.id AS category_id,
	category.code AS category_code, json_build_object('fr', category.name_fr, 'en', category.name_en) AS category_name,
	category.icon, service.id AS service_id, service.code AS service_code,
	json_build_object('fr', service.name_fr, 'en', service.name_en) AS service_name, intervention.priority,
	intervention.status, intervention.due_at, intervention.planned_on::text AS planned_on, intervention.planned_from,
	intervention.planned_to, intervention.planned_turn, intervention.pinned, intervention.duration_minutes,
	intervention.assignee_ids, intervention.place_id, intervention.address, intervention.longitude,
	intervention.latitude, intervention.source_kind, intervention.source_key, intervention.version,
	intervention.created_at, intervention.updated_at, intervention.closed_at,
	(SELECT count(*)::int FROM operations.report WHERE intervention_id = intervention.id
		AND report.status NOT IN ('held', 'spam')) AS report_count`;

export const fromInterventions = sql`FROM operations.intervention
	JOIN operations.category ON category.id = intervention.category_id
	JOIN operations.service ON service.id = intervention.service_id`;

/** Summaries of the interventions that `rest` (WHERE, ORDER, LIMIT) takes. */
export async function readSummaries(
	context: Context,
	db: Db,
	rest: RawBuilder<unknown>,
): Promise<InterventionSummary[]> {
	const { rows } = await sql<SummaryRow>`SELECT ${columns} ${fromInterventions} ${rest}`.execute(db);
	const names = await context.identity.people.names([...new Set(rows.flatMap((row) => row.assignee_ids))]);
	const now = context.now().getTime();
	return rows.map((row) => ({
		id: row.id,
		number: row.number,
		title: row.title,
		category: { id: row.category_id, code: row.category_code, name: row.category_name, icon: row.icon },
		service: { id: row.service_id, code: row.service_code, name: row.service_name },
		priority: row.priority,
		status: row.status,
		dueAt: row.due_at,
		overdue: row.closed_at === null && row.due_at.getTime() < now,
		plannedOn: row.planned_on,
		plannedFrom: row.planned_from,
		plannedTo: row.planned_to,
		plannedTurn: row.planned_turn,
		pinned: row.pinned,
		durationMinutes: row.duration_minutes,
		assignees: row.assignee_ids.map((id) => ({ id, name: names.get(id) ?? '?' })),
		placeId: row.place_id,
		address: row.address,
		longitude: row.longitude,
		latitude: row.latitude,
		reportCount: row.report_count,
		source: { kind: row.source_kind, key: row.source_key },
		version: row.version,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
		closedAt: row.closed_at,
		url: interventionPath(row.number),
	}));
}

/** Whole interventions, in the order of `rest`. */
export async function readInterventions(
	context: Context,
	db: Db,
	rest: RawBuilder<unknown>,
): Promise<Intervention[]> {
	const summaries = await readSummaries(context, db, rest);
	const ids = summaries.map(({ id }) => id);
	if (!ids.length) return [];
	const [details, photos, materials, times, reports, places] = await Promise.all([
		db
			.selectFrom('operations.intervention')
			.select(['id', 'description', 'skills', 'checklist', 'reason', 'public_answer'])
			.where('id', 'in', ids)
			.execute(),
		db
			.selectFrom('operations.photo')
			.selectAll()
			.where('subject_kind', '=', 'intervention')
			.where('subject_id', 'in', ids)
			.orderBy('created_at')
			.orderBy('id')
			.execute(),
		db
			.selectFrom('operations.intervention_material')
			.selectAll()
			.where('intervention_id', 'in', ids)
			.orderBy('used_at')
			.orderBy('id')
			.execute(),
		db
			.selectFrom('operations.intervention_time')
			.selectAll()
			.where('intervention_id', 'in', ids)
			.orderBy('started_at')
			.execute(),
		readReports(
			db,
			sql`WHERE report.intervention_id = ANY(${ids}::uuid[]) ORDER BY report.created_at, report.id`,
		),
		context.town.places.find(summaries.flatMap(({ placeId }) => placeId ?? [])),
	]);
	const names = await context.identity.people.names(
		[...materials, ...times].flatMap(({ person_id }) => person_id ?? []),
	);
	const byId = new Map(details.map((row) => [row.id, row]));
	return summaries.map((summary) => {
		const row = byId.get(summary.id);
		const place = summary.placeId ? places.get(summary.placeId) : undefined;
		const own = times.filter(({ intervention_id }) => intervention_id === summary.id);
		const milliseconds = own.reduce(
			(sum, { started_at, ended_at }) => sum + (ended_at ? ended_at.getTime() - started_at.getTime() : 0),
			0,
		);
		return {
			...summary,
			description: row?.description ?? '',
			skills: row?.skills ?? [],
			place: place ? { slug: place.slug, name: place.name } : null,
			checklist: (row?.checklist ?? []) as ChecklistItem[],
			materials: materials
				.filter(({ intervention_id }) => intervention_id === summary.id)
				.map(({ id, name, quantity, unit, person_id, used_at }) => ({
					id,
					name,
					quantity,
					unit,
					by: names.get(person_id ?? '') ?? '',
					usedAt: used_at,
				})),
			timeSpentMinutes: Math.round(milliseconds / 60_000),
			working: own.flatMap(({ person_id, started_at, ended_at }) =>
				ended_at || !person_id
					? []
					: [{ id: person_id, name: names.get(person_id) ?? '?', since: started_at }],
			),
			photos: photos.filter(({ subject_id }) => subject_id === summary.id).map(toPhoto),
			reports: reports.filter(({ interventionId }) => interventionId === summary.id),
			reason: row?.reason ?? null,
			publicAnswer: row?.public_answer ?? null,
		};
	});
}

/** One, by id or number, as far as the actor may see it. */
export async function readIntervention(
	context: Context,
	db: Db,
	actor: Actor,
	reference: string,
): Promise<Result<Intervention>> {
	if (!maySee(actor)) return refuse('platform.not_allowed');
	const [found] = await readInterventions(context, db, sql`WHERE ${referredBy(reference)}`);
	return found ? ok(found) : refuse('operations.intervention_unknown');
}

/** One that was just written. */
export async function rereadIntervention(context: Context, id: string): Promise<Intervention> {
	const [intervention] = await readInterventions(context, context.db, sql`WHERE intervention.id = ${id}`);
	if (!intervention) throw new Error('an intervention is gone');
	return intervention;
}

/** Condition for an id or a number, as it came in an address. */
export function referredBy(reference: string): RawBuilder<unknown> {
	const text = reference.slice(0, 60);
	return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
		? sql`intervention.id = ${text}`
		: sql`intervention.number = ${text.replaceAll('\0', '').toUpperCase()}`;
}
