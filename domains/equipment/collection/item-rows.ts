import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../context.ts';
import type { Category } from '../kinds.ts';
import type { ItemCondition, ItemEnd, ItemState, ItemSummary } from './face.ts';

interface ItemRow {
	id: string;
	number: string;
	receipt: string;
	category: Category;
	condition: ItemCondition;
	holds_data: boolean;
	description: string | null;
	serial: string | null;
	weight_grams: number | null;
	state: ItemState;
	ended_as: ItemEnd | null;
	ended_on: string | null;
	received_at: Date;
	lot: string | null;
	campaign: string | null;
	device_tag: string | null;
	tag_read: string | null;
	ruled_out_at: Date | null;
	ruled_out_why: string | null;
	simulated: boolean;
	version: number;
}

const toItem = (row: ItemRow): ItemSummary => ({
	id: row.id,
	number: row.number,
	receiptNumber: row.receipt,
	category: row.category,
	condition: row.condition,
	holdsData: row.holds_data,
	description: row.description,
	serial: row.serial,
	weightGrams: row.weight_grams,
	state: row.state,
	endedAs: row.ended_as,
	endedOn: row.ended_on,
	receivedAt: row.received_at,
	lotNumber: row.lot,
	campaign: row.campaign,
	deviceTag: row.device_tag,
	tagRead: row.tag_read,
	dataRuledOut: row.ruled_out_at && { at: row.ruled_out_at, reason: row.ruled_out_why ?? '' },
	simulated: row.simulated,
	version: row.version,
});

/** Items, as pages show them. @param rest conditions, order and limit; `item` is the item's row */
export async function readItems(db: Db, rest: RawBuilder<unknown>): Promise<ItemSummary[]> {
	const { rows } = await sql<ItemRow>`
		SELECT item.id, item.number, receipt.number AS receipt, item.category, item.condition, item.holds_data,
			item.description, item.serial, item.weight_grams, item.state, item.ended_as, item.ended_on::text,
			item.received_at, lot.number AS lot, campaign.title AS campaign, device.tag AS device_tag, item.tag_read,
			ruled_out.at AS ruled_out_at, ruled_out.why AS ruled_out_why, item.simulated, item.version
		FROM equipment.collected_item AS item
		JOIN equipment.receipt ON receipt.id = item.receipt_id
		LEFT JOIN equipment.lot ON lot.id = item.lot_id
		LEFT JOIN equipment.campaign ON campaign.id = item.campaign_id
		LEFT JOIN equipment.device ON device.id = item.device_id
		LEFT JOIN LATERAL (SELECT at, detail->>'note' AS why FROM equipment.item_event
			WHERE item_id = item.id AND kind = 'data_ruled_out' ORDER BY recorded_at DESC, id DESC LIMIT 1) AS ruled_out ON true
		${rest}`.execute(db);
	return rows.map(toItem);
}
