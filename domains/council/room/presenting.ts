import { asId, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Db } from '../context.ts';
import type { SessionState } from '../face.ts';

export type Presenting = { kind: 'show_document'; annexId: string; page: number } | { kind: 'hide_document' };

/**
 * What presenting a document adds to the record. Who presides and who has the floor may, and the desk.
 * @param mine the seat of who acts, null for the desk
 */
export async function presenting(
	from: Db,
	meetingId: string,
	state: Pick<SessionState, 'chairId' | 'floor' | 'shown'>,
	action: Presenting,
	mine: string | null,
): Promise<
	Result<
		(
			| { kind: 'document_shown'; data: { annexId: string; page: number; seatId: string | null } }
			| { kind: 'document_hidden'; data: Record<string, never> }
		)[]
	>
> {
	if (mine !== null && mine !== state.chairId && mine !== state.floor?.seatId)
		return refuse('council.presents_not');
	if (action.kind === 'hide_document') return ok(state.shown ? [{ kind: 'document_hidden', data: {} }] : []);
	const { annexId, page } = action;
	const { rows } = await sql<{ pages: number }>`
		SELECT pages FROM council.annex WHERE id = ${asId(annexId)} AND meeting_id = ${meetingId}`.execute(from);
	const [annex] = rows;
	if (!annex) return refuse('council.document_unknown');
	if (page > annex.pages) return refuse('council.page_unknown', { pages: annex.pages });
	const { shown } = state;
	const same = shown?.annexId === annexId && shown.page === page && shown.seatId === mine;
	return ok(same ? [] : [{ kind: 'document_shown', data: { annexId, page, seatId: mine } }]);
}
