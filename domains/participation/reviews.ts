import { asId, changing, newId, ok, refuse, textInput } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { type Context, noteNews, parseInput, paths, takingPart } from './context.ts';
import type { BoardQuery, BoardRow, Idea, Review, Reviews } from './face.ts';
import { appealDays } from './ideas.ts';
import { writeTo } from './letters.ts';
import { dayInTown } from './phases.ts';
import { mayReview } from './policies.ts';
import { exportReviews, importReviews } from './review-csv.ts';
import { answerInput, assignInput, cents } from './review-input.ts';
import type { DB } from './tables.ts';

const mostAtOnce = 500;
const mostPageSize = 200;
const remindDays = 3;
const day = 86_400_000;

const concludeInput = z
	.object({
		verdict: z.enum(['feasible', 'amended', 'unfeasible'], 'participation.verdict_missing'),
		text: textInput(4000, 'participation.verdict_text_missing'),
		investmentCents: cents,
		yearlyCents: cents,
	})
	.refine(({ verdict, investmentCents }) => verdict === 'unfeasible' || (investmentCents ?? 0) > 0, {
		message: 'participation.cost_missing',
	});

const words = textInput(4000, 'participation.words_missing');
const settleInput = z.object({ outcome: z.enum(['upheld', 'reopened']), answer: words });

/** What the board says an idea waits for. */
const stateOf = sql`CASE
	WHEN EXISTS (SELECT FROM participation.verdict_appeal WHERE idea_id = idea.id AND settled_at IS NULL) THEN 'appealed'
	WHEN idea.verdict IS NOT NULL THEN 'concluded'
	WHEN NOT EXISTS (SELECT FROM participation.review WHERE idea_id = idea.id) THEN 'unassigned'
	WHEN EXISTS (SELECT FROM participation.review WHERE idea_id = idea.id AND answered_at IS NULL) THEN 'asked'
	ELSE 'answered' END`;

interface IdeaRow {
	id: string;
	call_id: string;
	slug: string;
	number: number;
	title: string;
	author_id: string | null;
	verdict: Idea['verdict'];
	verdict_at: Date | null;
	project: boolean;
}

