import { type AnyTransaction, asId } from '@parvis/platform';
import { sql } from 'kysely';
import { firstPhoto } from './attachment-rows.ts';
import { type Context, type Db, paths } from './context.ts';
import type { Attachment, ProjectQuery, ProjectStatus, ProjectSummary } from './face.ts';
import { dayInTown } from './phases.ts';

const excerptLength = 180;

export interface Row {
	id: string;
	call_id: string;
	slug: string;
	number: number;
	code: string;
	title: string;
	body: string;
	review_summary: string;
	cost_cents: string;
	envelope_id: string;
	envelope: string;
	category_fr: string | null;
	category_en: string | null;
	district: string | null;
	address: string | null;
	longitude: number | null;
	latitude: number | null;
	status: ProjectStatus;
	due_on: string | null;
	photo: Attachment | null;
}

export function summaryOf(context: Context, row: Row): ProjectSummary {
	const open = row.status === 'selected' || row.status === 'started';
	return {
		id: row.id,
		callId: row.call_id,
		callSlug: row.slug,
		number: row.number,
		code: row.code,
		title: row.title,
		excerpt: row.body.length > excerptLength ? `${row.body.slice(0, excerptLength).trimEnd()}…` : row.body,
		reviewSummary: row.review_summary,
		costCents: Number(row.cost_cents),
		envelopeId: row.envelope_id,
		envelope: row.envelope,
		category: row.category_fr === null ? null : { fr: row.category_fr, en: row.category_en },
		district: row.district,
		address: row.address,
		longitude: row.longitude,
		latitude: row.latitude,
		status: row.status,
		dueOn: row.due_on,
		late: open && row.due_on !== null && row.due_on < dayInTown(context.now()),
		photo: row.photo,
		url: paths.project(row.slug, row.number),
	};
}

/** What a query narrows to, in projects of calls that the reader may see. */
export function condition(context: Context, query: ProjectQuery & { drafts?: boolean }) {
	const { callId, envelopeId, status, categoryId, text, late } = query;
	return sql`WHERE call.status ${query.drafts ? sql`IS NOT NULL` : sql`<> 'draft'`}
		${callId === undefined ? sql`` : sql`AND project.call_id = ${asId(callId)}`}
		${envelopeId === undefined ? sql`` : sql`AND project.envelope_id = ${asId(envelopeId)}`}
		${categoryId === undefined ? sql`` : sql`AND project.category_id = ${asId(categoryId)}`}
		${status?.length ? sql`AND project.status = ANY(${[...status]}::text[])` : sql``}
		${late ? sql`AND project.status IN ('selected', 'started') AND project.due_on < ${dayInTown(context.now())}::date` : sql``}
		${text?.trim() ? sql`AND to_tsvector('town.french', project.title || ' ' || project.body) @@ websearch_to_tsquery('town.french', ${text.replaceAll('\0', '')})` : sql``}`;
}

export const from = sql`FROM participation.project
	JOIN participation.call ON call.id = project.call_id
	JOIN participation.envelope ON envelope.id = project.envelope_id
	LEFT JOIN participation.category ON category.id = project.category_id`;

export const columns = sql`project.*, project.due_on::text AS due_on, call.slug, envelope.name AS envelope, category.name_fr AS category_fr,
	category.name_en AS category_en,
	(SELECT name FROM town.district WHERE district.id = project.district_id) AS district,
	${firstPhoto('project', sql`project.id`)} AS photo`;

/** Let projects of a published call be found; those of a draft wait for its publication. */
export async function indexProjects(
	context: Context,
	trx: AnyTransaction,
	of: { callId: string } | { projectId: string },
): Promise<void> {
	const { rows } = await sql<{ id: string; title: string; body: string; slug: string; number: number }>`
		SELECT project.id, project.title, project.body, call.slug, project.number ${from}
		WHERE call.status <> 'draft'
			AND ${'callId' in of ? sql`project.call_id = ${of.callId}` : sql`project.id = ${of.projectId}`}`.execute(
		trx,
	);
	await context.town.search.index(
		trx,
		rows.map(({ id, title, body, slug, number }) => ({
			room: 'participation',
			kind: 'project',
			id,
			title,
			body,
			url: paths.project(slug, number),
		})),
	);
}

/** Every project of a call, by number. */
export async function projectsOfCall(
	context: Context,
	callId: string,
	db: Db = context.db,
): Promise<ProjectSummary[]> {
	const { rows } = await sql<Row>`
		SELECT ${columns} ${from} WHERE project.call_id = ${callId} ORDER BY project.number`.execute(db);
	return rows.map((row) => summaryOf(context, row));
}

export async function summariesOf(
	context: Context,
	ids: readonly string[],
	db: Db = context.db,
): Promise<ProjectSummary[]> {
	const { rows } = await sql<Row>`
		SELECT ${columns} ${from} WHERE project.id = ANY(${[...ids]}::uuid[]) ORDER BY project.number`.execute(
		db,
	);
	return rows.map((row) => summaryOf(context, row));
}
