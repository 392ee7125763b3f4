import { asId, changing, newId, ok, refuse, textInput } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput, paths, takingPart } from './context.ts';
import type { Moderation, ModerationCase } from './face.ts';
import { nobody } from './idea-rows.ts';
import { hideIdea, publishIdea, recountComments } from './idea-visibility.ts';
import { appealDays, reportReasons } from './ideas.ts';
import { writeTo } from './letters.ts';
import { mayManage, mayModerate } from './policies.ts';
import type { DB } from './tables.ts';

const hour = 3_600_000;
/** Time in which moderators decide, from when the case came. */
const dueHours = { waiting: 48, reported: 48, appealed: 7 * 24 } as const;
const mostShown = 300;

const decisionInput = z
	.object({
		decision: z.enum(['published', 'hidden']),
		reason: z.enum(reportReasons).nullable().default(null),
		publicText: textInput(1000).default(''),
	})
	.refine(({ decision, reason }) => decision === 'published' || reason !== null, {
		message: 'participation.reason_missing',
	})
	.refine(({ decision, publicText }) => decision === 'published' || publicText.length > 0, {
		message: 'participation.public_text_missing',
	});
const words = textInput(4000, 'participation.words_missing');
const outcomeInput = z.object({ outcome: z.enum(['upheld', 'overturned']), answer: words });

type Subject = { kind: 'idea' | 'comment'; id: string };

interface Locked {
	id: string;
	ideaId: string;
	authorId: string | null;
	status: string;
	title: string;
	url: string;
}

