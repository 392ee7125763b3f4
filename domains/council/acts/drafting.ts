import { type AnyTransaction, newId } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import type { Context } from '../context.ts';
import { dayOf } from '../rules/notice.ts';
import { decisionsOf } from '../sessions/decisions.ts';
import type { Sitting } from '../sitting.ts';
import type { DB } from '../tables.ts';
import { showPublished } from './publishing.ts';

/**
 * The acts of a closed meeting, numbered in the order of their votes, with the text that was proposed; a corrected result
 * is corrected in the act. They are checked, signed and published later.
 */
export async function draftActs(
	context: Context,
	trx: Transaction<DB>,
	{ meeting, state }: Sitting,
): Promise<void> {
	for (const decision of decisionsOf(state)) {
		const item = await trx
			.selectFrom('council.item')
			.leftJoin('council.deliberation', 'item_id', 'council.item.id')
			.select([
				'council.item.title',
				'draft',
				'council.item.matter_code',
				'council.item.budget_year',
				'council.item.budget_name',
				'council.item.place_id',
				'council.deliberation.id as known',
			])
			.where('council.item.id', '=', decision.itemId)
			.executeTakeFirst();
		if (!item) continue;
		const totals = {
			adopted: decision.adopted,
			in_office: state.inOffice,
			voting: decision.voting,
			votes_for: decision.for,
			votes_against: decision.against,
			abstentions: decision.abstention,
		};
		if (item.known) {
			await trx.updateTable('council.deliberation').set(totals).where('id', '=', item.known).execute();
			await showPublished(context, trx, item.known);
			continue;
		}
		const { rows: next } = await sql<{ number: number }>`UPDATE council.meeting
			SET next_deliberation = next_deliberation + 1 WHERE id = ${meeting.id}
			RETURNING next_deliberation - 1 AS number`.execute(trx);
		await trx
			.insertInto('council.deliberation')
			.values({
				id: newId(),
				meeting_id: meeting.id,
				item_id: decision.itemId,
				number: await freeNumber(trx, dayOf(meeting.starts_at), next[0]?.number ?? 1),
				title: item.title,
				text: item.draft,
				matter_code: item.matter_code,
				budget_year: item.budget_year,
				budget_name: item.budget_name,
				place_id: item.place_id,
				...totals,
			})
			.execute();
	}
}

/** `2026-11-23-01`; two bodies may meet on one day, and the numbers go on. */
async function freeNumber(trx: AnyTransaction, day: string, from: number): Promise<string> {
	const { rows } = await sql<{ number: string }>`
		SELECT number FROM council.deliberation WHERE number LIKE ${`${day}-%`}`.execute(trx);
	const taken = new Set(rows.map(({ number }) => number));
	for (let n = from; ; n++) {
		const number = `${day}-${String(n).padStart(2, '0')}`;
		if (!taken.has(number)) return number;
	}
}
