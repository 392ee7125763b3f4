import { type Actor, asId, changing, newId, ok, Refusal, refuse, textInput } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { attachmentsOf } from './attachment-rows.ts';
import { removeAttachments } from './attachments.ts';
import { asNumber, type Context, type Db, parseInput } from './context.ts';
import { createExecution } from './execution.ts';
import type { Project, Projects } from './face.ts';
import { mayManage } from './policies.ts';
import { ideaOf, milestonesOf } from './project-details.ts';
import { columns, condition, from, indexProjects, type Row, summaryOf } from './project-list.ts';
import type { DB } from './tables.ts';

const mostPageSize = 100;

const amountCents = z
	.int('participation.cost_invalid')
	.min(1, 'participation.cost_invalid')
	.max(1e13, 'participation.cost_invalid');

/** What people vote on. */
const candidateInput = z.object({
	envelopeId: z.uuid('participation.envelope_missing'),
	categoryId: z.uuid().nullable().default(null),
	title: textInput(160, 'participation.words_missing'),
	body: textInput(20_000),
	reviewSummary: textInput(4000).default(''),
	costCents: amountCents,
	yearlyCents: z.int().min(0).max(1e13).nullable().default(null),
	address: z.string().trim().max(200).nullable().default(null),
	longitude: z.number().min(-180).max(180).nullable().default(null),
	latitude: z.number().min(-90).max(90).nullable().default(null),
});
/** What may still be told about a project while it is built. */
const followUpInput = z.object({
	service: z.string().trim().max(120).default(''),
	dueOn: z.iso.date('participation.date_invalid').nullable().default(null),
	spentCents: z.int('participation.cost_invalid').min(0, 'participation.cost_invalid').max(1e13).default(0),
	placeId: z.uuid().nullable().default(null),
});
const projectInput = candidateInput.extend(followUpInput.shape);

type Candidate = z.output<typeof projectInput>;

