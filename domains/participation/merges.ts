import { type AnyTransaction, asId, changing, newId, ok, Refusal, refuse, textInput } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { type Context, noteNews, parseInput, paths, takingPart } from './context.ts';
import { isShaping } from './discussion.ts';
import type { MergeProposal, Merges } from './face.ts';
import { ideaWords } from './idea-input.ts';
import {
	follow,
	nextIdeaNumber,
	publishIdea,
	recountComments,
	recountSupports,
	unlistIdea,
} from './idea-visibility.ts';
import { writeTo } from './letters.ts';
import { mayModerate, mayReview } from './policies.ts';
import type { DB } from './tables.ts';

const mostIdeas = 20;
const reason = textInput(2000).default('');

const mergeInput = z.object({
	targetId: z.uuid('participation.idea_unknown'),
	ideaIds: z
		.array(z.uuid('participation.idea_unknown'))
		.min(1, 'participation.merge_too_few')
		.max(mostIdeas, 'participation.merge_too_many'),
	reason,
});
const splitInput = z.object({
	ideaId: z.uuid('participation.idea_unknown'),
	parts: z.array(ideaWords).min(2, 'participation.split_too_few').max(6, 'participation.merge_too_many'),
	reason,
});

interface IdeaRow {
	id: string;
	call_id: string;
	slug: string;
	number: number;
	title: string;
	author_id: string | null;
}

/**
 * One idea of several, or several of one, with their authors' consent. Merge: supporters, comments and followers move to
 * the target, who supported both counts once; the joined ideas stay readable and lead there. Split: each part becomes an
 * idea of the same author with the same supporters and followers; the original stays readable, leads to its first part and
 * is named by all. Nothing is merged once the vote has begun.
 */
