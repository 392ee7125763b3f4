import type { PersonalDataSource } from '@parvis/platform';
import { sql } from 'kysely';
import { removeAttachments } from './attachments.ts';
import type { Context } from './context.ts';
import { recountSupports } from './idea-visibility.ts';

/** What this room keeps of somebody. Ballots are not there: nothing leads from a person to a ballot. */
export function createPersonalData(context: Context): PersonalDataSource {
	const { db, platform } = context;
	return {
		async export(personId) {
			const rows = async (query: ReturnType<typeof sql<Record<string, unknown>>>) =>
				(await query.execute(db)).rows;
			return {
				ideas:
					await rows(sql`SELECT title, body, address, longitude, latitude, status, created_at, published_at
					FROM participation.idea WHERE author_id = ${personId} ORDER BY created_at, id`),
				comments: await rows(sql`SELECT idea.title AS idea, comment.body, comment.status, comment.created_at
					FROM participation.comment JOIN participation.idea ON idea.id = idea_id
					WHERE comment.author_id = ${personId} ORDER BY comment.created_at`),
				supports: await rows(sql`SELECT idea.title AS idea, support.created_at FROM participation.support
					JOIN participation.idea ON idea.id = idea_id WHERE person_id = ${personId}`),
				follows: await rows(sql`SELECT subject_kind, subject_id, created_at FROM participation.follow
					WHERE person_id = ${personId}`),
				communities: await rows(sql`SELECT name, kind FROM participation.community
					JOIN participation.community_member ON community_id = id WHERE person_id = ${personId}`),
				answers: await rows(sql`SELECT call.title_fr AS call, answers, answer_sheet.updated_at
					FROM participation.answer_sheet JOIN participation.call ON call.id = call_id WHERE person_id = ${personId}`),
				reports: await rows(sql`SELECT subject_kind, reason, note, created_at FROM participation.report
					WHERE reporter_id = ${personId}`),
				proofs: await rows(sql`SELECT call.title_fr AS call, proof.kind, proof.status, proof.created_at
					FROM participation.proof JOIN participation.call ON call.id = call_id WHERE person_id = ${personId}`),
				voted: await rows(sql`SELECT call.title_fr AS call, voter.channel FROM participation.voter
					JOIN participation.call ON call.id = call_id WHERE person_id = ${personId}`),
			};
		},

		async erase(trx, personId) {
			const { rows: drafts } = await sql<{ id: string }>`
				SELECT id FROM participation.idea WHERE author_id = ${personId} AND status = 'draft'`.execute(trx);
			const ids = drafts.map(({ id }) => id);
			await removeAttachments(context, trx, 'idea', ids);
			await sql`DELETE FROM participation.idea WHERE id = ANY(${ids}::uuid[])`.execute(trx);
			// What others have read and answered stays, without its author.
			await sql`UPDATE participation.idea SET author_id = NULL WHERE author_id = ${personId}`.execute(trx);
			await sql`UPDATE participation.comment SET author_id = NULL WHERE author_id = ${personId}`.execute(trx);
			const { rows: supported } = await sql<{ idea_id: string }>`
				SELECT idea.id AS idea_id FROM participation.idea WHERE id IN
					(SELECT idea_id FROM participation.support WHERE person_id = ${personId}) ORDER BY id FOR UPDATE`.execute(
				trx,
			);
			await sql`DELETE FROM participation.support WHERE person_id = ${personId}`.execute(trx);
			for (const { idea_id } of supported) await recountSupports(trx, idea_id);
			const { rows: files } = await sql<{ file_key: string }>`
				DELETE FROM participation.proof WHERE person_id = ${personId} RETURNING file_key`.execute(trx);
			for (const table of ['follow', 'community_member', 'answer_sheet', 'digest'])
				await sql`DELETE FROM ${sql.table(`participation.${table}`)} WHERE person_id = ${personId}`.execute(
					trx,
				);
			await sql`UPDATE participation.report SET reporter_id = NULL WHERE reporter_id = ${personId}`.execute(
				trx,
			);
			// The register keeps that somebody voted, by a hash that names nobody: the same person may not vote again.
			await sql`UPDATE participation.voter SET person_id = NULL WHERE person_id = ${personId}`.execute(trx);
			for (const { file_key } of files) if (file_key) await platform.files.delete(file_key);
		},
	};
}