/** The services' opinion of ideas: who is asked, by when, what they answer, what the town concludes. */
export function createReviews(context: Context): Reviews {
	const { db, platform, identity } = context;

	async function lockedIdea(trx: Transaction<DB>, id: string): Promise<IdeaRow | null> {
		const { rows } = await sql<IdeaRow>`
			SELECT idea.id, idea.call_id, call.slug, idea.number, idea.title, idea.author_id, idea.verdict, idea.verdict_at,
				EXISTS (SELECT FROM participation.project WHERE idea_id = idea.id) AS project
			FROM participation.idea JOIN participation.call ON call.id = call_id
			WHERE idea.id = ${asId(id)} AND idea.status = 'published' FOR UPDATE OF idea`.execute(trx);
		return rows[0] ?? null;
	}

	const pathOf = ({ slug, number }: IdeaRow) => paths.idea(slug, number);

	return {
		async board(actor, callId, query: BoardQuery = {}) {
			if (!mayReview(actor)) return refuse('platform.not_allowed');
			const page = Math.max(1, Math.trunc(query.page ?? 1));
			const pageSize = Math.min(Math.max(1, Math.trunc(query.pageSize ?? 50)), mostPageSize);
			const today = dayInTown(context.now());
			const { service, state, mine, late, categoryId } = query;
			const words = query.text?.replaceAll('\0', '').trim().slice(0, 200);
			const has = (condition: ReturnType<typeof sql>) =>
				sql`AND EXISTS (SELECT FROM participation.review WHERE idea_id = idea.id AND ${condition})`;
			const narrowed = sql`idea.call_id = ${asId(callId)} AND idea.status = 'published'
				${words ? sql`AND (idea.document @@ websearch_to_tsquery('town.french', ${words}) OR idea.number::text = ${words.replace(/^\D+/, '')})` : sql``}
				${service ? has(sql`service = ${service}`) : sql``}
				${mine && actor.kind === 'person' ? has(sql`reviewer_id = ${actor.id}`) : sql``}
				${late ? has(sql`answered_at IS NULL AND due_on < ${today}::date`) : sql``}
				${categoryId ? sql`AND idea.category_id = ${asId(categoryId)}` : sql``}`;
			const [{ rows }, { rows: states }, { rows: services }] = await Promise.all([
				sql<{
					id: string;
					number: number;
					title: string;
					slug: string;
					category: string | null;
					district: string | null;
					support_count: number;
					verdict: Idea['verdict'];
					state: BoardRow['state'];
					project_number: number | null;
					reviews: (Omit<BoardRow['reviews'][number], 'reviewer' | 'late'> & {
						reviewerId: string | null;
						answered: boolean;
					})[];
				}>`
					WITH chosen AS (
						SELECT * FROM (SELECT idea.*, ${stateOf} AS state FROM participation.idea WHERE ${narrowed}) AS idea
						WHERE ${state ? sql`state = ${state}` : sql`true`}
						ORDER BY number LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize})
					SELECT chosen.id, chosen.number, chosen.title, call.slug, category.name_fr AS category,
						chosen.support_count, chosen.verdict, chosen.state,
						(SELECT name FROM town.district WHERE id = chosen.district_id) AS district,
						(SELECT number FROM participation.project WHERE idea_id = chosen.id) AS project_number,
						coalesce((SELECT json_agg(json_build_object('id', review.id, 'service', service, 'reviewerId', reviewer_id,
								'dueOn', due_on::text, 'feasible', feasible, 'answered', answered_at IS NOT NULL,
								'investmentCents', investment_cents) ORDER BY service)
							FROM participation.review WHERE idea_id = chosen.id), '[]') AS reviews
					FROM chosen JOIN participation.call ON call.id = chosen.call_id
					LEFT JOIN participation.category ON category.id = chosen.category_id ORDER BY chosen.number`.execute(
					db,
				),
				sql<{ state: string; count: number }>`
					SELECT state, count(*)::int AS count FROM (
						SELECT ${stateOf} AS state FROM participation.idea WHERE ${narrowed}) AS idea GROUP BY state`.execute(
					db,
				),
				sql<{ service: string }>`SELECT DISTINCT service FROM participation.review
					JOIN participation.idea ON idea.id = idea_id WHERE call_id = ${asId(callId)} ORDER BY service`.execute(
					db,
				),
			]);
			const names = await identity.people.names(
				rows.flatMap(({ reviews }) => reviews.flatMap(({ reviewerId }) => reviewerId ?? [])),
			);
			const counts = Object.fromEntries(states.map((row) => [row.state, row.count]));
			return ok({
				items: rows.map((row) => ({
					ideaId: row.id,
					number: row.number,
					title: row.title,
					url: paths.idea(row.slug, row.number),
					category: row.category,
					district: row.district,
					supportCount: row.support_count,
					verdict: row.verdict,
					state: row.state,
					projectNumber: row.project_number,
					reviews: row.reviews.map(({ reviewerId, answered, ...review }) => ({
						...review,
						reviewer: names.get(reviewerId ?? '') ?? null,
						late: !answered && review.dueOn !== null && review.dueOn < today,
					})),
				})),
				total: state ? (counts[state] ?? 0) : states.reduce((sum, { count }) => sum + count, 0),
				page,
				pageSize,
				services: services.map((row) => row.service),
				states: counts,
			});
		},

		async of(actor, ideaId) {
			if (!mayReview(actor)) return refuse('platform.not_allowed');
			const rows = await db
				.selectFrom('participation.review')
				.selectAll()
				.select(sql<string | null>`due_on::text`.as('due_day'))
				.where('idea_id', '=', asId(ideaId))
				.orderBy('service')
				.execute();
			const names = await identity.people.names(rows.flatMap(({ reviewer_id }) => reviewer_id ?? []));
			const today = dayInTown(context.now());
			return ok(
				rows.map(
					(row): Review => ({
						id: row.id,
						ideaId: row.idea_id,
						service: row.service,
						reviewerId: row.reviewer_id,
						reviewer: names.get(row.reviewer_id ?? '') ?? null,
						assignedAt: row.assigned_at,
						dueOn: row.due_day,
						late: row.answered_at === null && row.due_day !== null && row.due_day < today,
						feasible: row.feasible as Review['feasible'],
						investmentCents: row.investment_cents === null ? null : Number(row.investment_cents),
						yearlyCents: row.yearly_cents === null ? null : Number(row.yearly_cents),
						how: row.how,
						timing: row.timing,
						privateNote: row.private_note,
						answeredAt: row.answered_at,
					}),
				),
			);
		},

		async reviewers(actor) {
			return mayReview(actor)
				? ok(await identity.people.holdersOf('participation:reviewer'))
				: refuse('platform.not_allowed');
		},

		async assign(actor, ideaIds, given) {
			if (!mayReview(actor)) return refuse('platform.not_allowed');
			const input = parseInput(assignInput, given);
			if (!input.ok) return input;
			const ids = [...new Set(ideaIds)];
			if (!ids.length) return refuse('participation.ideas_missing');
			if (ids.length > mostAtOnce) return refuse('participation.ideas_too_many', { most: mostAtOnce });
			const { service, reviewerId, dueOn } = input.value;
			return changing(db, async (trx) => {
				const { rows } = await sql<{ id: string }>`SELECT id FROM participation.idea
					WHERE id::text = ANY(${ids}::text[]) AND status = 'published'`.execute(trx);
				if (rows.length !== ids.length) return refuse('participation.idea_unknown');
				for (const { id } of rows) {
					const columns = { reviewer_id: reviewerId, due_on: dueOn, reminded_at: null };
					await trx
						.insertInto('participation.review')
						.values({
							id: newId(),
							idea_id: id,
							service,
							assigned_by: actor.kind === 'person' ? actor.id : null,
							assigned_at: context.now(),
							...columns,
						})
						.onConflict((conflict) => conflict.columns(['idea_id', 'service']).doUpdateSet(columns))
						.execute();
				}
				await writeTo(
					context,
					trx,
					[reviewerId],
					'letter_review_asked',
					{ count: ids.length, service, due: dueOn ?? '–' },
					'/espace/participation',
				);
				await platform.audit.record(trx, {
					actor,
					action: 'participation.review.assigned',
					subject: 'participation:reviews',
					detail: { service, ideas: ids.length },
				});
				return ok({ assigned: ids.length });
			});
		},

		async unassign(actor, reviewId) {
			if (!mayReview(actor)) return refuse('platform.not_allowed');
			const { rows } = await sql`DELETE FROM participation.review
				WHERE id = ${asId(reviewId)} AND answered_at IS NULL RETURNING id`.execute(db);
			return rows.length ? ok(null) : refuse('participation.review_unknown');
		},

		async answer(actor, reviewId, given) {
			if (!mayReview(actor)) return refuse('platform.not_allowed');
			const input = parseInput(answerInput, given);
			if (!input.ok) return input;
			const { feasible, investmentCents, yearlyCents, how, timing, privateNote } = input.value;
			return changing(db, async (trx) => {
				const row = await trx
					.updateTable('participation.review')
					.set({
						feasible,
						investment_cents: investmentCents,
						yearly_cents: yearlyCents,
						how,
						timing,
						private_note: privateNote,
						answered_at: context.now(),
					})
					.where('id', '=', asId(reviewId))
					.returning('idea_id')
					.executeTakeFirst();
				if (!row) return refuse('participation.review_unknown');
				await platform.audit.record(trx, {
					actor,
					action: 'participation.review.answered',
					subject: `idea:${row.idea_id}`,
				});
				return ok(null);
			});
		},

		async conclude(actor, ideaId, given) {
			if (!mayReview(actor)) return refuse('platform.not_allowed');
			const input = parseInput(concludeInput, given);
			if (!input.ok) return input;
			const { verdict, text: verdictText, investmentCents, yearlyCents } = input.value;
			return changing(db, async (trx) => {
				const idea = await lockedIdea(trx, ideaId);
				if (!idea) return refuse('participation.idea_unknown');
				if (idea.project) return refuse('participation.idea_already_project');
				await trx
					.updateTable('participation.idea')
					.set({
						verdict,
						verdict_text: verdictText,
						verdict_at: context.now(),
						investment_cents: verdict === 'unfeasible' ? null : investmentCents,
						yearly_cents: verdict === 'unfeasible' ? null : yearlyCents,
						updated_at: context.now(),
					})
					.where('id', '=', idea.id)
					.execute();
				await writeTo(
					context,
					trx,
					[idea.author_id],
					`letter_verdict_${verdict}`,
					{ title: idea.title, answer: verdictText, days: appealDays },
					pathOf(idea),
				);
				await noteNews(context, trx, {
					callId: idea.call_id,
					subject: { kind: 'idea', id: idea.id },
					title: {
						fr: `${idea.title} : avis des services`,
						en: `${idea.title}: the services’ opinion`,
					},
					url: pathOf(idea),
				});
				await platform.audit.record(trx, {
					actor,
					action: `participation.idea.${verdict}`,
					subject: `idea:${idea.id}`,
				});
				return ok(null);
			});
		},

		async appeal(actor, ideaId, given) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			const input = parseInput(words, given);
			if (!input.ok) return input;
			return changing(db, async (trx) => {
				const idea = await lockedIdea(trx, ideaId);
				if (!idea || idea.author_id !== person.value || idea.verdict !== 'unfeasible')
					return refuse('participation.idea_unknown');
				if (context.now().getTime() - (idea.verdict_at?.getTime() ?? 0) > appealDays * day)
					return refuse('participation.appeal_too_late', { days: appealDays });
				const { rows } =
					await sql`SELECT FROM participation.verdict_appeal WHERE idea_id = ${idea.id}`.execute(trx);
				if (rows.length) return refuse('participation.appealed_already');
				await trx
					.insertInto('participation.verdict_appeal')
					.values({ id: newId(), idea_id: idea.id, text: input.value, created_at: context.now() })
					.execute();
				return ok(null);
			});
		},

		async appealOf(actor, ideaId) {
			const personId = actor.kind === 'person' ? actor.id : null;
			const { rows } = await sql<{
				text: string;
				outcome: 'upheld' | 'reopened' | null;
				answer: string | null;
			}>`
				SELECT text, outcome, answer FROM participation.verdict_appeal JOIN participation.idea ON idea.id = idea_id
				WHERE idea_id = ${asId(ideaId)} AND (${mayReview(actor)} OR author_id = ${asId(personId)})`.execute(
				db,
			);
			return rows[0] ?? null;
		},

		async settleAppeal(actor, ideaId, given) {
			if (!mayReview(actor)) return refuse('platform.not_allowed');
			const input = parseInput(settleInput, given);
			if (!input.ok) return input;
			const { outcome, answer } = input.value;
			return changing(db, async (trx) => {
				const idea = await lockedIdea(trx, ideaId);
				if (!idea) return refuse('participation.idea_unknown');
				const { rows } = await sql`
					UPDATE participation.verdict_appeal SET outcome = ${outcome}, answer = ${answer}, settled_at = ${context.now()}
					WHERE idea_id = ${idea.id} AND settled_at IS NULL RETURNING id`.execute(trx);
				if (!rows.length) return refuse('participation.case_unknown');
				if (outcome === 'reopened')
					await trx
						.updateTable('participation.idea')
						.set({ verdict: null, verdict_text: null, verdict_at: null, updated_at: context.now() })
						.where('id', '=', idea.id)
						.execute();
				await writeTo(
					context,
					trx,
					[idea.author_id],
					`letter_verdict_appeal_${outcome}`,
					{ title: idea.title, answer },
					pathOf(idea),
				);
				await platform.audit.record(trx, {
					actor,
					action: `participation.verdict_appeal.${outcome}`,
					subject: `idea:${idea.id}`,
				});
				return ok(null);
			});
		},

		exportCsv: (actor, callId) => exportReviews(context, actor, callId),
		importCsv: (actor, callId, csv) => importReviews(context, actor, callId, csv),

		async remind(now = context.now()) {
			const soon = dayInTown(new Date(now.getTime() + remindDays * day));
			const today = dayInTown(now);
			return db.transaction().execute(async (trx) => {
				// Once when the day comes near, once when it is past.
				const { rows } = await sql<{ id: string; reviewer_id: string | null; service: string }>`
					UPDATE participation.review SET reminded_at = ${now}
					WHERE answered_at IS NULL AND due_on <= ${soon}::date
						AND (reminded_at IS NULL OR (due_on < ${today}::date
							AND (reminded_at AT TIME ZONE 'Europe/Paris')::date <= due_on))
						AND EXISTS (SELECT FROM participation.idea WHERE id = idea_id AND status = 'published' AND verdict IS NULL)
					RETURNING id, reviewer_id, service`.execute(trx);
				const owed = Map.groupBy(rows, ({ reviewer_id }) => reviewer_id);
				let letters = 0;
				for (const [reviewer, reviews] of owed) {
					const detail = {
						count: reviews.length,
						services: [...new Set(reviews.map((one) => one.service))].join(', '),
					};
					if (reviewer)
						await writeTo(context, trx, [reviewer], 'letter_review_due', detail, '/espace/participation');
					// Nobody in person is asked: those who run the call see to it.
					else
						for (const { email, name, locale } of await identity.people.addressesOfRole(
							'participation:manager',
						)) {
							const t = (part: string) =>
								platform.messages.t(locale, `participation.letter_review_due_${part}`, { name, ...detail });
							await platform.mail.send(
								{
									to: email,
									subject: t('subject'),
									text: `${t('text')}\n\n${platform.config.publicUrl}/espace/participation`,
								},
								trx,
							);
						}
					letters++;
				}
				return letters;
			});
		},
	};
}