export function createMerges(context: Context): Merges {
	const { db, platform } = context;

	/** Published ideas of one call, locked in order of their ids so that two proposals never wait for each other. */
	async function lockedIdeas(trx: Transaction<DB>, ids: readonly string[]): Promise<Map<string, IdeaRow>> {
		const { rows } = await sql<IdeaRow>`
			SELECT idea.id, idea.call_id, call.slug, idea.number, idea.title, idea.author_id FROM participation.idea
			JOIN participation.call ON call.id = idea.call_id
			WHERE idea.id = ANY(${[...ids].toSorted()}::uuid[]) AND idea.status = 'published'
				AND NOT EXISTS (SELECT FROM participation.project WHERE idea_id = idea.id)
			ORDER BY idea.id FOR UPDATE OF idea`.execute(trx);
		if (rows.length !== new Set(ids).size) throw new Refusal('participation.idea_unknown');
		if (new Set(rows.map(({ call_id }) => call_id)).size > 1)
			throw new Refusal('participation.merge_other_call');
		const [first] = rows;
		if (!first || !(await isShaping(context, trx, first.call_id)))
			throw new Refusal('participation.phase_closed');
		return new Map(rows.map((row) => [row.id, row]));
	}

	async function record(
		trx: Transaction<DB>,
		actor: Parameters<Merges['propose']>[0],
		kind: MergeProposal['kind'],
		ideas: ReadonlyMap<string, IdeaRow>,
		targetId: string,
		given: { parts: unknown; reason: string },
	): Promise<{ id: string }> {
		const agent = mayModerate(actor) || mayReview(actor);
		const personId = actor.kind === 'person' ? actor.id : null;
		const authors = [...ideas.values()].map(({ author_id }) => author_id);
		if (!agent && (personId === null || !authors.includes(personId)))
			throw new Refusal('participation.merge_not_yours');
		const { rows: open } = await sql`
			SELECT FROM participation.merge_proposal JOIN participation.merge_consent ON proposal_id = id
			WHERE merge_proposal.status = 'open' AND idea_id = ANY(${[...ideas.keys()]}::uuid[])`.execute(trx);
		if (open.length) throw new Refusal('participation.merge_open_already');
		const id = newId();
		const [first] = ideas.values();
		await trx
			.insertInto('participation.merge_proposal')
			.values({
				id,
				call_id: first?.call_id ?? '',
				kind,
				target_id: targetId,
				parts: JSON.stringify(given.parts),
				reason: given.reason,
				proposed_by: personId,
				proposed_by_agent: agent,
				proposed_at: context.now(),
			})
			.execute();
		for (const idea of ideas.values()) {
			// Who proposes agrees; for an idea without an author the agent who proposes does.
			const agrees = (personId !== null && idea.author_id === personId) || (idea.author_id === null && agent);
			await trx
				.insertInto('participation.merge_consent')
				.values({
					proposal_id: id,
					idea_id: idea.id,
					answer: agrees ? true : null,
					answered_at: agrees ? context.now() : null,
				})
				.execute();
			if (!agrees)
				await writeTo(
					context,
					trx,
					[idea.author_id],
					`letter_${kind}_proposed`,
					{ title: idea.title, reason: given.reason },
					`${paths.idea(idea.slug, idea.number)}#fusions`,
				);
		}
		if (agent)
			await platform.audit.record(trx, {
				actor,
				action: `participation.${kind}.proposed`,
				subject: `idea:${targetId}`,
			});
		await settle(trx, id);
		return { id };
	}

	/** Do what a proposal says, once the last author agrees. */
	async function settle(trx: Transaction<DB>, id: string): Promise<MergeProposal['status']> {
		const proposal = await trx
			.selectFrom('participation.merge_proposal')
			.selectAll()
			.where('id', '=', id)
			.executeTakeFirstOrThrow();
		const consents = await trx
			.selectFrom('participation.merge_consent')
			.selectAll()
			.where('proposal_id', '=', id)
			.execute();
		if (consents.some(({ answer }) => answer === null)) return 'open';
		const ideas = await lockedIdeas(
			trx,
			consents.map(({ idea_id }) => idea_id),
		);
		const target = ideas.get(proposal.target_id);
		if (!target) throw new Refusal('participation.idea_unknown');
		if (proposal.kind === 'merge')
			for (const idea of ideas.values()) {
				if (idea.id !== target.id) await join(trx, idea, target);
			}
		else await part(trx, target, proposal.parts as { title: string; body: string }[]);
		await trx
			.updateTable('participation.merge_proposal')
			.set({ status: 'done', settled_at: context.now() })
			.where('id', '=', id)
			.execute();
		await writeTo(
			context,
			trx,
			[...ideas.values()].map(({ author_id }) => author_id),
			`letter_${proposal.kind}_done`,
			{ title: target.title },
			paths.idea(target.slug, target.number),
		);
		return 'done';
	}

	async function copyFollowers(trx: AnyTransaction, from: string, to: string): Promise<void> {
		await sql`INSERT INTO participation.follow (person_id, subject_kind, subject_id, created_at)
			SELECT person_id, 'idea', ${to}, ${context.now()} FROM participation.follow
			WHERE subject_kind = 'idea' AND subject_id = ${from} ON CONFLICT DO NOTHING`.execute(trx);
	}

	async function join(trx: Transaction<DB>, idea: IdeaRow, target: IdeaRow): Promise<void> {
		await sql`INSERT INTO participation.support (idea_id, person_id, created_at, given_to_id)
			SELECT ${target.id}, person_id, created_at, coalesce(given_to_id, ${idea.id})
			FROM participation.support WHERE idea_id = ${idea.id} ON CONFLICT DO NOTHING`.execute(trx);
		await sql`DELETE FROM participation.support WHERE idea_id = ${idea.id}`.execute(trx);
		await sql`UPDATE participation.comment SET idea_id = ${target.id},
			written_under_id = coalesce(written_under_id, ${idea.id}) WHERE idea_id = ${idea.id}`.execute(trx);
		await copyFollowers(trx, idea.id, target.id);
		if (idea.author_id) await follow(context, trx, idea.author_id, { kind: 'idea', id: target.id });
		await trx
			.updateTable('participation.idea')
			.set({ status: 'merged', merged_into_id: target.id, updated_at: context.now() })
			.where('id', '=', idea.id)
			.execute();
		await unlistIdea(context, trx, idea.id);
		for (const { id } of [idea, target]) {
			await recountSupports(trx, id);
			await recountComments(trx, id);
		}
		await noteNews(context, trx, {
			callId: target.call_id,
			subject: { kind: 'idea', id: target.id },
			title: {
				fr: `« ${idea.title} » rejoint « ${target.title} »`,
				en: `“${idea.title}” joins “${target.title}”`,
			},
			url: paths.idea(target.slug, target.number),
		});
	}

	async function part(
		trx: Transaction<DB>,
		original: IdeaRow,
		parts: readonly { title: string; body: string }[],
	): Promise<void> {
		const ids: string[] = [];
		for (const { title, body } of parts) {
			const id = newId();
			const number = await nextIdeaNumber(trx, original.call_id);
			await sql`INSERT INTO participation.idea (id, call_id, envelope_id, category_id, number, author_id, community_id,
					title, body, longitude, latitude, address, district_id, place_id, status, created_at, updated_at)
				SELECT ${id}, call_id, envelope_id, category_id, ${number}, author_id, community_id, ${title}, ${body},
					longitude, latitude, address, district_id, place_id, 'waiting', ${context.now()}, ${context.now()}
				FROM participation.idea WHERE id = ${original.id}`.execute(trx);
			await sql`INSERT INTO participation.support (idea_id, person_id, created_at, given_to_id)
				SELECT ${id}, person_id, created_at, coalesce(given_to_id, ${original.id})
				FROM participation.support WHERE idea_id = ${original.id}`.execute(trx);
			await copyFollowers(trx, original.id, id);
			await publishIdea(context, trx, id);
			await recountSupports(trx, id);
			ids.push(id);
		}
		await trx
			.updateTable('participation.idea')
			.set({ status: 'merged', merged_into_id: ids[0] ?? null, updated_at: context.now() })
			.where('id', '=', original.id)
			.execute();
		await unlistIdea(context, trx, original.id);
		await noteNews(context, trx, {
			callId: original.call_id,
			subject: { kind: 'idea', id: original.id },
			title: {
				fr: `« ${original.title} » devient ${parts.length} idées`,
				en: `“${original.title}” becomes ${parts.length} ideas`,
			},
			url: paths.idea(original.slug, original.number),
		});
	}

	return {
		async propose(actor, given) {
			const input = parseInput(mergeInput, given);
			if (!input.ok) return input;
			const { targetId, ideaIds } = input.value;
			if (ideaIds.includes(targetId)) return refuse('participation.merge_with_itself');
			return changing(db, async (trx) => {
				const ideas = await lockedIdeas(trx, [targetId, ...ideaIds]);
				return ok(
					await record(trx, actor, 'merge', ideas, targetId, { parts: [], reason: input.value.reason }),
				);
			});
		},

		async proposeSplit(actor, given) {
			const input = parseInput(splitInput, given);
			if (!input.ok) return input;
			const { ideaId, parts } = input.value;
			return changing(db, async (trx) => {
				const ideas = await lockedIdeas(trx, [ideaId]);
				return ok(await record(trx, actor, 'split', ideas, ideaId, { parts, reason: input.value.reason }));
			});
		},

		async answer(actor, id, agrees) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			return changing(db, async (trx) => {
				const { rows: open } = await sql`SELECT FROM participation.merge_proposal
					WHERE id = ${asId(id)} AND status = 'open' FOR UPDATE`.execute(trx);
				if (!open.length) return refuse('participation.merge_unknown');
				const { rows: mine } = await sql`
					UPDATE participation.merge_consent SET answer = ${agrees}, answered_at = ${context.now()}
					WHERE proposal_id = ${id} AND answer IS NULL
						AND idea_id IN (SELECT id FROM participation.idea WHERE author_id = ${person.value})
					RETURNING idea_id`.execute(trx);
				if (!mine.length) return refuse('participation.merge_unknown');
				if (agrees) return ok({ status: await settle(trx, id) });
				await trx
					.updateTable('participation.merge_proposal')
					.set({ status: 'refused', settled_at: context.now() })
					.where('id', '=', id)
					.execute();
				return ok({ status: 'refused' as const });
			});
		},

		async withdraw(actor, id) {
			const agent = mayModerate(actor);
			const personId = actor.kind === 'person' ? actor.id : null;
			return changing(db, async (trx) => {
				const { rows } = await sql`UPDATE participation.merge_proposal
					SET status = 'withdrawn', settled_at = ${context.now()}
					WHERE id = ${asId(id)} AND status = 'open' AND (${agent} OR proposed_by::text = ${personId})
					RETURNING id`.execute(trx);
				return rows.length ? ok(null) : refuse('participation.merge_unknown');
			});
		},

		async list(actor, { ideaId, callId, awaiting }) {
			const personId = actor.kind === 'person' ? actor.id : null;
			const { rows } = await sql<{
				id: string;
				kind: MergeProposal['kind'];
				target_id: string;
				parts: { title: string; body: string }[];
				reason: string;
				proposed_at: Date;
				proposed_by_agent: boolean;
				status: MergeProposal['status'];
				settled_at: Date | null;
				slug: string;
				ideas: {
					id: string;
					number: number | null;
					title: string;
					answer: boolean | null;
					mine: boolean;
				}[];
			}>`
				SELECT proposal.*, call.slug, (SELECT json_agg(json_build_object('id', idea.id, 'number', idea.number,
						'title', CASE WHEN idea.status = 'hidden' THEN '' ELSE idea.title END, 'answer', consent.answer,
						'mine', idea.author_id IS NOT NULL AND idea.author_id = ${asId(personId)}) ORDER BY idea.number)
					FROM participation.merge_consent consent JOIN participation.idea ON idea.id = consent.idea_id
					WHERE consent.proposal_id = proposal.id) AS ideas
				FROM participation.merge_proposal proposal
				JOIN participation.call ON call.id = proposal.call_id AND call.status <> 'draft'
				WHERE ${ideaId === undefined ? sql`true` : sql`EXISTS (SELECT FROM participation.merge_consent WHERE proposal_id = proposal.id AND idea_id = ${asId(ideaId)})`}
					AND ${callId === undefined ? sql`true` : sql`proposal.call_id = ${asId(callId)}`}
					AND ${
						awaiting
							? sql`proposal.status = 'open' AND EXISTS (SELECT FROM participation.merge_consent
								JOIN participation.idea ON idea.id = idea_id
								WHERE proposal_id = proposal.id AND answer IS NULL AND author_id = ${asId(personId)})`
							: sql`true`
					}
				ORDER BY proposal.proposed_at DESC LIMIT 200`.execute(db);
			return rows.map((row) => {
				const link = ({ id, number, title }: { id: string; number: number | null; title: string }) => ({
					id,
					number,
					title,
					url: paths.idea(row.slug, number ?? id),
				});
				const target = row.ideas.find(({ id }) => id === row.target_id);
				return {
					id: row.id,
					kind: row.kind,
					target: link(target ?? { id: row.target_id, number: null, title: '' }),
					ideas: row.ideas
						.filter(({ id }) => row.kind === 'split' || id !== row.target_id)
						.map((idea) => ({ ...link(idea), answer: idea.answer })),
					parts: row.parts,
					reason: row.reason,
					proposedAt: row.proposed_at,
					proposedByAgent: row.proposed_by_agent,
					status: row.status,
					settledAt: row.settled_at,
					awaitsMe: row.status === 'open' && row.ideas.some(({ mine, answer }) => mine && answer === null),
				};
			});
		},
	};
}
