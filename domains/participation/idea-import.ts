import { type Actor, asId, changing, newId, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from './context.ts';
import { readIdea } from './idea-input.ts';
import { nextIdeaNumber, publishIdea } from './idea-visibility.ts';
import { mayManage } from './policies.ts';

/** Take in ideas that people gave elsewhere: published, without an author. All or none. */
export type IdeaImport = (
	actor: Actor,
	call: string,
	ideas: readonly unknown[],
) => Promise<Result<{ imported: number }>>;

export function createIdeaImport(context: Context): IdeaImport {
	return async (actor, call, given) => {
		if (!mayManage(actor)) return refuse('platform.not_allowed');
		return changing(context.db, async (trx) => {
			const { rows } = await sql<{ id: string }>`SELECT id FROM participation.call
				WHERE slug = ${call} OR id = ${asId(call)}`.execute(trx);
			const callId = rows[0]?.id;
			if (!callId) return refuse('participation.call_unknown');
			for (const [i, one] of given.entries()) {
				const idea = await readIdea(context, trx, { callId, personId: null }, one);
				if (!idea.ok) return refuse(idea.error, { ...idea.detail, line: i + 1 });
				const id = newId();
				await trx
					.insertInto('participation.idea')
					.values({
						id,
						call_id: callId,
						number: await nextIdeaNumber(trx, callId),
						status: 'waiting',
						created_at: context.now(),
						updated_at: context.now(),
						...idea.value,
					})
					.execute();
				await publishIdea(context, trx, id);
			}
			await context.platform.audit.record(trx, {
				actor,
				action: 'participation.ideas.imported',
				subject: `call:${callId}`,
				detail: { ideas: given.length },
			});
			return ok({ imported: given.length });
		});
	};
}
