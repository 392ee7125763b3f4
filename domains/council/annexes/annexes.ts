import { Readable } from 'node:stream';
import {
	type Actor,
	asId,
	changing,
	cleanPdf,
	newId,
	ok,
	type Result,
	refuse,
	textInput,
} from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { prepared } from '../meeting-rows.ts';
import { mayPrepare } from '../policies.ts';
import type { DB } from '../tables.ts';
import { type AnnexRow, annexOrder, readerOf, selectedAnnex, shownAnnex } from './annex-rows.ts';
import { forgetFiles, indexAnnexes, readAnnex } from './annex-text.ts';
import type { Annexes } from './face.ts';
import { tellOfAnnexes, tellSoon } from './telling.ts';

export const mostAnnexBytes = 30 * 1024 * 1024;
const mostPages = 1000;
const mostOfOneMeeting = 200;

const annexInput = z.object({
	itemId: z.uuid('council.item_unknown').nullable().default(null),
	title: textInput(200, 'council.title_missing'),
	public: z.boolean().default(true),
});
const uploadInput = annexInput.extend({
	fileName: z.string().default(''),
	content: z.instanceof(Uint8Array, { error: 'council.annex_missing' }),
});

/** Until the meeting ends documents may come and be corrected. */
const openStatuses = ['draft', 'convened', 'open'];

const isPdf = (content: Uint8Array) => Buffer.from(content.subarray(0, 1024)).includes('%PDF-');

