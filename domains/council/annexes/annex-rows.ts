import { type Actor, asId } from '@parvis/platform';
import { sql } from 'kysely';
import { type Db, paths } from '../context.ts';
import { hashOf } from '../convocation-token.ts';
import { mayPrepare } from '../policies.ts';
import { dayOf } from '../rules/notice.ts';
import type { Annex } from './face.ts';

export interface AnnexRow {
	id: string;
	meeting_id: string;
	item_id: string | null;
	title: string;
	file_name: string;
	public: boolean;
	bytes: number;
	pages: number;
	text_state: Annex['text'];
	file_key: string;
	added_at: Date;
	told_at: Date | null;
	withdrawn_at: Date | null;
	convened_at: Date | null;
	status: string;
	starts_at: Date;
	body_id: string;
}

/** A document is for everybody when it and its item are. */
export const selectedAnnex = sql`SELECT annex.id, annex.meeting_id, annex.item_id, annex.title, file_name,
		annex.public AND coalesce(item.public, true) AS public, bytes, pages, text_state, file_key, added_at, told_at,
		withdrawn_at, convened_at, status, starts_at, body_id
	FROM council.annex JOIN council.meeting ON meeting.id = annex.meeting_id LEFT JOIN council.item ON item.id = item_id`;

/** Those of the meeting first, then by item, each in its order. */
export const annexOrder = sql`item.position NULLS FIRST, annex.position, annex.id`;

export const shownAnnex = (row: AnnexRow): Annex => ({
	id: row.id,
	meetingId: row.meeting_id,
	itemId: row.item_id,
	title: row.title,
	fileName: row.file_name,
	public: row.public,
	bytes: row.bytes,
	pages: row.pages,
	text: row.text_state,
	addedAt: row.added_at,
	late: row.convened_at !== null && row.added_at > row.convened_at,
	toldAt: row.told_at,
	withdrawnAt: row.withdrawn_at,
	url: paths.annex(row.id),
});

/** What somebody may read of a meeting's documents: everything as the clerk, a member or the holder of a convocation. */
export async function readerOf(
	db: Db,
	actor: Actor,
	meeting: { id: string; status: string; starts_at: Date; body_id: string },
	token?: string,
): Promise<'clerk' | 'member' | 'public' | null> {
	if (mayPrepare(actor)) return 'clerk';
	if (meeting.status === 'draft') return null;
	const personId = actor.kind === 'person' ? actor.id : null;
	const day = dayOf(meeting.starts_at);
	const { rows } = await sql<{ inside: boolean }>`SELECT
		EXISTS (SELECT FROM council.seat WHERE body_id = ${meeting.body_id} AND person_id = ${asId(personId)}
			AND starts_on <= ${day}::date AND (ends_on IS NULL OR ends_on >= ${day}::date))
		OR EXISTS (SELECT FROM council.convocation WHERE meeting_id = ${meeting.id} AND token_hash = ${hashOf(token ?? '')})
		AS inside`.execute(db);
	return rows[0]?.inside ? 'member' : 'public';
}
