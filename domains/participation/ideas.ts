import { type Actor, asId, changing, newId, ok, refuse, textInput } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { attachmentsOf } from './attachment-rows.ts';
import { removeAttachments } from './attachments.ts';
import { asNumber, type Context, isOpen, parseInput, paths, takingPart } from './context.ts';
import { isShaping, waitsForModerator, withinRate } from './discussion.ts';
import type { Idea, IdeaQuery, Ideas } from './face.ts';
import { readIdea } from './idea-input.ts';
import { fromIdeas, type IdeaRow, ideaColumns, ideaSummaries } from './idea-rows.ts';
import {
	follow,
	hideIdea,
	keepRevision,
	nextIdeaNumber,
	publishIdea,
	recountSupports,
} from './idea-visibility.ts';
import { mayModerate, mayReview } from './policies.ts';
import { findSimilar } from './similar.ts';
import type { DB } from './tables.ts';

const mostPageSize = 100;
const mostDrafts = 20;
/** How long an author may answer a moderator. */
export const appealDays = 30;

export const reportReasons = ['offensive', 'personal_data', 'spam', 'off_topic', 'illegal', 'other'] as const;
const reportInput = z.object({
	reason: z.enum(reportReasons, 'participation.reason_missing'),
	note: textInput(1000).default(''),
});

const orders = {
	recent: sql`idea.published_at DESC, idea.id`,
	supported: sql`idea.support_count DESC, idea.id`,
	commented: sql`idea.comment_count DESC, idea.id`,
};

type FullRow = IdeaRow & {
	category_id: string | null;
	envelope_id: string | null;
	community_id: string | null;
	community_verified: boolean | null;
	district_id: string | null;
	address: string | null;
	place_id: string | null;
	merged_into_id: string | null;
	verdict_text: string | null;
	verdict_at: Date | null;
	investment_cents: string | null;
	yearly_cents: string | null;
	project_number: number | null;
	supports: boolean;
	follows: boolean;
	decision: {
		decision: 'published' | 'hidden';
		reason: string | null;
		public_text: string;
		decided_at: string;
		appealed: boolean;
	} | null;
};

