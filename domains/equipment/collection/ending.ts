import { type Actor, ok, type Result, refuse, system } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { townDay } from '../days.ts';
import type { Category } from '../kinds.ts';
import type { ItemEnd, ItemState } from './face.ts';
import { tellGivers } from './giver-letters.ts';
import { type ItemHappening, recordItems, type Teller, type Trx } from './recording.ts';
import { itemSteps, lotStatusAfter } from './rules/item-states.ts';
import { endTownDevice } from './town-devices.ts';

export interface LockedItem {
	id: string;
	number: string;
	state: ItemState;
	category: Category;
	holds_data: boolean;
	device_id: string | null;
	lot_id: string | null;
	ended_as: ItemEnd | null;
	version: number;
}

const columns = sql`id, number, state, category, holds_data, device_id, lot_id, ended_as, version`;

/** Items by number, held until the transaction ends, always in the same order so that two of them never wait in a ring. */
export async function lockItems(trx: Trx, numbers: readonly string[]): Promise<LockedItem[]> {
	const { rows } = await sql<LockedItem>`SELECT ${columns} FROM equipment.collected_item
		WHERE number = ANY(${[...numbers]}::text[]) ORDER BY id FOR UPDATE`.execute(trx);
	return rows;
}

/** All items of a lot, held until the transaction ends. */
export async function lockItemsOf(trx: Trx, lotId: string): Promise<LockedItem[]> {
	const { rows } = await sql<LockedItem>`SELECT ${columns} FROM equipment.collected_item
		WHERE lot_id = ${lotId} ORDER BY id FOR UPDATE`.execute(trx);
	return rows;
}

/** Settled once every item has its end, and no longer when one has none. The lot is held by the caller. */
export async function settleLot(context: Context, trx: Trx, lotId: string): Promise<void> {
	const lot = await trx
		.selectFrom('equipment.lot')
		.select(['status', 'settled_at', 'version'])
		.where('id', '=', lotId)
		.executeTakeFirstOrThrow();
	const status = lotStatusAfter(lot.status, await lockItemsOf(trx, lotId));
	await trx
		.updateTable('equipment.lot')
		.set({
			status,
			settled_at: status === 'settled' ? (lot.settled_at ?? context.now()) : null,
			version: lot.version + 1,
		})
		.where('id', '=', lotId)
		.execute();
}

/**
 * Say what became of items, or correct what was said; the same end again changes nothing. Givers who want to know are told
 * in the same transaction, once for each item and end.
 * @param items held by `lockItems`
 * @returns how many changed
 */
export async function endItems(
	context: Context,
	trx: Trx,
	teller: Teller,
	given: readonly { item: LockedItem; end: ItemEnd; note?: string | null | undefined }[],
): Promise<Result<{ told: number }>> {
	const now = context.now();
	const day = townDay(now);
	const events: ItemHappening[] = [];
	const actor: Actor = 'actor' in teller ? teller.actor : system;
	for (const { item, end, note } of given) {
		if (item.state === 'ended' && item.ended_as === end) continue;
		const kind = item.state === 'ended' ? 'end_corrected' : 'ended';
		if (!itemSteps[item.state].includes(kind))
			return refuse('equipment.item_not_there', { number: item.number });
		await trx
			.updateTable('equipment.collected_item')
			.set({ state: 'ended', ended_as: end, ended_on: day, version: item.version + 1 })
			.where('id', '=', item.id)
			.execute();
		const device = await endTownDevice(context, trx, actor, item, end, day);
		if (!device.ok) return refuse(device.error, { ...device.detail, number: item.number });
		events.push({
			itemId: item.id,
			kind,
			at: now,
			teller,
			lotId: item.lot_id,
			end,
			...(note && { detail: { note } }),
		});
	}
	await recordItems(context, trx, events);
	if (events.length) {
		const { rows } = await sql<{
			receiptNumber: string;
			email: string;
			locale: string;
			category: Category;
			end: ItemEnd;
		}>`
			SELECT receipt.number AS "receiptNumber", giver.email, giver.locale, item.category, item.ended_as AS "end"
			FROM equipment.collected_item AS item
			JOIN equipment.receipt ON receipt.id = item.receipt_id
			JOIN equipment.giver ON giver.receipt_id = receipt.id
			WHERE item.id = ANY(${events.map(({ itemId }) => itemId)}::uuid[]) ORDER BY item.id`.execute(trx);
		await tellGivers(context, trx, rows);
	}
	return ok({ told: events.length });
}
