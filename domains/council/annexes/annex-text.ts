import { buffer } from 'node:stream/consumers';
import { type AnyTransaction, changing, ok } from '@parvis/platform';
import { sql } from 'kysely';
import { type Context, paths } from '../context.ts';
import { textOfPdf } from './pdf-text.ts';

const reading = 'council.read-annex';
const forgetting = 'council.forget-files';
/** What the search keeps of one document. */
const mostIndexed = 100_000;

/** Have a worker read the words of a document, once the transaction that brought it is committed. */
export const readAnnex = (context: Context, id: string, trx: AnyTransaction) =>
	context.platform.jobs.send(reading, { id }, { trx });

/** Delete files that no document has any more. */
export async function forgetFiles(
	{ platform }: Context,
	keys: readonly string[],
	options: { trx?: AnyTransaction; startAfter?: Date },
): Promise<void> {
	if (keys.length) await platform.jobs.send(forgetting, { keys }, options);
}

export function defineAnnexJobs(context: Context): void {
	const { platform, db } = context;
	platform.jobs.define<{ id: string }>(reading, { retryLimit: 2 }, ({ id }) => readText(context, id));
	platform.jobs.define<{ keys: string[] }>(forgetting, {}, async ({ keys }) => {
		const { rows } = await sql<{ file_key: string }>`
			SELECT file_key FROM council.annex WHERE file_key = ANY(${keys}::text[])`.execute(db);
		const kept = new Set(rows.map((row) => row.file_key));
		for (const key of keys) if (!kept.has(key)) await platform.files.delete(key);
	});
}

/** Read the words of a document and put it into the search. What does not parse is noted, not tried again. */
export async function readText(context: Context, id: string): Promise<void> {
	const { platform, db } = context;
	const annex = await db
		.selectFrom('council.annex')
		.select(['meeting_id', 'file_key'])
		.where('id', '=', id)
		.executeTakeFirst();
	const content = annex && (await platform.files.get(annex.file_key));
	if (!content) return;
	const bytes = new Uint8Array(await buffer(content));
	const text = await textOfPdf(bytes).catch((error: Error) => {
		platform.log.warn({ annex: id, reason: error.message }, 'the text of a document could not be read');
		return null;
	});
	await changing(db, async (trx) => {
		await trx
			.updateTable('council.annex')
			.set({ text: text ?? '', text_state: text === null ? 'failed' : text === '' ? 'none' : 'read' })
			.where('id', '=', id)
			.execute();
		await indexAnnexes(context, trx, annex.meeting_id);
		return ok(null);
	});
}

/** Put the public documents of a convened meeting into the search of the site, and take the others out. */
export async function indexAnnexes(context: Context, trx: AnyTransaction, meetingId: string): Promise<void> {
	const { rows } = await sql<{ id: string; title: string; text: string; public: boolean }>`
		SELECT annex.id, annex.title, left(text, ${mostIndexed}) AS text, annex.public AND coalesce(item.public, true)
			AND withdrawn_at IS NULL AND status NOT IN ('draft', 'cancelled') AS public
		FROM council.annex JOIN council.meeting ON meeting.id = annex.meeting_id LEFT JOIN council.item ON item.id = item_id
		WHERE annex.meeting_id = ${meetingId}`.execute(trx);
	await context.town.search.index(
		trx,
		rows
			.filter((row) => row.public)
			.map(({ id, title, text }) => ({
				room: 'council',
				kind: 'document',
				id,
				title,
				body: text,
				url: paths.annex(id),
			})),
	);
	const hidden = rows.filter((row) => !row.public).map(({ id }) => id);
	await context.town.search.remove(trx, 'council', 'document', hidden);
}