/** Documents of meetings and items, the public ones and the members' strictly apart. */
export function createAnnexes(context: Context): Annexes {
	const { db, platform } = context;

	async function rowOf(from: Transaction<DB> | typeof db, id: string): Promise<AnnexRow | null> {
		const { rows } = await sql<AnnexRow>`${selectedAnnex} WHERE annex.id = ${asId(id)}`.execute(from);
		return rows[0] ?? null;
	}

	/** A document that the actor, or who holds a convocation, may read. */
	async function readable(actor: Actor, id: string, token?: string): Promise<AnnexRow | null> {
		const row = await rowOf(db, id);
		if (!row) return null;
		const meeting = { ...row, id: row.meeting_id };
		const reader = await readerOf(db, actor, meeting, token);
		if (!reader || (reader === 'public' && !row.public)) return null;
		return row.withdrawn_at && reader !== 'clerk' ? null : row;
	}

	async function itemOfMeeting(trx: Transaction<DB>, itemId: string | null, meetingId: string) {
		if (itemId === null) return true;
		const { rows } =
			await sql`SELECT FROM council.item WHERE id = ${itemId} AND meeting_id = ${meetingId}`.execute(trx);
		return rows.length > 0;
	}

	/** Change one document of a meeting that has not ended. */
	async function withAnnex(
		actor: Actor,
		id: string,
		work: (trx: Transaction<DB>, row: AnnexRow) => Promise<Result<null>>,
	): Promise<Result<null>> {
		if (!mayPrepare(actor)) return refuse('platform.not_allowed');
		return changing(db, async (trx) => {
			const known = await rowOf(trx, id);
			if (!known) return refuse('council.annex_unknown');
			const meeting = await prepared(trx, known.meeting_id, openStatuses);
			if (!meeting.ok) return meeting;
			const row = await rowOf(trx, id);
			if (!row || row.withdrawn_at) return refuse('council.annex_unknown');
			const done = await work(trx, row);
			if (!done.ok) return done;
			await indexAnnexes(context, trx, row.meeting_id);
			await sql`SELECT pg_notify('council_meeting', ${row.meeting_id})`.execute(trx);
			return done;
		});
	}

	return {
		async list(actor, meetingId, token) {
			const { rows: meetings } = await sql<{ id: string; status: string; starts_at: Date; body_id: string }>`
				SELECT id, status, starts_at, body_id FROM council.meeting
				WHERE id = ${asId(meetingId)} OR slug = ${meetingId}`.execute(db);
			const [meeting] = meetings;
			const reader = meeting ? await readerOf(db, actor, meeting, token) : null;
			if (!meeting || !reader) return [];
			const { rows } = await sql<AnnexRow>`${selectedAnnex} WHERE annex.meeting_id = ${meeting.id}
				${reader === 'public' ? sql`AND annex.public AND coalesce(item.public, true) AND withdrawn_at IS NULL` : sql``}
				ORDER BY ${annexOrder}`.execute(db);
			return rows.map(shownAnnex);
		},

		async add(actor, meetingId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(uploadInput, given);
			if (!input.ok) return input;
			const { itemId, title, public: isPublic, fileName, content } = input.value;
			if (!content.length) return refuse('council.annex_missing');
			if (content.length > mostAnnexBytes)
				return refuse('council.annex_too_large', { megabytes: mostAnnexBytes / 1024 / 1024 });
			if (!isPdf(content)) return refuse('council.annex_not_pdf');
			const { rows: known } = await sql`SELECT FROM council.meeting WHERE id = ${asId(meetingId)}
				AND status = ANY(${openStatuses})`.execute(db);
			if (!known.length) return refuse('council.meeting_begun');
			const clean = await cleanPdf(content, { mostPages, keep: 'document' });
			if (!clean.ok) return clean;
			const { bytes, pages, removed } = clean.value;
			const id = newId();
			const key = `council/annex/${id}`;
			// The file first: a row never points at nothing. Should the row never come, the job takes the file away again.
			await forgetFiles(context, [key], { startAfter: new Date(Date.now() + 3_600_000) });
			await platform.files.put(key, Readable.from([bytes]), { contentType: 'application/pdf' });
			return changing(db, async (trx) => {
				const meeting = await prepared(trx, meetingId, openStatuses);
				if (!meeting.ok) return meeting;
				const { row } = meeting.value;
				if (!(await itemOfMeeting(trx, itemId, row.id))) return refuse('council.item_unknown');
				const { rows } = await sql<{ count: number; next: number }>`
					SELECT count(*)::int AS count, coalesce(max(position) + 1, 1)::int AS next FROM council.annex
					WHERE meeting_id = ${row.id}`.execute(trx);
				if ((rows[0]?.count ?? 0) >= mostOfOneMeeting)
					return refuse('council.annex_too_many', { most: mostOfOneMeeting });
				await trx
					.insertInto('council.annex')
					.values({
						id,
						meeting_id: row.id,
						item_id: itemId,
						position: rows[0]?.next ?? 1,
						title,
						public: isPublic,
						media_type: 'application/pdf',
						bytes: bytes.length,
						pages,
						file_key: key,
						file_name: fileName.slice(0, 200),
						added_at: context.now(),
					})
					.execute();
				await readAnnex(context, id, trx);
				if (row.status !== 'draft') await tellSoon(context, row.id, trx);
				await platform.audit.record(trx, {
					actor,
					action: 'council.annex.added',
					subject: `annex:${id}`,
					detail: { meeting: row.id, scriptsRemoved: removed },
				});
				await sql`SELECT pg_notify('council_meeting', ${row.id})`.execute(trx);
				return ok({ id, pages, scriptsRemoved: removed });
			});
		},

		async change(actor, id, given) {
			const input = parseInput(annexInput, given);
			if (!input.ok) return input;
			const { itemId, title, public: isPublic } = input.value;
			return withAnnex(actor, id, async (trx, row) => {
				if (!(await itemOfMeeting(trx, itemId, row.meeting_id))) return refuse('council.item_unknown');
				await trx
					.updateTable('council.annex')
					.set({ item_id: itemId, title, public: isPublic })
					.where('id', '=', row.id)
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'council.annex.changed',
					subject: `annex:${row.id}`,
					detail: { public: isPublic },
				});
				return ok(null);
			});
		},

		remove: (actor, id) =>
			withAnnex(actor, id, async (trx, row) => {
				if (row.status === 'draft') {
					await sql`DELETE FROM council.annex WHERE id = ${row.id}`.execute(trx);
					await forgetFiles(context, [row.file_key], { trx });
				} else
					await sql`UPDATE council.annex SET withdrawn_at = ${context.now()} WHERE id = ${row.id}`.execute(
						trx,
					);
				await platform.audit.record(trx, {
					actor,
					action: 'council.annex.removed',
					subject: `annex:${row.id}`,
					detail: { title: row.title, meeting: row.meeting_id },
				});
				return ok(null);
			}),

		move: (actor, id, by) =>
			withAnnex(actor, id, async (trx, row) => {
				const { rows } = await sql<{ id: string }>`SELECT id FROM council.annex
					WHERE meeting_id = ${row.meeting_id} AND item_id IS NOT DISTINCT FROM ${row.item_id}
					ORDER BY position, id`.execute(trx);
				const ids = rows.map((one) => one.id);
				const from = ids.indexOf(row.id);
				const to = from + by;
				if (to < 0 || to >= ids.length) return ok(null);
				ids.splice(to, 0, ...ids.splice(from, 1));
				await sql`UPDATE council.annex SET position = place FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS t(one, place)
					WHERE id = one`.execute(trx);
				return ok(null);
			}),

		async get(actor, id, token) {
			const row = await readable(actor, id, token);
			return row && shownAnnex(row);
		},

		async open(actor, id, { token, range } = {}) {
			const row = await readable(actor, id, token);
			const content = row && (await platform.files.get(row.file_key, range));
			return content && { annex: shownAnnex(row), size: row.bytes, content };
		},

		tell: (actor, meetingId) =>
			mayPrepare(actor) ? tellOfAnnexes(context, meetingId) : Promise.resolve(refuse('platform.not_allowed')),
	};
}
