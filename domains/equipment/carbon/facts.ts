import { sql } from 'kysely';
import type { Db } from '../context.ts';
import type { DeviceFact, ItemFact } from './rules/objects.ts';
import { serialKey } from './rules/objects.ts';

export interface Facts {
	devices: DeviceFact[];
	items: ItemFact[];
}

/** A comparable serial number in the database, as `serialKey` tidies it. */
const tidy = (column: string) => sql`regexp_replace(upper(${sql.ref(column)}), '[^A-Z0-9]', '', 'g')`;

/**
 * Facts about devices and items and all records that may tell of the same things: by label, by serial number, and those that
 * were counted together before. @param of null: everything
 */
export async function readFacts(
	db: Db,
	of: { deviceIds: readonly string[]; itemIds: readonly string[] } | null,
): Promise<Facts> {
	if (!of) return read(db, null);
	let { deviceIds, itemIds } = of;
	// Twice: a label leads to a serial number, and a serial number to a label.
	for (let round = 0; round < 2; round++) {
		const found = await related(db, deviceIds, itemIds);
		if (found.deviceIds.length === deviceIds.length && found.itemIds.length === itemIds.length) break;
		({ deviceIds, itemIds } = found);
	}
	return read(db, { deviceIds, itemIds });
}

async function related(db: Db, deviceIds: readonly string[], itemIds: readonly string[]) {
	const subjects = [...deviceIds.map((id) => `device/${id}`), ...itemIds.map((id) => `item/${id}`)];
	const { rows: serials } = await sql<{ serial: string; category: string }>`
		SELECT device.serial, model.category FROM equipment.device JOIN equipment.model ON model.id = device.model_id
			WHERE device.id = ANY(${deviceIds}::uuid[]) AND device.serial IS NOT NULL
		UNION SELECT serial, category FROM equipment.collected_item WHERE id = ANY(${itemIds}::uuid[]) AND serial IS NOT NULL`.execute(
		db,
	);
	const keys = serials.flatMap(({ serial, category }) => {
		const key = serialKey(serial, category as DeviceFact['category']);
		return key ? [key.slice(key.indexOf('/') + 1)] : [];
	});
	const { rows } = await sql<{ subject: string }>`
		SELECT 'device/' || id AS subject FROM equipment.device
			WHERE id = ANY(${deviceIds}::uuid[]) OR ${tidy('serial')} = ANY(${keys}::text[])
				OR id IN (SELECT device_id FROM equipment.collected_item WHERE id = ANY(${itemIds}::uuid[]))
		UNION SELECT 'item/' || id FROM equipment.collected_item
			WHERE id = ANY(${itemIds}::uuid[]) OR device_id = ANY(${deviceIds}::uuid[]) OR ${tidy('serial')} = ANY(${keys}::text[])
		UNION SELECT subject FROM equipment.carbon_claim WHERE object IN
			(SELECT object FROM equipment.carbon_claim WHERE subject = ANY(${subjects}::text[]))`.execute(db);
	const ids = (prefix: string) =>
		rows
			.filter(({ subject }) => subject.startsWith(prefix))
			.map(({ subject }) => subject.slice(prefix.length));
	return { deviceIds: ids('device/'), itemIds: ids('item/') };
}

async function read(
	db: Db,
	of: { deviceIds: readonly string[]; itemIds: readonly string[] } | null,
): Promise<Facts> {
	const only = (column: string, ids: readonly string[] | undefined) =>
		ids ? sql`WHERE ${sql.ref(column)} = ANY(${ids}::uuid[])` : sql``;
	const { rows: devices } = await sql<DeviceFact>`
		SELECT device.id, device.model_id AS "modelId", model.category, device.serial, device.status, device.acquired,
			device.bought_on::text AS "boughtOn", device.in_use_on::text AS "inUseOn", device.left_on::text AS "leftOn",
			device.left_as AS "leftAs", device.simulated, coalesce(told.statuses, '[]') AS statuses
		FROM equipment.device JOIN equipment.model ON model.id = device.model_id
		LEFT JOIN (SELECT device_id, json_agg(json_build_object(
				'day', (at AT TIME ZONE 'Europe/Paris')::date::text, 'status', changes #>> '{status,1}') ORDER BY at, id) AS statuses
			FROM equipment.device_event event
			WHERE changes ? 'status' ${of ? sql`AND device_id = ANY(${of.deviceIds}::uuid[])` : sql``}
			GROUP BY device_id) told ON told.device_id = device.id
		${only('device.id', of?.deviceIds)} ORDER BY device.id`.execute(db);
	const { rows: items } = await sql<ItemFact>`
		SELECT id, category, serial, device_id AS "deviceId", ended_as AS "endedAs", ended_on::text AS "endedOn", simulated
		FROM equipment.collected_item ${only('id', of?.itemIds)} ORDER BY id`.execute(db);
	return { devices, items };
}

/** Of everything that is known. */
export async function readIds(db: Db): Promise<{ deviceIds: string[]; itemIds: string[] }> {
	const ids = async (table: 'equipment.device' | 'equipment.collected_item') =>
		(await db.selectFrom(table).select('id').orderBy('id').execute()).map(({ id }) => id);
	return { deviceIds: await ids('equipment.device'), itemIds: await ids('equipment.collected_item') };
}
