import { Readable } from 'node:stream';
import {
	type Actor,
	type AnyTransaction,
	asId,
	type CleanFile,
	changing,
	cleanPdf,
	cleanPhoto,
	newId,
	ok,
	type Result,
	refuse,
	tidyText,
} from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { attachmentsOf } from './attachment-rows.ts';
import { type Context, paths, takingPart } from './context.ts';
import type { Attachment, Attachments } from './face.ts';
import { fileTypeOf } from './file-types.ts';
import { mayManage, mayModerate, mayReview } from './policies.ts';
import type { DB } from './tables.ts';

export const mostAttachmentBytes = 5 * 1024 * 1024;
const mostOfOneSubject = 6;
const mostName = 120;

const mostPdfPages = 200;

async function cleanDocument(content: Uint8Array): Promise<Result<CleanFile>> {
	const clean = await cleanPdf(content, { mostPages: mostPdfPages, keep: 'pages' });
	return clean.ok ? ok({ bytes: clean.value.bytes, width: null, height: null }) : clean;
}

const fileKey = (id: string) => `participation/attachment/${id}`;

const forgetting = 'participation.forget-files';

/** Delete files that have no attachment any more, once the transaction that took it away is committed. */
async function forgetFiles(
	{ platform }: Context,
	ids: readonly string[],
	options: { trx?: AnyTransaction; startAfter?: Date },
): Promise<void> {
	if (ids.length) await platform.jobs.send(forgetting, { ids }, options);
}

export function defineForgetting({ platform, db }: Context): void {
	platform.jobs.define<{ ids: string[] }>(forgetting, {}, async ({ ids }) => {
		const kept = await db
			.selectFrom('participation.attachment')
			.select('id')
			.where('id', 'in', ids)
			.execute();
		const still = new Set(kept.map(({ id }) => id));
		for (const id of ids) if (!still.has(id)) await platform.files.delete(fileKey(id));
	});
}

/** Take away all that belongs to subjects which are deleted. */
export async function removeAttachments(
	context: Context,
	trx: AnyTransaction,
	kind: Subject['kind'],
	subjectIds: readonly string[],
): Promise<void> {
	const { rows } = await sql<{ id: string }>`DELETE FROM participation.attachment
		WHERE subject_kind = ${kind} AND subject_id = ANY(${[...subjectIds]}::uuid[]) RETURNING id`.execute(trx);
	await forgetFiles(
		context,
		rows.map(({ id }) => id),
		{ trx },
	);
}

type Subject = { kind: 'idea' | 'project'; id: string };

