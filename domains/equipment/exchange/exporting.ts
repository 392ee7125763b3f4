import { csvLine } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';

/** Columns of the export, which import as they are. */
export const exportColumns = [
	'id',
	'tag',
	'serial',
	'manufacturer',
	'model',
	'category',
	'status',
	'holderId',
	'holderName',
	'holderEmail',
	'service',
	'site',
	'need',
	'boughtOn',
	'inUseOn',
	'warrantyUntil',
	'supportedUntil',
	'acquired',
	'firstUsedOn',
	'condition',
	'batteryHealthPercent',
	'batteryMeasuredOn',
	'price',
	'supplier',
	'orderNumber',
	'leftOn',
	'leftAs',
	'note',
	'simulated',
] as const;

type ExportRow = Record<(typeof exportColumns)[number], string | number | null>;

const atOnce = 2000;

/** All devices, oldest first, in pieces, so that any number of them fits. */
async function* rowsOf({ db }: Context): AsyncIterable<ExportRow> {
	let after = '00000000-0000-0000-0000-000000000000';
	for (;;) {
		const { rows } = await sql<ExportRow & { id: string }>`
			SELECT device.id, device.tag, device.serial, model.manufacturer, model.name AS model, model.category, device.status,
				device.holder_id AS "holderId", holder.name AS "holderName", holder.email AS "holderEmail", device.service,
				device.site, device.need, device.bought_on AS "boughtOn", device.in_use_on AS "inUseOn",
				device.warranty_until AS "warrantyUntil", device.supported_until AS "supportedUntil", device.acquired,
				device.first_used_on AS "firstUsedOn", device.condition,
				device.battery_health_percent AS "batteryHealthPercent", device.battery_measured_on AS "batteryMeasuredOn",
				to_char(device.price_cents / 100.0, 'FM999999990.00') AS price, device.supplier,
				device.order_number AS "orderNumber", device.left_on AS "leftOn", device.left_as AS "leftAs", device.note,
				CASE WHEN device.simulated THEN 'yes' END AS simulated
			FROM equipment.device JOIN equipment.model ON model.id = device.model_id
			LEFT JOIN equipment.holder ON holder.id = device.holder_id
			WHERE device.id > ${after} ORDER BY device.id LIMIT ${atOnce}`.execute(db);
		yield* rows;
		const last = rows.at(-1);
		if (!last || rows.length < atOnce) return;
		after = last.id;
	}
}

export async function* exportCsv(context: Context): AsyncIterable<string> {
	yield csvLine(exportColumns);
	for await (const row of rowsOf(context)) yield csvLine(exportColumns.map((column) => row[column]));
}

export async function* exportJson(context: Context): AsyncIterable<Record<string, string | number | null>> {
	for await (const row of rowsOf(context)) yield row;
}