export function createIdeas(context: Context): Ideas {
	const { db } = context;

	/** The author's own idea, locked; null for everybody else. */
	async function ownIdea(trx: Transaction<DB>, personId: string, id: string) {
		return trx
			.selectFrom('participation.idea')
			.selectAll()
			.where('id', '=', asId(id))
			.where('author_id', '=', personId)
			.forUpdate()
			.executeTakeFirst();
	}

	/** Ideas that joined one, or parts of one, or the one that was joined, as links. */
	async function links(condition: ReturnType<typeof sql>) {
		const { rows } = await sql<{ id: string; number: number | null; title: string; slug: string }>`
			SELECT idea.id, idea.number, idea.title, call.slug FROM participation.idea
			JOIN participation.call ON call.id = idea.call_id WHERE ${condition} ORDER BY idea.number`.execute(db);
		return rows.map(({ id, number, title, slug }) => ({
			number,
			title,
			url: paths.idea(slug, number ?? id),
		}));
	}

	return {
		async list(_actor, callId, query: IdeaQuery = {}) {
			const page = Math.max(1, Math.trunc(query.page ?? 1));
			const pageSize = Math.min(Math.max(1, Math.trunc(query.pageSize ?? 24)), mostPageSize);
			const { categoryId, envelopeId, districtId, verdict, sort = 'recent' } = query;
			const text = query.text?.replaceAll('\0', '').trim().slice(0, 200);
			const narrowed = sql`WHERE idea.call_id = ${asId(callId)} AND idea.status = 'published' AND call.status <> 'draft'
				${categoryId === undefined ? sql`` : sql`AND idea.category_id = ${asId(categoryId)}`}
				${envelopeId === undefined ? sql`` : sql`AND idea.envelope_id = ${asId(envelopeId)}`}
				${districtId === undefined ? sql`` : sql`AND idea.district_id = ${asId(districtId)}`}
				${verdict === undefined ? sql`` : verdict === 'none' ? sql`AND idea.verdict IS NULL` : sql`AND idea.verdict = ${verdict}`}
				${text ? sql`AND (idea.document @@ websearch_to_tsquery('town.french', ${text}) OR idea.plain_title %> town.plain(${text}))` : sql``}`;
			const order =
				sort === 'random' ? sql`md5(${query.seed ?? ''} || idea.id::text), idea.id` : orders[sort];
			const [{ rows }, { rows: counts }] = await Promise.all([
				// The page's ids first: names, photos and words are read for those alone.
				sql<IdeaRow>`SELECT ${ideaColumns} ${fromIdeas} JOIN (
						SELECT idea.id FROM participation.idea JOIN participation.call ON call.id = idea.call_id ${narrowed}
						ORDER BY ${order} LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}) AS chosen ON chosen.id = idea.id
					ORDER BY ${order}`.execute(db),
				sql<{ count: number }>`SELECT count(*)::int AS count FROM participation.idea
					JOIN participation.call ON call.id = idea.call_id ${narrowed}`.execute(db),
			]);
			return { items: await ideaSummaries(context, rows), total: counts[0]?.count ?? 0, page, pageSize };
		},

		async positions(callId) {
			const { rows } = await sql<{
				id: string;
				title: string;
				slug: string;
				number: number;
				longitude: number;
				latitude: number;
			}>`
				SELECT idea.id, idea.title, call.slug, idea.number, idea.longitude, idea.latitude FROM participation.idea
				JOIN participation.call ON call.id = idea.call_id
				WHERE idea.call_id = ${asId(callId)} AND idea.status = 'published' AND call.status <> 'draft'
					AND idea.longitude IS NOT NULL ORDER BY idea.number LIMIT 5000`.execute(db);
			return rows.map(({ slug, number, ...row }) => ({ ...row, url: paths.idea(slug, number) }));
		},

		async get(actor, callId, reference) {
			const personId = actor.kind === 'person' ? actor.id : null;
			const { rows } = await sql<FullRow>`
				SELECT ${ideaColumns}, community.verified_at IS NOT NULL AS community_verified,
					(SELECT number FROM participation.project WHERE idea_id = idea.id) AS project_number,
					EXISTS (SELECT FROM participation.support WHERE idea_id = idea.id AND person_id = ${personId}) AS supports,
					EXISTS (SELECT FROM participation.follow WHERE subject_kind = 'idea' AND subject_id = idea.id
						AND person_id = ${personId}) AS follows,
					(SELECT json_build_object('decision', decision, 'reason', reason, 'public_text', public_text,
							'decided_at', decided_at, 'appealed', appealed_at IS NOT NULL)
						FROM participation.moderation_decision WHERE subject_kind = 'idea' AND subject_id = idea.id
						ORDER BY moderation_decision.decided_at DESC, moderation_decision.id DESC LIMIT 1) AS decision
				${fromIdeas} WHERE idea.call_id = ${asId(callId)}
					AND (idea.id = ${asId(reference)} OR idea.number = ${asNumber(reference)})`.execute(db);
			const [row] = rows;
			if (!row || !maySee(actor, row)) return null;
			const author = personId !== null && row.author_id === personId;
			const insider = author || mayModerate(actor);
			const veiled = row.status === 'hidden' && !insider;
			const [[summary], attachments, revisions, mergedInto, joined, proposing] = await Promise.all([
				ideaSummaries(context, [row]),
				veiled ? [] : attachmentsOf(db, { kind: 'idea', id: row.id }),
				veiled
					? []
					: db
							.selectFrom('participation.idea_revision')
							.select(['title', 'body', 'replaced_at as replacedAt'])
							.where('idea_id', '=', row.id)
							.orderBy('replaced_at', 'desc')
							.execute(),
				row.merged_into_id ? links(sql`idea.id = ${row.merged_into_id}`) : [],
				links(sql`idea.merged_into_id = ${row.id}`),
				author ? isOpen(context, db, row.call_id, 'proposing') : false,
			]);
			if (!summary) return null;
			const { decision } = row;
			const mayEdit = author && proposing && ['draft', 'waiting', 'published'].includes(row.status);
			return {
				...summary,
				...(veiled && {
					title: context.platform.messages.t('fr', 'participation.idea_hidden_title'),
					excerpt: '',
					photo: null,
				}),
				callId: row.call_id,
				body: veiled ? '' : row.body,
				authorId: row.author_id,
				community:
					row.community_id && row.community
						? { id: row.community_id, name: row.community, verified: row.community_verified ?? false }
						: null,
				categoryId: row.category_id,
				envelopeId: row.envelope_id,
				address: veiled ? null : row.address,
				placeId: row.place_id,
				attachments,
				revisions,
				mergedInto: mergedInto[0] ?? null,
				joined,
				verdictText: row.verdict_text,
				verdictAt: row.verdict_at,
				investmentCents: row.investment_cents === null ? null : Number(row.investment_cents),
				yearlyCents: row.yearly_cents === null ? null : Number(row.yearly_cents),
				projectUrl: row.project_number === null ? null : paths.project(row.slug, row.project_number),
				moderation: decision && {
					decision: decision.decision,
					reason: decision.reason,
					publicText: decision.public_text,
					mayAppeal:
						author &&
						row.status === 'hidden' &&
						!decision.appealed &&
						context.now().getTime() - Date.parse(decision.decided_at) < appealDays * 86_400_000,
				},
				mine: {
					author,
					supports: row.supports,
					follows: row.follows,
					mayEdit,
					mayWithdraw:
						author && row.project_number === null && ['draft', 'waiting', 'published'].includes(row.status),
				},
			} satisfies Idea;
		},

		async mine(actor) {
			const person = takingPart(actor);
			if (!person.ok) return [];
			const { rows } = await sql<IdeaRow>`
				SELECT ${ideaColumns} ${fromIdeas} WHERE idea.author_id = ${person.value}
				ORDER BY idea.status = 'draft' DESC, idea.created_at DESC LIMIT 200`.execute(db);
			return ideaSummaries(context, rows);
		},

		similar: (callId, like) => findSimilar(context, callId, like),

		async saveDraft(actor, callId, given, id) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			return changing(db, async (trx) => {
				const draft = id ? await ownIdea(trx, person.value, id) : undefined;
				if (id && draft?.status !== 'draft') return refuse('participation.idea_unknown');
				const call = draft?.call_id ?? callId;
				if (!(await isOpen(context, trx, call, 'proposing'))) return refuse('participation.phase_closed');
				const columns = await readIdea(context, trx, { callId: call, personId: person.value }, given);
				if (!columns.ok) return columns;
				if (draft) {
					await trx
						.updateTable('participation.idea')
						.set({ ...columns.value, updated_at: context.now() })
						.where('id', '=', draft.id)
						.execute();
					return ok({ id: draft.id });
				}
				await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`participation ${person.value}`}, 0))`.execute(
					trx,
				);
				const { rows } = await sql<{ count: number }>`SELECT count(*)::int AS count FROM participation.idea
					WHERE author_id = ${person.value} AND status = 'draft'`.execute(trx);
				if ((rows[0]?.count ?? 0) >= mostDrafts)
					return refuse('participation.too_many_drafts', { most: mostDrafts });
				const fresh = newId();
				await trx
					.insertInto('participation.idea')
					.values({
						id: fresh,
						call_id: call,
						author_id: person.value,
						created_at: context.now(),
						updated_at: context.now(),
						...columns.value,
					})
					.execute();
				return ok({ id: fresh });
			});
		},

		async submit(actor, id) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			return changing(db, async (trx) => {
				const idea = await ownIdea(trx, person.value, id);
				if (idea?.status !== 'draft') return refuse('participation.idea_unknown');
				if (!(await isOpen(context, trx, idea.call_id, 'proposing')))
					return refuse('participation.phase_closed');
				const rate = await withinRate(context, trx, person.value, 'ideas');
				if (!rate.ok) return rate;
				const waits = await waitsForModerator(trx, { ...actor, id: person.value });
				const number = await nextIdeaNumber(trx, idea.call_id);
				await trx
					.updateTable('participation.idea')
					.set({ number, status: 'waiting', created_at: context.now(), updated_at: context.now() })
					.where('id', '=', idea.id)
					.execute();
				await follow(context, trx, person.value, { kind: 'idea', id: idea.id });
				if (!waits) await publishIdea(context, trx, idea.id);
				const { slug } = await trx
					.selectFrom('participation.call')
					.select('slug')
					.where('id', '=', idea.call_id)
					.executeTakeFirstOrThrow();
				return ok({
					status: waits ? ('waiting' as const) : ('published' as const),
					url: paths.idea(slug, number),
				});
			});
		},

		async edit(actor, id, given) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			return changing(db, async (trx) => {
				const idea = await ownIdea(trx, person.value, id);
				if (!idea || !['waiting', 'published'].includes(idea.status))
					return refuse('participation.idea_unknown');
				if (!(await isOpen(context, trx, idea.call_id, 'proposing')))
					return refuse('participation.phase_closed');
				const columns = await readIdea(context, trx, { callId: idea.call_id, personId: person.value }, given);
				if (!columns.ok) return columns;
				const { title, body } = columns.value;
				if (idea.status === 'published' && (title !== idea.title || body !== idea.body))
					await keepRevision(context, trx, idea);
				await trx
					.updateTable('participation.idea')
					.set({ ...columns.value, updated_at: context.now() })
					.where('id', '=', idea.id)
					.execute();
				if (idea.status === 'published') await publishIdea(context, trx, idea.id);
				return ok(null);
			});
		},

		async withdraw(actor, id) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			return changing(db, async (trx) => {
				const idea = await ownIdea(trx, person.value, id);
				if (!idea || !['draft', 'waiting', 'published'].includes(idea.status))
					return refuse('participation.idea_unknown');
				if (idea.status === 'draft') {
					await removeAttachments(context, trx, 'idea', [idea.id]);
					await trx.deleteFrom('participation.idea').where('id', '=', idea.id).execute();
					return ok(null);
				}
				const { rows } = await sql`SELECT FROM participation.project WHERE idea_id = ${idea.id}`.execute(trx);
				if (rows.length) return refuse('participation.idea_already_project');
				await hideIdea(context, trx, idea.id, 'withdrawn');
				return ok(null);
			});
		},

		async support(actor, id, wanted) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			return changing(db, async (trx) => {
				const { rows } = await sql<{ id: string; call_id: string }>`
					SELECT id, call_id FROM participation.idea WHERE id = ${asId(id)} AND status = 'published'
					FOR UPDATE`.execute(trx);
				const [idea] = rows;
				if (!idea) return refuse('participation.idea_unknown');
				if (!(await isShaping(context, trx, idea.call_id))) return refuse('participation.phase_closed');
				if (wanted)
					await trx
						.insertInto('participation.support')
						.values({ idea_id: idea.id, person_id: person.value, created_at: context.now() })
						.onConflict((conflict) => conflict.doNothing())
						.execute();
				else
					await trx
						.deleteFrom('participation.support')
						.where('idea_id', '=', idea.id)
						.where('person_id', '=', person.value)
						.execute();
				await recountSupports(trx, idea.id);
				const { support_count } = await trx
					.selectFrom('participation.idea')
					.select('support_count')
					.where('id', '=', idea.id)
					.executeTakeFirstOrThrow();
				return ok({ supportCount: support_count });
			});
		},

		async report(actor, subject, given) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			const input = parseInput(reportInput, given);
			if (!input.ok) return input;
			return changing(db, async (trx) => {
				const { rows } = await (subject.kind === 'idea'
					? sql`SELECT FROM participation.idea WHERE id = ${asId(subject.id)} AND status = 'published'`
					: sql`SELECT FROM participation.comment WHERE id = ${asId(subject.id)} AND status = 'published'`
				).execute(trx);
				if (!rows.length) return refuse('participation.idea_unknown');
				const rate = await withinRate(context, trx, person.value, 'reports');
				if (!rate.ok) return rate;
				await trx
					.insertInto('participation.report')
					.values({
						id: newId(),
						subject_kind: subject.kind,
						subject_id: subject.id,
						reporter_id: person.value,
						reason: input.value.reason,
						note: input.value.note,
						created_at: context.now(),
					})
					.onConflict((conflict) => conflict.doNothing())
					.execute();
				return ok(null);
			});
		},
	};
}

/** Published, merged and hidden ideas have a page (the last without its words); the others are for their author and moderators. */
function maySee(actor: Actor, idea: { status: string; author_id: string | null }): boolean {
	if (['published', 'merged', 'hidden'].includes(idea.status)) return true;
	if (actor.kind === 'person' && actor.id !== null && idea.author_id === actor.id) return true;
	return idea.status === 'waiting' || idea.status === 'withdrawn'
		? mayModerate(actor) || mayReview(actor)
		: false;
}
