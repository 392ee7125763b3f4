import { sql, type Transaction } from 'kysely';
import type { DeviceRow } from '../inventory/rows.ts';
import type { DB } from '../tables.ts';
import type { ImportFault } from './face.ts';
import type { ImportRecord } from './reading.ts';
import type { ImportSystem } from './rules/fields.ts';

const lower = (text: string) => text.toLowerCase();

/** Lines that claim the same thing: both are refused, for nobody knows which is right. */
export function doubles(records: readonly ImportRecord[]): ImportFault[] {
	const faults = new Map<number, ImportFault>();
	for (const [field, error] of [
		['externalId', 'equipment.import_double_id'],
		['serial', 'equipment.import_double_serial'],
		['tag', 'equipment.import_double_tag'],
	] as const) {
		const lines = new Map<string, ImportRecord[]>();
		for (const record of records) {
			const value = record[field];
			if (value) lines.set(lower(value), [...(lines.get(lower(value)) ?? []), record]);
		}
		for (const same of lines.values())
			if (same.length > 1)
				for (const { line, [field]: value } of same)
					if (!faults.has(line))
						faults.set(line, {
							line,
							error,
							detail: {
								value: String(value),
								lines: same
									.slice(0, 5)
									.map((other) => other.line)
									.join(', '),
							},
						});
	}
	return [...faults.values()];
}

export interface Matched {
	/** Device that a line means; absent: a new one. */
	devices: Map<number, DeviceRow>;
	faults: ImportFault[];
	/** Tags in use, in small letters, with the device that has each. */
	tagged: Map<string, string>;
	/** Lines whose device was found otherwise than by its id in that system. */
	unlinked: Set<number>;
}

/**
 * Which device each line means: by its id in that system, else by serial among those that have not left, else by tag. What
 * points at two devices is refused.
 */
export async function matchRecords(
	trx: Transaction<DB>,
	system: ImportSystem,
	records: readonly ImportRecord[],
): Promise<Matched> {
	const externalIds = records.flatMap(({ externalId }) => externalId ?? []);
	const serials = records.flatMap(({ serial }) => (serial ? lower(serial) : []));
	const tags = records.flatMap(({ tag, name }) => [tag, name].flatMap((text) => (text ? lower(text) : [])));
	const { rows: sources } = await sql<{ external_id: string; device_id: string }>`
		SELECT external_id, device_id FROM equipment.device_source
		WHERE system = ${system} AND external_id = ANY(${externalIds}::text[])`.execute(trx);
	// What Parvis exported names its own devices.
	const own =
		system === 'parvis'
			? externalIds.filter((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
			: [];
	const { rows } = await sql<DeviceRow>`
		SELECT * FROM equipment.device
		WHERE id = ANY(${[...sources.map(({ device_id }) => device_id), ...own]}::uuid[])
			OR lower(serial) = ANY(${serials}::text[]) OR lower(tag) = ANY(${tags}::text[])
		ORDER BY id`.execute(trx);
	const byId = new Map(rows.map((row) => [row.id, row]));
	const bySource = new Map(sources.map(({ external_id, device_id }) => [external_id, device_id]));
	for (const id of own) if (byId.has(id.toLowerCase())) bySource.set(id, id.toLowerCase());
	const byTag = new Map(rows.map((row) => [lower(row.tag), row]));
	const bySerial = new Map<string, DeviceRow[]>();
	for (const row of rows)
		if (row.serial) bySerial.set(lower(row.serial), [...(bySerial.get(lower(row.serial)) ?? []), row]);

	const matched: Matched = {
		devices: new Map(),
		faults: [],
		tagged: new Map([...byTag].map(([tag, { id }]) => [tag, id])),
		unlinked: new Set(),
	};
	const lineOf = new Map<string, number>();
	for (const record of records) {
		const fault = (error: string, detail: Record<string, string | number> = {}) =>
			matched.faults.push({ line: record.line, error, detail });
		const linked = record.externalId ? byId.get(bySource.get(record.externalId) ?? '') : undefined;
		const same = record.serial ? (bySerial.get(lower(record.serial)) ?? []) : [];
		const live = same.filter(({ status }) => status !== 'left');
		const candidates = live.length ? live : same;
		if (!linked && candidates.length > 1) {
			fault('equipment.import_serial_ambiguous', { value: record.serial ?? '', tags: tagsOf(candidates) });
			continue;
		}
		const label = record.tag ?? (record.serial ? null : record.name);
		const labelled = label ? byTag.get(lower(label)) : undefined;
		const device = linked ?? candidates[0] ?? labelled;
		if (!device) continue;
		const other =
			(linked ? candidates.find(({ id }) => id !== linked.id) : undefined) ??
			(record.tag && labelled && labelled.id !== device.id ? labelled : undefined);
		if (other) {
			fault('equipment.import_conflict', { tags: tagsOf([device, other]) });
			continue;
		}
		const isByTag = device === labelled && !linked && !candidates.length;
		if (isByTag && device.serial && record.serial) {
			fault('equipment.import_serial_differs', {
				tag: device.tag,
				serial: device.serial,
				value: record.serial,
			});
			continue;
		}
		const before = lineOf.get(device.id);
		if (before !== undefined) {
			fault('equipment.import_same_device', { tag: device.tag, other: before });
			continue;
		}
		lineOf.set(device.id, record.line);
		matched.devices.set(record.line, device);
		if (record.externalId && !linked && !(system === 'parvis' && device.id === record.externalId))
			matched.unlinked.add(record.line);
	}
	return matched;
}

const tagsOf = (devices: readonly DeviceRow[]) =>
	devices
		.slice(0, 5)
		.map(({ tag }) => tag)
		.join(', ');
