import { asId, changing, newId, ok, refuse, tidyText } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput, paths, takingPart } from './context.ts';
import { isGoingOn, waitsForModerator, withinRate } from './discussion.ts';
import type { Comment, Comments } from './face.ts';
import { nobody } from './idea-rows.ts';
import { recountComments } from './idea-visibility.ts';
import { mayModerate } from './policies.ts';

const mostPageSize = 100;

const commentInput = z.object({
	body: z
		.string()
		.transform(tidyText)
		.pipe(z.string().min(1, 'participation.comment_empty').max(4000, 'participation.comment_too_long')),
	parentId: z.uuid().nullable().default(null),
});

interface Row {
	id: string;
	parent_id: string | null;
	author_id: string | null;
	body: string;
	status: Comment['status'];
	created_at: Date;
	from_title: string | null;
	from_slug: string | null;
	from_number: number | null;
}

export function createComments(context: Context): Comments {
	const { db } = context;

	const columns = sql`comment.id, comment.parent_id, comment.author_id, comment.body, comment.status, comment.created_at,
		written.title AS from_title, written.number AS from_number, call.slug AS from_slug
		FROM participation.comment
		LEFT JOIN participation.idea AS written ON written.id = comment.written_under_id
		LEFT JOIN participation.call ON call.id = written.call_id`;

	return {
		async list(actor, ideaId, query = {}) {
			const page = Math.max(1, Math.trunc(query.page ?? 1));
			const pageSize = Math.min(Math.max(1, Math.trunc(query.pageSize ?? 30)), mostPageSize);
			const personId = actor.kind === 'person' ? actor.id : null;
			// What waits is for its author and the moderators; what is gone keeps its place where it was answered.
			const visible = sql`(comment.status <> 'waiting' OR comment.author_id = ${asId(personId)} OR ${mayModerate(actor)})`;
			const [{ rows: heads }, { rows: counts }] = await Promise.all([
				sql<Row>`SELECT ${columns} WHERE comment.idea_id = ${asId(ideaId)} AND comment.parent_id IS NULL AND ${visible}
					ORDER BY comment.created_at DESC, comment.id DESC LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`.execute(
					db,
				),
				sql<{ count: number }>`SELECT count(*)::int AS count FROM participation.comment
					WHERE idea_id = ${asId(ideaId)} AND parent_id IS NULL AND ${visible}`.execute(db),
			]);
			const { rows: answers } = await sql<Row>`
				SELECT ${columns} WHERE comment.parent_id = ANY(${heads.map(({ id }) => id)}::uuid[]) AND ${visible}
				ORDER BY comment.created_at, comment.id`.execute(db);
			const names = await context.identity.people.names(
				[...heads, ...answers].flatMap(({ author_id }) => author_id ?? []),
			);
			const shown = (row: Row, under: Comment[]): Comment => {
				const mine = personId !== null && row.author_id === personId;
				const readable =
					row.status === 'published' || row.status === 'waiting' || (row.status === 'hidden' && mine);
				return {
					id: row.id,
					parentId: row.parent_id,
					author: readable ? (names.get(row.author_id ?? '') ?? nobody(context)) : '',
					body: readable ? row.body : '',
					status: row.status,
					createdAt: row.created_at,
					writtenUnder:
						row.from_title !== null && row.from_slug !== null
							? { title: row.from_title, url: paths.idea(row.from_slug, row.from_number ?? '') }
							: null,
					mine,
					answers: under,
				};
			};
			return {
				items: heads.map((head) =>
					shown(
						head,
						answers.filter(({ parent_id }) => parent_id === head.id).map((answer) => shown(answer, [])),
					),
				),
				total: counts[0]?.count ?? 0,
			};
		},

		async write(actor, ideaId, given) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			const input = parseInput(commentInput, given);
			if (!input.ok) return input;
			const { body, parentId } = input.value;
			return changing(db, async (trx) => {
				const { rows } = await sql<{ id: string; call_id: string }>`
					SELECT id, call_id FROM participation.idea WHERE id = ${asId(ideaId)} AND status = 'published'
					FOR UPDATE`.execute(trx);
				const [idea] = rows;
				if (!idea) return refuse('participation.idea_unknown');
				if (!(await isGoingOn(context, trx, idea.call_id))) return refuse('participation.phase_closed');
				if (parentId !== null) {
					const { rows: parents } = await sql`SELECT FROM participation.comment WHERE id = ${parentId}
						AND idea_id = ${idea.id} AND parent_id IS NULL AND status = 'published'`.execute(trx);
					if (!parents.length) return refuse('participation.comment_unknown');
				}
				const rate = await withinRate(context, trx, person.value, 'comments');
				if (!rate.ok) return rate;
				const status = (await waitsForModerator(trx, { ...actor, id: person.value }))
					? ('waiting' as const)
					: ('published' as const);
				const id = newId();
				await trx
					.insertInto('participation.comment')
					.values({
						id,
						idea_id: idea.id,
						parent_id: parentId,
						author_id: person.value,
						body,
						status,
						created_at: context.now(),
					})
					.execute();
				await recountComments(trx, idea.id);
				return ok({ id, status });
			});
		},

		async withdraw(actor, id) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			return changing(db, async (trx) => {
				const comment = await trx
					.updateTable('participation.comment')
					.set({ status: 'withdrawn' })
					.where('id', '=', asId(id))
					.where('author_id', '=', person.value)
					.where('status', 'in', ['waiting', 'published'])
					.returning('idea_id')
					.executeTakeFirst();
				if (!comment) return refuse('participation.comment_unknown');
				await sql`SELECT FROM participation.idea WHERE id = ${comment.idea_id} FOR UPDATE`.execute(trx);
				await recountComments(trx, comment.idea_id);
				return ok(null);
			});
		},
	};
}
