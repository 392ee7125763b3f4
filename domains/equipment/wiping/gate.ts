import { type AnyTransaction, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context, Db } from '../context.ts';
import type { Category } from '../kinds.ts';
import type { Wiping } from './face.ts';
import { lastUser, sameUser } from './rules/last-user.ts';
import { holdsData } from './rules/techniques.ts';

/** Whether things may go: nothing that can hold data does before its storages are wiped and verified. */
export function createGate({
	db,
}: Context): Pick<Wiping, 'notWiped' | 'deviceMayLeave' | 'deviceMayChangeHands'> {
	async function mayGo(deviceId: string, leaving: boolean, trx?: AnyTransaction): Promise<Result<null>> {
		const base = (trx ?? db) as Db;
		if (trx) await holdSeries(base, { itemIds: [], deviceIds: [deviceId] });
		const { rows } = await sql<{ category: Category; wiped: boolean }>`
			SELECT model.category, equipment.last_use(device.id) IS NULL
				OR equipment.is_wiped(NULL, device.id, ${leaving}) AS wiped
			FROM equipment.device JOIN equipment.model ON model.id = model_id
			WHERE device.id = ${deviceId}`.execute(base);
		const [device] = rows;
		if (!device) return refuse('equipment.not_found');
		if (holdsData(device.category) === 'no' || device.wiped) return ok(null);
		return refuse(leaving ? 'equipment.wipe_missing' : 'equipment.wipe_missing_in_town');
	}

	return {
		async notWiped(itemIds, trx) {
			if (!itemIds.length) return [];
			const base = (trx ?? db) as Db;
			if (trx) await holdSeries(base, { itemIds, deviceIds: [] });
			const { rows } = await sql<{ id: string }>`
				SELECT asked.id FROM unnest(${itemIds}::uuid[]) asked (id)
				LEFT JOIN equipment.collected_item item ON item.id = asked.id
				WHERE item.id IS NULL OR (${itemHoldsData} AND NOT equipment.is_wiped(item.id, item.device_id, true))`.execute(
				base,
			);
			return rows.map(({ id }) => id);
		},
		deviceMayLeave: (deviceId, trx) => mayGo(deviceId, true, trx),
		async deviceMayChangeHands(deviceId, to, trx) {
			const may = await mayGo(deviceId, false, trx);
			if (may.ok || may.error !== 'equipment.wipe_missing_in_town' || !to) return may;
			const { rows } = await sql<{ changes: Parameters<typeof lastUser>[0][number] }>`
				SELECT changes FROM equipment.device_event WHERE device_id = ${deviceId} ORDER BY id`.execute(
				(trx ?? db) as Db,
			);
			const before = lastUser(rows.map(({ changes }) => changes));
			return before && sameUser(before, to) ? ok(null) : may;
		},
	};
}

/** Of `item`: what the desk said, and the categories that always do whatever it said. */
export const itemHoldsData = sql<boolean>`(item.holds_data OR item.category IN
	('smartphone', 'feature_phone', 'tablet', 'laptop', 'desktop', 'server'))`;

/** Keep a failed verification from reopening wipes until the transaction that relies on them is over. */
async function holdSeries(
	base: Db,
	{ itemIds, deviceIds }: { itemIds: readonly string[]; deviceIds: readonly string[] },
): Promise<void> {
	await sql`SELECT FROM equipment.wipe_series WHERE id IN (
			SELECT wipe.series_id FROM equipment.wipe
			WHERE wipe.item_id = ANY (${itemIds}::uuid[]) OR wipe.device_id = ANY (${deviceIds}::uuid[])
				OR wipe.device_id IN (SELECT device_id FROM equipment.collected_item WHERE id = ANY (${itemIds}::uuid[])))
		ORDER BY id FOR SHARE`.execute(base);
}
