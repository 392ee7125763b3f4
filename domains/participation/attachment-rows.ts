import { type RawBuilder, sql } from 'kysely';
import { type Db, paths } from './context.ts';
import type { Attachment } from './face.ts';

const columns = sql`json_build_object('id', id, 'contentType', content_type, 'name', name, 'description', description,
	'sizeBytes', size_bytes, 'width', width, 'height', height, 'url', ${paths.attachment('')} || id)`;

/** SQL for the first photo of a subject as an `Attachment`, null where there is none. */
export function firstPhoto(
	kind: 'idea' | 'project',
	subjectId: RawBuilder<unknown>,
): RawBuilder<Attachment | null> {
	return sql`(SELECT ${columns} FROM participation.attachment
		WHERE subject_kind = ${sql.lit(kind)} AND subject_id = ${subjectId} AND content_type = 'image/webp'
		ORDER BY position, id LIMIT 1)`;
}

/** Photos and PDF of a subject, in their order. */
export async function attachmentsOf(
	db: Db,
	subject: { kind: 'idea' | 'project'; id: string },
): Promise<Attachment[]> {
	const { rows } = await sql<{ attachment: Attachment }>`
		SELECT ${columns} AS attachment FROM participation.attachment
		WHERE subject_kind = ${subject.kind} AND subject_id::text = ${subject.id} ORDER BY position, id`.execute(
		db,
	);
	return rows.map(({ attachment }) => attachment);
}