export function createProjects(context: Context): Projects {
	const { db, platform } = context;

	async function votingBegun(trx: Db, callId: string): Promise<boolean> {
		const { rows } = await sql<{ begun: boolean }>`
			SELECT EXISTS (SELECT FROM participation.phase JOIN participation.call ON call.id = call_id
				WHERE call_id = ${callId} AND phase.kind = 'voting' AND status <> 'draft'
					AND starts_at <= ${context.now()}) AS begun`.execute(trx);
		return rows[0]?.begun ?? true;
	}

	/** Take the call's next number, unless people vote already: what they vote on stands still. */
	async function nextNumber(trx: Transaction<DB>, callId: string): Promise<number> {
		const call = await trx
			.updateTable('participation.call')
			.set((e) => ({ next_project_number: e('next_project_number', '+', 1) }))
			.where('id', '=', asId(callId))
			.where('status', '!=', 'archived')
			.returning(['id', 'next_project_number'])
			.executeTakeFirst();
		if (!call) throw new Refusal('participation.call_unknown');
		if (await votingBegun(trx, call.id)) throw new Refusal('participation.vote_begun');
		return call.next_project_number - 1;
	}

	/** Envelope, category and place are the call's and the town's own; the district follows the place or the envelope. */
	async function columnsOf(trx: Transaction<DB>, callId: string, value: Candidate) {
		const envelope = await trx
			.selectFrom('participation.envelope')
			.select(['id', 'district_id'])
			.where('id', '=', value.envelopeId)
			.where('call_id', '=', callId)
			.executeTakeFirst();
		if (!envelope) throw new Refusal('participation.envelope_missing');
		if (value.categoryId !== null) {
			const { rows } = await sql`SELECT FROM participation.category
				WHERE id = ${value.categoryId} AND call_id = ${callId}`.execute(trx);
			if (!rows.length) throw new Refusal('participation.category_unknown');
		}
		if ((value.longitude === null) !== (value.latitude === null))
			throw new Refusal('participation.position_invalid');
		if (value.placeId !== null) {
			const { rows } = await sql`SELECT FROM town.place WHERE id = ${value.placeId}`.execute(trx);
			if (!rows.length) throw new Refusal('participation.place_unknown');
		}
		return {
			envelope_id: envelope.id,
			category_id: value.categoryId,
			title: value.title,
			body: value.body,
			review_summary: value.reviewSummary,
			cost_cents: value.costCents,
			yearly_cents: value.yearlyCents,
			address: value.address,
			longitude: value.longitude,
			latitude: value.latitude,
			place_id: value.placeId,
			service: value.service,
			due_on: value.dueOn,
			spent_cents: value.spentCents,
			envelope_district_id: envelope.district_id,
		};
	}

	async function insert(
		trx: Transaction<DB>,
		actor: Actor,
		callId: string,
		value: Candidate,
		idea: { id: string; district_id: string | null } | null,
	): Promise<{ id: string; number: number }> {
		const number = await nextNumber(trx, callId);
		const { envelope_district_id, ...own } = await columnsOf(trx, callId, value);
		const id = newId();
		await trx
			.insertInto('participation.project')
			.values({
				id,
				call_id: callId,
				number,
				code: String(number),
				idea_id: idea?.id ?? null,
				district_id: idea?.district_id ?? envelope_district_id,
				created_at: context.now(),
				...own,
			})
			.execute();
		await indexProjects(context, trx, { projectId: id });
		await platform.audit.record(trx, {
			actor,
			action: 'participation.project.created',
			subject: `project:${id}`,
		});
		return { id, number };
	}

	/** An idea as the candidate that its review made of it. */
	async function candidateOf(trx: Transaction<DB>, ideaId: string) {
		const idea = await trx
			.selectFrom('participation.idea as idea')
			.selectAll('idea')
			.select(
				sql<string | null>`(SELECT min(id::text) FROM participation.envelope
				WHERE envelope.call_id = idea.call_id HAVING count(*) = 1)`.as('only_envelope_id'),
			)
			.select(sql<boolean>`EXISTS (SELECT FROM participation.project WHERE idea_id = idea.id)`.as('chosen'))
			.where('idea.id', '=', asId(ideaId))
			.where('idea.status', '=', 'published')
			.executeTakeFirst();
		if (!idea) throw new Refusal('participation.idea_unknown');
		if (idea.chosen) throw new Refusal('participation.idea_already_project');
		if (idea.verdict !== 'feasible' && idea.verdict !== 'amended')
			throw new Refusal('participation.idea_not_feasible', { number: idea.number ?? 0 });
		const input = parseInput(projectInput, {
			envelopeId: idea.envelope_id ?? idea.only_envelope_id ?? '',
			categoryId: idea.category_id,
			title: idea.title,
			body: idea.body,
			reviewSummary: idea.verdict_text ?? '',
			costCents: Number(idea.investment_cents),
			yearlyCents: idea.yearly_cents === null ? null : Number(idea.yearly_cents),
			address: idea.address,
			longitude: idea.longitude,
			latitude: idea.latitude,
			placeId: idea.place_id,
		});
		if (!input.ok) throw new Refusal(input.error, { number: idea.number ?? 0 });
		return { idea, value: input.value };
	}

	return {
		...createExecution(context),

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
					yearly_cents: string | null;
					service: string;
					spent_cents: string;
					status_text: string;
					done_at: Date | null;
					place_id: string | null;
					idea_id: string | null;
				}
			>`SELECT ${columns} ${from} ${condition(context, { callId, drafts: mayManage(actor) })}
				AND (project.id = ${asId(reference)} OR project.number = ${asNumber(reference)})`.execute(db);
			const [row] = rows;
			if (!row) return null;
			const [idea, milestones, attachments] = await Promise.all([
				ideaOf(context, row),
				milestonesOf(context, row),
				attachmentsOf(db, { kind: 'project', id: row.id }),
			]);
			return {
				...summaryOf(context, row),
				idea,
				milestones,
				attachments,
				body: row.body,
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
			return changing(db, async (trx) => ok(await insert(trx, actor, callId, input.value, null)));
		},

		async select(actor, ideaIds) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				for (const ideaId of new Set(ideaIds)) {
					const { idea, value } = await candidateOf(trx, ideaId);
					await insert(trx, actor, idea.call_id, value, idea);
				}
				return ok({ created: new Set(ideaIds).size });
			});
		},

		async change(actor, id, given) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const row = await trx
					.selectFrom('participation.project')
					.selectAll()
					.select(sql<string | null>`due_on::text`.as('due_day'))
					.where('id', '=', asId(id))
					.forUpdate()
					.executeTakeFirst();
				if (!row) return refuse('participation.project_unknown');
				const begun = await votingBegun(trx, row.call_id);
				const current: Candidate = {
					envelopeId: row.envelope_id,
					categoryId: row.category_id,
					title: row.title,
					body: row.body,
					reviewSummary: row.review_summary,
					costCents: Number(row.cost_cents),
					yearlyCents: row.yearly_cents === null ? null : Number(row.yearly_cents),
					address: row.address,
					longitude: row.longitude,
					latitude: row.latitude,
					service: row.service,
					dueOn: row.due_day,
					spentCents: Number(row.spent_cents),
					placeId: row.place_id,
				};
				const input = parseInput(projectInput, {
					...current,
					...(typeof given === 'object' ? given : {}),
				});
				if (!input.ok) return input;
				const frozen = Object.keys(candidateInput.shape) as (keyof Candidate)[];
				if (begun && frozen.some((key) => input.value[key] !== current[key]))
					return refuse('participation.vote_begun');
				const { envelope_district_id, ...own } = await columnsOf(trx, row.call_id, input.value);
				await trx
					.updateTable('participation.project')
					.set({
						...own,
						district_id: row.district_id ?? envelope_district_id,
						updated_at: context.now(),
					})
					.where('id', '=', row.id)
					.execute();
				await indexProjects(context, trx, { projectId: row.id });
				await platform.audit.record(trx, {
					actor,
					action: 'participation.project.changed',
					subject: `project:${id}`,
				});
				return ok(null);
			});
		},

		async remove(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const { rows } = await sql<{ call_id: string }>`
					SELECT call_id FROM participation.project WHERE id = ${asId(id)} FOR UPDATE`.execute(trx);
				const [row] = rows;
				if (!row) return refuse('participation.project_unknown');
				if (await votingBegun(trx, row.call_id)) return refuse('participation.vote_begun');
				await removeAttachments(context, trx, 'project', [id]);
				await context.town.search.remove(trx, 'participation', 'project', [id]);
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