export function createAttachments(context: Context): Attachments {
	const { db, platform } = context;

	/** Files of ideas are their author's to add and remove while the idea may be edited; those of projects, the managers'. */
	async function mayChange(trx: Transaction<DB>, actor: Actor, subject: Subject): Promise<Result<null>> {
		if (subject.kind === 'project') {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const { rows } =
				await sql`SELECT FROM participation.project WHERE id = ${asId(subject.id)} FOR UPDATE`.execute(trx);
			return rows.length ? ok(null) : refuse('participation.project_unknown');
		}
		const person = takingPart(actor);
		if (!person.ok) return person;
		const { rows } = await sql<{ open: boolean }>`
			SELECT EXISTS (SELECT FROM participation.phase WHERE call_id = idea.call_id AND kind = 'proposing'
				AND starts_at <= ${context.now()} AND ends_at > ${context.now()}) AS open
			FROM participation.idea WHERE id = ${asId(subject.id)} AND author_id = ${person.value}
				AND status IN ('draft', 'waiting', 'published') FOR UPDATE`.execute(trx);
		if (!rows[0]) return refuse('participation.idea_unknown');
		return rows[0].open ? ok(null) : refuse('participation.phase_closed');
	}

	async function maySee(actor: Actor, subject: Subject): Promise<boolean> {
		const personId = actor.kind === 'person' ? actor.id : null;
		const { rows } = await (subject.kind === 'project'
			? sql`SELECT FROM participation.project JOIN participation.call ON call.id = call_id
					WHERE project.id = ${subject.id} AND (call.status <> 'draft' OR ${mayManage(actor)})`
			: sql`SELECT FROM participation.idea WHERE id = ${subject.id} AND (status IN ('published', 'merged')
					OR author_id = ${asId(personId)}
					OR (status <> 'draft' AND ${mayModerate(actor) || mayReview(actor)}))`
		).execute(db);
		return rows.length > 0;
	}

	return {
		async add(actor, subject, { name, content, description }) {
			if (content.length > mostAttachmentBytes)
				return refuse('participation.file_too_large', { megabytes: mostAttachmentBytes / 1024 / 1024 });
			const type = fileTypeOf(content);
			if (!type) return refuse('participation.file_type');
			// Asked before the work of cleaning, and again with the row: nobody's bytes are worked on for nothing.
			const allowed = await changing(db, (trx) => mayChange(trx, actor, subject));
			if (!allowed.ok) return allowed;
			const clean = await (type === 'application/pdf' ? cleanDocument(content) : cleanPhoto(content));
			if (!clean.ok) return clean;
			const { bytes, width, height } = clean.value;
			const id = newId();
			const row = {
				id,
				subject_kind: subject.kind,
				subject_id: subject.id,
				content_type: type === 'application/pdf' ? ('application/pdf' as const) : ('image/webp' as const),
				name: tidyText(name.replaceAll('\0', '').toWellFormed()).slice(0, mostName) || 'piece',
				description: tidyText(description.replaceAll('\0', '').toWellFormed()).slice(0, 500),
				size_bytes: bytes.length,
				width,
				height,
				created_at: context.now(),
			};
			// The file first: a row never points at nothing. Should the row never come, the job takes the file away again.
			await forgetFiles(context, [id], { startAfter: new Date(Date.now() + 3_600_000) });
			await platform.files.put(fileKey(id), Readable.from([bytes]), { contentType: row.content_type });
			const kept = await changing(db, async (trx) => {
				const still = await mayChange(trx, actor, subject);
				if (!still.ok) return still;
				const { rows } = await sql<{ count: number; next: number }>`
					SELECT count(*)::int AS count, coalesce(max(position) + 1, 0) AS next FROM participation.attachment
					WHERE subject_kind = ${subject.kind} AND subject_id = ${subject.id}`.execute(trx);
				const [there] = rows;
				if ((there?.count ?? 0) >= mostOfOneSubject)
					return refuse('participation.files_too_many', { most: mostOfOneSubject });
				await trx
					.insertInto('participation.attachment')
					.values({ ...row, position: there?.next ?? 0 })
					.execute();
				return ok(null);
			});
			if (!kept.ok) return kept;
			return ok({
				id,
				contentType: row.content_type,
				name: row.name,
				description: row.description,
				sizeBytes: row.size_bytes,
				width,
				height,
				url: paths.attachment(id),
			} satisfies Attachment);
		},

		async remove(actor, id) {
			return changing(db, async (trx) => {
				const row = await trx
					.selectFrom('participation.attachment')
					.select(['id', 'subject_kind', 'subject_id'])
					.where('id', '=', asId(id))
					.executeTakeFirst();
				if (!row) return refuse('participation.file_unknown');
				const allowed = await mayChange(trx, actor, {
					kind: row.subject_kind as Subject['kind'],
					id: row.subject_id,
				});
				if (!allowed.ok) return allowed;
				await trx.deleteFrom('participation.attachment').where('id', '=', row.id).execute();
				await forgetFiles(context, [row.id], { trx });
				return ok(null);
			});
		},

		list: (subject) => attachmentsOf(db, subject),

		async open(actor, id) {
			const row = await db
				.selectFrom('participation.attachment')
				.select(['subject_kind', 'subject_id'])
				.where('id', '=', asId(id))
				.executeTakeFirst();
			if (!row) return null;
			const subject = { kind: row.subject_kind as Subject['kind'], id: row.subject_id };
			if (!(await maySee(actor, subject))) return null;
			const attachment = (await attachmentsOf(db, subject)).find((one) => one.id === id);
			const content = attachment ? await platform.files.get(fileKey(id)) : null;
			return attachment && content ? { attachment, content } : null;
		},
	};
}
