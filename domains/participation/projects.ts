import { type AnyTransaction, newId, ok, refuse } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, noteNews, parseInput, paths, tidyText } from './context.ts';
import type { Project, ProjectQuery, ProjectStatus, ProjectSummary, Projects } from './face.ts';
import { mayManage } from './policies.ts';
import { attachmentsOf, dayInTown, ideaOf, milestonesOf } from './project-details.ts';
import type { DB } from './tables.ts';

const mostPageSize = 100;
const excerptLength = 180;

const projectInput = z.object({
	envelopeId: z.uuid('participation.envelope_missing'),
	categoryId: z.uuid().nullable().default(null),
	title: z.string().transform(tidyText).pipe(z.string().min(1, 'participation.words_missing').max(160)),
	body: z.string().transform(tidyText).pipe(z.string().max(20_000)),
	reviewSummary: z.string().transform(tidyText).pipe(z.string().max(4000)).default(''),
	costCents: z
		.int('participation.cost_invalid')
		.min(1, 'participation.cost_invalid')
		.max(1e13, 'participation.cost_invalid'),
	yearlyCents: z.int().min(0).max(1e13).nullable().default(null),
	address: z.string().trim().max(200).nullable().default(null),
	longitude: z.number().min(-180).max(180).nullable().default(null),
	latitude: z.number().min(-90).max(90).nullable().default(null),
	service: z.string().trim().max(120).default(''),
});

interface Row {
	id: string;
	call_id: string;
	slug: string;
	number: number;
	code: string;
	title: string;
	body: string;
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
}

function summaryOf(context: Context, row: Row): ProjectSummary {
	const open = row.status === 'selected' || row.status === 'started';
	return {
		id: row.id,
		callId: row.call_id,
		callSlug: row.slug,
		number: row.number,
		code: row.code,
		title: row.title,
		excerpt: row.body.length > excerptLength ? `${row.body.slice(0, excerptLength).trimEnd()}…` : row.body,
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
		photo: null,
		url: paths.project(row.slug, row.number),
	};
}

/** What a query narrows to, in projects of calls that the reader may see. */
function condition(context: Context, query: ProjectQuery & { drafts?: boolean }) {
	const { callId, envelopeId, status, categoryId, text, late } = query;
	return sql`WHERE call.status ${query.drafts ? sql`IS NOT NULL` : sql`<> 'draft'`}
		${callId === undefined ? sql`` : sql`AND project.call_id::text = ${callId}`}
		${envelopeId === undefined ? sql`` : sql`AND project.envelope_id::text = ${envelopeId}`}
		${categoryId === undefined ? sql`` : sql`AND project.category_id::text = ${categoryId}`}
		${status?.length ? sql`AND project.status = ANY(${[...status]}::text[])` : sql``}
		${late ? sql`AND project.status IN ('selected', 'started') AND project.due_on < ${dayInTown(context.now())}::date` : sql``}
		${text?.trim() ? sql`AND to_tsvector('town.french', project.title || ' ' || project.body) @@ websearch_to_tsquery('town.french', ${text.replaceAll('\0', '')})` : sql``}`;
}

const from = sql`FROM participation.project
	JOIN participation.call ON call.id = project.call_id
	JOIN participation.envelope ON envelope.id = project.envelope_id
	LEFT JOIN participation.category ON category.id = project.category_id`;

const columns = sql`project.*, call.slug, envelope.name AS envelope, category.name_fr AS category_fr,
	category.name_en AS category_en,
	(SELECT name FROM town.district WHERE district.id = project.district_id) AS district`;

/** Every project of a call, by number. */
export async function projectsOfCall(
	context: Context,
	callId: string,
	db: Db = context.db,
): Promise<ProjectSummary[]> {
	const { rows } = await sql<Row>`
		SELECT ${columns} ${from} ${condition(context, { callId, drafts: true })} ORDER BY project.number`.execute(
		db,
	);
	return rows.map((row) => summaryOf(context, row));
}

/** Mark what the count selected; everybody who follows learns of it, unless it was long ago. */
export async function markCounted(
	context: Context,
	trx: Transaction<DB>,
	call: { id: string; slug: string },
	selected: ReadonlySet<number>,
	{ quietly = false } = {},
): Promise<void> {
	const projects = await projectsOfCall(context, call.id, trx);
	for (const project of projects) {
		const won = selected.has(project.number);
		await trx
			.updateTable('participation.project')
			.set({ status: won ? 'selected' : 'not_selected', updated_at: context.now() })
			.where('id', '=', project.id)
			.execute();
		if (won && !quietly) await tellSelected(context, trx, project);
	}
}

async function tellSelected(context: Context, trx: AnyTransaction, project: ProjectSummary): Promise<void> {
	const { rows } = await sql<{ place_id: string | null }>`
		SELECT place_id FROM participation.project WHERE id = ${project.id}`.execute(trx);
	const title = { fr: `${project.title} : projet retenu`, en: `${project.title}: project retained` };
	await context.town.timeline.record(trx, {
		room: 'participation',
		subject: `project:${project.id}`,
		placeId: rows[0]?.place_id ?? null,
		happenedAt: context.now(),
		title,
		url: project.url,
	});
	await noteNews(context, trx, {
		callId: project.callId,
		subject: { kind: 'project', id: project.id },
		title,
		url: project.url,
	});
	await context.platform.events.publish(trx, 'participation.project.selected', { projectId: project.id });
}

