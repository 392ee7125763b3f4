import { type AnyTransaction, newId } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { type Context, noteNews, paths } from './context.ts';
import type { DB } from './tables.ts';

/** Show an idea to everybody: list, search, timeline, news. The first time it is dated. */
export async function publishIdea(context: Context, trx: AnyTransaction, id: string): Promise<void> {
	const own = trx as unknown as Transaction<DB>;
	const { rows } = await sql<{ published_at: Date | null }>`
		SELECT published_at FROM participation.idea WHERE id = ${id} FOR UPDATE`.execute(trx);
	const first = rows[0]?.published_at === null;
	const idea = await own
		.updateTable('participation.idea')
		.set({ status: 'published', updated_at: context.now() })
		.$if(first, (query) => query.set({ published_at: context.now() }))
		.where('id', '=', id)
		.returning(['call_id', 'number', 'title', 'body', 'place_id', 'published_at'])
		.executeTakeFirstOrThrow();
	const { slug } = await own
		.selectFrom('participation.call')
		.select('slug')
		.where('id', '=', idea.call_id)
		.executeTakeFirstOrThrow();
	const url = paths.idea(slug, idea.number ?? id);
	const title = { fr: `Une idée : ${idea.title}`, en: `An idea: ${idea.title}` };
	await context.town.timeline.record(trx, {
		room: 'participation',
		subject: `idea:${id}`,
		placeId: idea.place_id,
		happenedAt: idea.published_at ?? context.now(),
		title,
		url,
	});
	await context.town.search.index(trx, [
		{ room: 'participation', kind: 'idea', id, title: idea.title, body: idea.body, url },
	]);
	if (!first) return;
	await noteNews(context, trx, { callId: idea.call_id, subject: { kind: 'idea', id }, title, url });
	await context.platform.events.publish(trx, 'participation.idea.published', { ideaId: id });
}

/** Take an idea out of list, search and timeline; what it was stays in the database. */
export async function hideIdea(
	context: Context,
	trx: AnyTransaction,
	id: string,
	status: 'hidden' | 'withdrawn' = 'hidden',
): Promise<void> {
	await (trx as unknown as Transaction<DB>)
		.updateTable('participation.idea')
		.set({ status, updated_at: context.now() })
		.where('id', '=', id)
		.execute();
	await unlistIdea(context, trx, id);
}

/** Out of search and timeline only: an idea that joined another stays readable at its address. */
export async function unlistIdea(context: Context, trx: AnyTransaction, id: string): Promise<void> {
	await context.town.search.remove(trx, 'participation', 'idea', [id]);
	await context.town.timeline.remove(trx, 'participation', `idea:${id}`);
}

export async function follow(
	context: Context,
	trx: AnyTransaction,
	personId: string,
	subject: { kind: 'call' | 'idea' | 'project'; id: string },
): Promise<void> {
	await (trx as unknown as Transaction<DB>)
		.insertInto('participation.follow')
		.values({
			person_id: personId,
			subject_kind: subject.kind,
			subject_id: subject.id,
			created_at: context.now(),
		})
		.onConflict((conflict) => conflict.doNothing())
		.execute();
}

/** The comments under an idea that everybody sees, counted from the rows. */
export async function recountComments(trx: AnyTransaction, ideaId: string): Promise<void> {
	await sql`UPDATE participation.idea SET comment_count = (SELECT count(*) FROM participation.comment
		WHERE idea_id = ${ideaId} AND status = 'published') WHERE id = ${ideaId}`.execute(trx);
}

/** The supports of an idea, counted from the rows. Lock the idea's row before: counts are exact whoever else counts. */
export async function recountSupports(trx: AnyTransaction, ideaId: string): Promise<void> {
	await sql`UPDATE participation.idea SET support_count = (SELECT count(*) FROM participation.support
		WHERE idea_id = ${ideaId}) WHERE id = ${ideaId}`.execute(trx);
}

/** A number of its own for an idea of a call. */
export async function nextIdeaNumber(trx: AnyTransaction, callId: string): Promise<number> {
	const { rows } = await sql<{ number: number }>`UPDATE participation.call
		SET next_idea_number = next_idea_number + 1 WHERE id = ${callId}
		RETURNING next_idea_number - 1 AS number`.execute(trx);
	return rows[0]?.number ?? 0;
}

/** What an idea said before others read something else. */
export async function keepRevision(
	context: Context,
	trx: AnyTransaction,
	idea: { id: string; title: string; body: string },
): Promise<void> {
	await (trx as unknown as Transaction<DB>)
		.insertInto('participation.idea_revision')
		.values({
			id: newId(),
			idea_id: idea.id,
			title: idea.title,
			body: idea.body,
			replaced_at: context.now(),
		})
		.execute();
}
