import type { Selectable } from 'kysely';
import type { DB } from '../tables.ts';
import type { DeviceField, DeviceFields } from './face.ts';

export type DeviceRow = Selectable<DB['equipment.device']>;

/** Column of each field. */
export const columnOf = {
	tag: 'tag',
	serial: 'serial',
	modelId: 'model_id',
	status: 'status',
	holderId: 'holder_id',
	service: 'service',
	site: 'site',
	need: 'need',
	boughtOn: 'bought_on',
	inUseOn: 'in_use_on',
	warrantyUntil: 'warranty_until',
	supportedUntil: 'supported_until',
	acquired: 'acquired',
	firstUsedOn: 'first_used_on',
	condition: 'condition',
	batteryHealthPercent: 'battery_health_percent',
	batteryMeasuredOn: 'battery_measured_on',
	priceCents: 'price_cents',
	supplier: 'supplier',
	orderNumber: 'order_number',
	leftOn: 'left_on',
	leftAs: 'left_as',
	note: 'note',
} as const satisfies Record<DeviceField, keyof DeviceRow>;

export const deviceFields = Object.keys(columnOf) as DeviceField[];

export function fieldsOf(row: DeviceRow): DeviceFields {
	return Object.fromEntries(
		deviceFields.map((field) => [field, row[columnOf[field]]]),
	) as unknown as DeviceFields;
}

export function columnsOf(fields: Partial<DeviceFields>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(fields)
			.filter(([, value]) => value !== undefined)
			.map(([field, value]) => [columnOf[field as DeviceField], value]),
	);
}