export function createProjects(context: Context): Projects {
	const { db, platform } = context;

	async function votingBegun(trx: Db, callId: string): Promise<boolean> {
		const { rows } = await sql<{ begun: boolean }>`
			SELECT EXISTS (SELECT FROM participation.phase JOIN participation.call ON call.id = call_id
				WHERE call_id = ${callId} AND phase.kind = 'voting' AND status <> 'draft'
					AND starts_at <= ${context.now()}) AS begun`.execute(trx);
		return rows[0]?.begun ?? true;
	}

	return {
		async list(actor, query = {}) {
			const page = Math.max(1, Math.trunc(query.page ?? 1));
			const pageSize = Math.min(Math.max(1, Math.trunc(query.pageSize ?? 24)), mostPageSize);
			const narrowed = condition(context, { ...query, drafts: mayManage(actor) });
			const [{ rows }, { rows: counts }] = await Promise.all([
				sql<Row>`SELECT ${columns} ${from} ${narrowed} ORDER BY call.published_at DESC NULLS FIRST, project.number
					LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`.execute(db),
				sql<{ count: number }>`SELECT count(*)::int AS count ${from} ${narrowed}`.execute(db),
			]);
			return {
				items: rows.map((row) => summaryOf(context, row)),
				total: counts[0]?.count ?? 0,
				page,
				pageSize,
			};
		},

		async get(actor, callId, reference) {
			const { rows } = await sql<
				Row & {
					review_summary: string;
					yearly_cents: string | null;
					service: string;
					spent_cents: string;
					status_text: string;
					done_at: Date | null;
					place_id: string | null;
					idea_id: string | null;
				}
			>`SELECT ${columns} ${from} ${condition(context, { callId, drafts: mayManage(actor) })}
				AND (project.id::text = ${reference} OR project.number::text = ${reference})`.execute(db);
			const [row] = rows;
			if (!row) return null;
			const summary = summaryOf(context, row);
			const [idea, milestones, attachments] = await Promise.all([
				ideaOf(context, row),
				milestonesOf(context, row),
				attachmentsOf(context, row.id),
			]);
			return {
				...summary,
				photo: attachments.find(({ contentType }) => contentType === 'image/webp') ?? null,
				idea,
				milestones,
				attachments,
				body: row.body,
				reviewSummary: row.review_summary,
				yearlyCents: row.yearly_cents === null ? null : Number(row.yearly_cents),
				service: row.service,
				spentCents: Number(row.spent_cents),
				statusText: row.status_text,
				doneAt: row.done_at,
				placeId: row.place_id,
			} satisfies Project;
		},

		async create(actor, callId, given) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const input = parseInput(projectInput, given);
			if (!input.ok) return input;
			const { value } = input;
			return db
				.transaction()
				.execute(async (trx) => {
					const call = await trx
						.updateTable('participation.call')
						.set((e) => ({ next_project_number: e('next_project_number', '+', 1) }))
						.where(sql<string>`id::text`, '=', callId)
						.where('status', '!=', 'archived')
						.returning(['id', 'next_project_number'])
						.executeTakeFirst();
					if (!call) return refuse('participation.call_unknown');
					// What people vote on stands still once they vote.
					if (await votingBegun(trx, call.id)) throw new Refused('participation.vote_begun');
					const envelope = await trx
						.selectFrom('participation.envelope')
						.select(['id', 'district_id'])
						.where('id', '=', value.envelopeId)
						.where('call_id', '=', call.id)
						.executeTakeFirst();
					if (!envelope) throw new Refused('participation.envelope_missing');
					const number = call.next_project_number - 1;
					const id = newId();
					await trx
						.insertInto('participation.project')
						.values({
							id,
							call_id: call.id,
							envelope_id: envelope.id,
							number,
							code: String(number),
							category_id: value.categoryId,
							title: value.title,
							body: value.body,
							review_summary: value.reviewSummary,
							cost_cents: value.costCents,
							yearly_cents: value.yearlyCents,
							address: value.address,
							longitude: value.longitude,
							latitude: value.latitude,
							district_id: envelope.district_id,
							service: value.service,
							created_at: context.now(),
						})
						.execute();
					await platform.audit.record(trx, {
						actor,
						action: 'participation.project.created',
						subject: `project:${id}`,
					});
					return ok({ id, number });
				})
				.catch(refusedOnly);
		},

		async remove(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return db.transaction().execute(async (trx) => {
				const { rows } = await sql<{ call_id: string }>`
					SELECT call_id FROM participation.project WHERE id::text = ${id} FOR UPDATE`.execute(trx);
				const [row] = rows;
				if (!row) return refuse('participation.project_unknown');
				if (await votingBegun(trx, row.call_id)) return refuse('participation.vote_begun');
				await trx.deleteFrom('participation.project').where('id', '=', id).execute();
				await platform.audit.record(trx, {
					actor,
					action: 'participation.project.removed',
					subject: `project:${id}`,
				});
				return ok(null);
			});
		},
	};
}

/** A refusal that undoes its transaction. */
class Refused extends Error {}

function refusedOnly(error: unknown) {
	if (error instanceof Refused) return refuse(error.message);
	throw error;
}
