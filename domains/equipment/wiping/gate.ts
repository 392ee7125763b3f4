import { type AnyTransaction, asId, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context, Db } from '../context.ts';
import type { Category } from '../kinds.ts';
import type { Wiping } from './face.ts';
import { type DeviceUser, lastUser, sameUser } from './rules/last-user.ts';
import { holdsData } from './rules/techniques.ts';

/** Whether things may go: nothing that can hold data does before its storages are wiped and verified. */
export function createGate({
	db,
}: Context): Pick<Wiping, 'notWiped' | 'deviceMayLeave' | 'deviceMayChangeHands'> {
	async function mayGo(move: Move, trx?: AnyTransaction): Promise<Result<null>> {
		const { deviceId, to } = move;
		const base = (trx ?? db) as Db;
		if (trx) await holdSeries(base, { itemIds: [], deviceIds: [deviceId] });
		const known = await base
			.selectFrom('equipment.device')
			.select('id')
			.where('id', '=', asId(deviceId))
			.executeTakeFirst();
		if (!known) return refuse('equipment.not_found');
		if (!(await heldBack(base, [move])).has(known.id)) return ok(null);
		return refuse(to === 'away' ? 'equipment.wipe_missing' : 'equipment.wipe_missing_in_town');
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
		deviceMayLeave: (deviceId, trx) => mayGo({ deviceId, to: 'away' }, trx),
		deviceMayChangeHands: (deviceId, to, trx) => mayGo({ deviceId, to: to ?? null }, trx),
	};
}

/** A device that goes out of the town's hands, to somebody in it, or (null) to anybody in it. */
export interface Move {
	deviceId: string;
	to: DeviceUser | 'away' | null;
}

/** The ids of those devices that still hold the data of whoever had them last; that one may always have them back. */
export async function heldBack(base: Db, moves: readonly Move[]): Promise<ReadonlySet<string>> {
	if (!moves.length) return new Set();
	const { rows } = await sql<{ id: string; category: Category }>`
		SELECT device.id, model.category
		FROM unnest(${moves.map(({ deviceId }) => deviceId)}::uuid[], ${moves.map(({ to }) => to === 'away')}::boolean[])
			AS move (id, leaving)
		JOIN equipment.device ON device.id = move.id JOIN equipment.model ON model.id = model_id
		WHERE equipment.last_use(device.id) IS NOT NULL AND NOT equipment.is_wiped(NULL, device.id, move.leaving)`.execute(
		base,
	);
	const unwiped = new Set(rows.filter(({ category }) => holdsData(category) !== 'no').map(({ id }) => id));
	const handed = moves.flatMap(({ deviceId, to }) =>
		to && to !== 'away' && unwiped.has(deviceId) ? [{ deviceId, to }] : [],
	);
	if (!handed.length) return unwiped;
	const { rows: histories } = await sql<{ id: string; changes: Parameters<typeof lastUser>[0] }>`
		SELECT device_id AS id, json_agg(changes ORDER BY id) AS changes FROM equipment.device_event
		WHERE device_id = ANY (${handed.map(({ deviceId }) => deviceId)}::uuid[]) GROUP BY device_id`.execute(
		base,
	);
	const before = new Map(histories.map(({ id, changes }) => [id, lastUser(changes)]));
	for (const { deviceId, to } of handed) {
		const last = before.get(deviceId);
		if (last && sameUser(last, to)) unwiped.delete(deviceId);
	}
	return unwiped;
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