/** The moderators' queue: first contributions, reports, appeals. Every decision is logged for everybody. */
export function createModeration(context: Context): Moderation {
	const { db, platform, identity } = context;

	/** The subject with its idea, both locked. */
	async function locked(trx: Transaction<DB>, subject: Subject): Promise<Locked | null> {
		const { rows } = await (subject.kind === 'idea'
			? sql<Row>`SELECT idea.id, idea.id AS idea_id, idea.author_id, idea.status, idea.title, idea.number, call.slug
					FROM participation.idea JOIN participation.call ON call.id = call_id WHERE idea.id = ${asId(subject.id)}
						AND idea.status IN ('waiting', 'published', 'hidden') FOR UPDATE OF idea`
			: sql<Row>`SELECT comment.id, idea.id AS idea_id, comment.author_id, comment.status, idea.title, idea.number, call.slug
					FROM participation.comment JOIN participation.idea ON idea.id = idea_id
					JOIN participation.call ON call.id = call_id WHERE comment.id = ${asId(subject.id)}
						AND comment.status IN ('waiting', 'published', 'hidden') FOR UPDATE OF comment, idea`
		).execute(trx);
		const [row] = rows;
		return row
			? {
					id: row.id,
					ideaId: row.idea_id,
					authorId: row.author_id,
					status: row.status,
					title: row.title,
					url: paths.idea(row.slug, row.number ?? row.idea_id),
				}
			: null;
	}

	async function apply(
		trx: Transaction<DB>,
		kind: Subject['kind'],
		found: Locked,
		decision: 'published' | 'hidden',
	) {
		if (kind === 'idea') {
			if (decision === 'hidden') await hideIdea(context, trx, found.id);
			else if (found.status !== 'published') await publishIdea(context, trx, found.id);
			return;
		}
		await trx
			.updateTable('participation.comment')
			.set({ status: decision })
			.where('id', '=', found.id)
			.execute();
		await recountComments(trx, found.ideaId);
	}

	const latest = (subject: Subject) => sql`
		SELECT id, decided_by, decided_at, appealed_at, appeal_decided_at FROM participation.moderation_decision
		WHERE subject_kind = ${subject.kind} AND subject_id = ${asId(subject.id)}
		ORDER BY decided_at DESC, id DESC LIMIT 1`;

	/** SQL for what is in the queue: one row a subject and cause. */
	const cases = sql`
		SELECT 'idea' AS kind, id, 'waiting' AS cause, created_at AS since FROM participation.idea WHERE status = 'waiting'
		UNION ALL SELECT 'comment', id, 'waiting', created_at FROM participation.comment WHERE status = 'waiting'
		UNION ALL SELECT subject_kind, subject_id, 'reported', min(created_at) FROM participation.report
			WHERE settled_at IS NULL GROUP BY subject_kind, subject_id
		UNION ALL SELECT subject_kind, subject_id, 'appealed', appealed_at FROM participation.moderation_decision
			WHERE appealed_at IS NOT NULL AND appeal_decided_at IS NULL`;

	return {
		async queue(actor) {
			if (!mayModerate(actor)) return refuse('platform.not_allowed');
			const { rows } = await sql<{
				kind: Subject['kind'];
				id: string;
				cause: ModerationCase['cause'];
				since: Date;
				slug: string;
				number: number | null;
				idea_id: string;
				title: string;
				body: string;
				author_id: string | null;
				appeal: string | null;
				reports: { reason: string; note: string; at: string }[] | null;
			}>`
				SELECT found.*, call.slug, idea.number, idea.id AS idea_id, idea.title,
					coalesce(comment.body, idea.body) AS body,
					CASE found.kind WHEN 'comment' THEN comment.author_id ELSE idea.author_id END AS author_id,
					(SELECT appeal_text FROM participation.moderation_decision d WHERE d.subject_kind = found.kind
						AND d.subject_id = found.id AND appealed_at IS NOT NULL AND appeal_decided_at IS NULL LIMIT 1) AS appeal,
					(SELECT json_agg(json_build_object('reason', reason, 'note', note, 'at', report.created_at)
							ORDER BY report.created_at)
						FROM participation.report WHERE subject_kind = found.kind AND subject_id = found.id
							AND settled_at IS NULL) AS reports
				FROM (${cases}) AS found
				LEFT JOIN participation.comment ON found.kind = 'comment' AND comment.id = found.id
				JOIN participation.idea ON idea.id = CASE found.kind WHEN 'comment' THEN comment.idea_id ELSE found.id END
				JOIN participation.call ON call.id = idea.call_id
				ORDER BY found.since, found.id LIMIT ${mostShown}`.execute(db);
			const names = await identity.people.names(rows.flatMap(({ author_id }) => author_id ?? []));
			return ok(
				rows.map((row) => ({
					kind: row.kind,
					id: row.id,
					callSlug: row.slug,
					title: row.title,
					body: row.body,
					author: names.get(row.author_id ?? '') ?? nobody(context),
					url: paths.idea(row.slug, row.number ?? row.idea_id),
					cause: row.cause,
					reports: (row.reports ?? []).map(({ reason, note, at }) => ({ reason, note, at: new Date(at) })),
					appeal: row.appeal,
					since: row.since,
					dueAt: new Date(row.since.getTime() + dueHours[row.cause] * hour),
				})),
			);
		},

		async waiting(actor) {
			if (!mayModerate(actor)) return 0;
			const { rows } = await sql<{
				count: number;
			}>`SELECT count(*)::int AS count FROM (${cases}) AS found`.execute(db);
			return rows[0]?.count ?? 0;
		},

		async decide(actor, subject, given) {
			if (!mayModerate(actor)) return refuse('platform.not_allowed');
			const input = parseInput(decisionInput, given);
			if (!input.ok) return input;
			const { decision, reason, publicText } = input.value;
			return changing(db, async (trx) => {
				const found = await locked(trx, subject);
				if (!found) return refuse('participation.case_unknown');
				await apply(trx, subject.kind, found, decision);
				await trx
					.insertInto('participation.moderation_decision')
					.values({
						id: newId(),
						subject_kind: subject.kind,
						subject_id: found.id,
						decision,
						reason: decision === 'hidden' ? reason : null,
						public_text: publicText,
						decided_by: actor.kind === 'person' ? actor.id : null,
						decided_at: context.now(),
					})
					.execute();
				await trx
					.updateTable('participation.report')
					.set({ settled_at: context.now() })
					.where('subject_kind', '=', subject.kind)
					.where('subject_id', '=', found.id)
					.where('settled_at', 'is', null)
					.execute();
				if (decision === 'hidden' || found.status === 'waiting')
					await writeTo(
						context,
						trx,
						[found.authorId],
						`letter_${decision}`,
						{ title: found.title, reason: publicText, days: appealDays },
						found.url,
					);
				await platform.audit.record(trx, {
					actor,
					action: `participation.${subject.kind}.${decision}`,
					subject: `${subject.kind}:${found.id}`,
				});
				return ok(null);
			});
		},

		async appeal(actor, subject, given) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			const input = parseInput(words, given);
			if (!input.ok) return input;
			return changing(db, async (trx) => {
				const found = await locked(trx, subject);
				if (!found || found.authorId !== person.value || found.status !== 'hidden')
					return refuse('participation.case_unknown');
				const { rows } = await latest(subject).execute(trx);
				const decision = rows[0] as { id: string; decided_at: Date; appealed_at: Date | null } | undefined;
				if (!decision) return refuse('participation.case_unknown');
				if (decision.appealed_at) return refuse('participation.appealed_already');
				if (context.now().getTime() - decision.decided_at.getTime() > appealDays * 24 * hour)
					return refuse('participation.appeal_too_late', { days: appealDays });
				await trx
					.updateTable('participation.moderation_decision')
					.set({ appeal_text: input.value, appealed_at: context.now() })
					.where('id', '=', decision.id)
					.execute();
				return ok(null);
			});
		},

		async decideAppeal(actor, subject, given) {
			if (!mayModerate(actor)) return refuse('platform.not_allowed');
			const input = parseInput(outcomeInput, given);
			if (!input.ok) return input;
			const { outcome, answer } = input.value;
			return changing(db, async (trx) => {
				const found = await locked(trx, subject);
				const { rows } = await latest(subject).execute(trx);
				const decision = rows[0] as
					| {
							id: string;
							decided_by: string | null;
							appealed_at: Date | null;
							appeal_decided_at: Date | null;
					  }
					| undefined;
				if (!found || !decision?.appealed_at || decision.appeal_decided_at)
					return refuse('participation.case_unknown');
				// Somebody else looks again, unless they answer for the whole.
				if (actor.kind === 'person' && actor.id === decision.decided_by && !mayManage(actor))
					return refuse('participation.appeal_by_another');
				if (outcome === 'overturned') await apply(trx, subject.kind, found, 'published');
				await trx
					.updateTable('participation.moderation_decision')
					.set({
						appeal_outcome: outcome,
						appeal_answer: answer,
						appeal_decided_by: actor.kind === 'person' ? actor.id : null,
						appeal_decided_at: context.now(),
					})
					.where('id', '=', decision.id)
					.execute();
				await writeTo(
					context,
					trx,
					[found.authorId],
					`letter_appeal_${outcome}`,
					{ title: found.title, answer },
					found.url,
				);
				await platform.audit.record(trx, {
					actor,
					action: `participation.appeal.${outcome}`,
					subject: `${subject.kind}:${found.id}`,
				});
				return ok(null);
			});
		},

		async log(callId, limit = 100) {
			const { rows } = await sql<{
				kind: Subject['kind'];
				decision: string;
				reason: string | null;
				publicText: string;
				decidedAt: Date;
				appealOutcome: string | null;
			}>`
				SELECT subject_kind AS kind, decision, reason, public_text AS "publicText", decided_at AS "decidedAt",
					appeal_outcome AS "appealOutcome"
				FROM participation.moderation_decision d
				LEFT JOIN participation.comment ON d.subject_kind = 'comment' AND comment.id = d.subject_id
				JOIN participation.idea ON idea.id = coalesce(comment.idea_id, d.subject_id)
				JOIN participation.call ON call.id = idea.call_id AND call.status <> 'draft'
				WHERE idea.call_id = ${asId(callId)} ORDER BY decided_at DESC, d.id DESC
				LIMIT ${Math.min(limit, 500)}`.execute(db);
			return rows;
		},
	};
}

interface Row {
	id: string;
	idea_id: string;
	author_id: string | null;
	status: string;
	title: string;
	number: number | null;
	slug: string;
}
