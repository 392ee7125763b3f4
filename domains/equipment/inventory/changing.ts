import { type Actor, newId, ok, Refusal, type Result, refuse, system } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { type Context, parseInput } from '../context.ts';
import { townDay } from '../days.ts';
import type { DB } from '../tables.ts';
import type { DeviceChanges, DeviceEventKind, DeviceFields } from './face.ts';
import { deviceInput } from './input.ts';
import { columnsOf, type DeviceRow, fieldsOf } from './rows.ts';
import { blankDevice, differences, settle } from './rules/fields.ts';

export type Trx = Transaction<DB>;

/** How a change is written down in the history. */
export interface Happening {
	kind: DeviceEventKind;
	/** When it happened; now unless told. */
	at?: Date | undefined;
	/** Never the name of a person: the history cannot be erased. */
	note?: string | null | undefined;
	/** More about it, by its kind: cost and supplier of a repair, loan, audit … */
	detail?: Record<string, unknown> | undefined;
}

export interface NewDevice extends Partial<Omit<DeviceFields, 'modelId'>> {
	modelId: string;
	simulated?: boolean;
	/** What another system calls it. */
	source?: { system: string; externalId: string };
	/** When it came, where that differs from the others. */
	at?: Date;
}

export interface WrittenDevice {
	id: string;
	tag: string;
	version: number;
}

/** Most devices whose changes are told one by one; more are told as `equipment.devices.changed`. */
const toldOneByOne = 20;

/**
 * Change a device: its row, its history and `equipment.device.changed`, or none of them. Who may is for the caller to ask.
 * @param changes fields to set; others stay. Nothing that differs still leaves an entry, unless the kind is `edited`
 * @returns refusals: `equipment.not_found`, `equipment.device_changed` where the version is no longer the expected one,
 * `equipment.tag_taken`, `equipment.model_unknown`, `equipment.holder_unknown`, and those of `settle` and of the fields
 */
export async function changeDevice(
	context: Context,
	trx: Trx,
	actor: Actor,
	deviceId: string,
	changes: Partial<DeviceFields>,
	{ expectedVersion, ...happening }: Happening & { expectedVersion?: number | undefined },
): Promise<Result<WrittenDevice>> {
	const written = await changeDevices(
		context,
		trx,
		actor,
		[{ deviceId, changes, ...(expectedVersion !== undefined && { expectedVersion }) }],
		happening,
	);
	if (!written.ok) {
		const { index: _index, ...detail } = written.detail ?? {};
		return refuse(written.error, detail);
	}
	return ok(written.value[0] as WrittenDevice);
}

/**
 * Change many devices with few statements; see `changeDevice`. The first refusal ends it, its `index` says of which.
 * Above twenty, `equipment.devices.changed { deviceIds }` is published instead of one event each.
 */
export async function changeDevices(
	context: Context,
	trx: Trx,
	actor: Actor,
	given: readonly {
		deviceId: string;
		changes: Partial<DeviceFields>;
		expectedVersion?: number;
		happening?: Partial<Happening>;
	}[],
	common: Happening,
): Promise<Result<WrittenDevice[]>> {
	const { rows } = await sql<DeviceRow>`SELECT * FROM equipment.device
		WHERE id::text = ANY(${given.map(({ deviceId }) => deviceId)}::text[]) ORDER BY id FOR UPDATE`.execute(
		trx,
	);
	const known = new Map(rows.map((row) => [row.id, row]));
	const now = context.now();
	const changed = new Map<string, DeviceRow>();
	const entries: Entry[] = [];
	const written: WrittenDevice[] = [];
	for (const [index, { deviceId, changes, expectedVersion, happening }] of given.entries()) {
		const row = known.get(deviceId);
		if (!row) return refuse('equipment.not_found', { index });
		if (expectedVersion !== undefined && expectedVersion !== row.version)
			return refuse('equipment.device_changed', { index });
		const parsed = parseInput(deviceInput, { ...changes });
		if (!parsed.ok) return refuse(parsed.error, { ...parsed.detail, index });
		const told = { ...common, ...happening };
		const at = told.at ?? now;
		const before = fieldsOf(row);
		const settled = settle(before, parsed.value as Partial<DeviceFields>, townDay(at));
		if (!settled.ok) return refuse(settled.error, { ...settled.detail, index });
		const differing = differences(before, settled.value);
		if (told.kind === 'edited' && !Object.keys(differing).length) {
			written.push({ id: row.id, tag: row.tag, version: row.version });
			continue;
		}
		const after = {
			...row,
			...columnsOf(settled.value),
			version: row.version + 1,
			updated_at: now,
		} as DeviceRow;
		known.set(row.id, after);
		changed.set(row.id, after);
		entries.push(entryOf(row.id, actor, now, told, differing));
		written.push({ id: row.id, tag: after.tag, version: after.version });
	}
	if (!changed.size) return ok(written);
	const faulty = await check(trx, [...changed.values()]);
	if (faulty) return faulty;
	await orTaken(
		sql`UPDATE equipment.device SET (${columnList}) = (${sql.join(columns.map((column) => sql.ref(`next.${column}`)))})
		FROM jsonb_populate_recordset(NULL::equipment.device, ${JSON.stringify([...changed.values()])}::jsonb) next
		WHERE device.id = next.id`.execute(trx),
	);
	await record(trx, entries);
	await tell(context, trx, [...changed.keys()]);
	return ok(written);
}

/**
 * Take in a device, with its history's first entry and `equipment.device.changed`. Who may is for the caller to ask.
 * Without a tag it gets one, `P-00042`.
 * @returns refusals as in `changeDevice`, and `equipment.source_taken` when that system's device is known already
 */
export async function createDevice(
	context: Context,
	trx: Trx,
	actor: Actor,
	fields: Omit<NewDevice, 'source' | 'at'>,
	{ source, ...happening }: Happening & { source?: NewDevice['source'] | undefined },
): Promise<Result<WrittenDevice>> {
	const created = await createDevices(
		context,
		trx,
		actor,
		[{ ...fields, ...(source && { source }) }],
		happening,
	);
	if (!created.ok) {
		const { index: _index, ...detail } = created.detail ?? {};
		return refuse(created.error, detail);
	}
	return ok(created.value[0] as WrittenDevice);
}

/** Take in many devices with few statements; see `createDevice` and, for refusals and news, `changeDevices`. */
export async function createDevices(
	context: Context,
	trx: Trx,
	actor: Actor,
	given: readonly NewDevice[],
	common: Happening,
): Promise<Result<WrittenDevice[]>> {
	const now = context.now();
	const tags = await freeTags(trx, given.filter(({ tag }) => !tag).length);
	const devices: DeviceRow[] = [];
	const entries: Entry[] = [];
	const sources: { system: string; external_id: string; device_id: string }[] = [];
	for (const [index, { source, simulated = false, at: came, ...fields }] of given.entries()) {
		const at = came ?? common.at ?? now;
		const parsed = parseInput(deviceInput.required({ modelId: true, tag: true }), {
			...fields,
			tag: fields.tag || tags.pop(),
		});
		if (!parsed.ok) return refuse(parsed.error, { ...parsed.detail, index });
		const settled = settle(null, parsed.value as Partial<DeviceFields>, townDay(at));
		if (!settled.ok) return refuse(settled.error, { ...settled.detail, index });
		const whole = { ...blankDevice, ...dropUndefined(settled.value) } as DeviceFields;
		const id = newId();
		devices.push({
			id,
			...columnsOf(whole),
			simulated,
			version: 1,
			created_at: now,
			updated_at: now,
		} as unknown as DeviceRow);
		entries.push(entryOf(id, actor, now, { ...common, at }, differences(null, whole)));
		if (source) sources.push({ system: source.system, external_id: source.externalId, device_id: id });
	}
	if (!devices.length) return ok([]);
	const faulty = await check(trx, devices);
	if (faulty) return faulty;
	await orTaken(
		sql`INSERT INTO equipment.device
		SELECT * FROM jsonb_populate_recordset(NULL::equipment.device, ${JSON.stringify(devices)}::jsonb)`.execute(
			trx,
		),
	);
	await record(trx, entries);
	if (sources.length) {
		const { numAffectedRows } = await sql`INSERT INTO equipment.device_source
			SELECT * FROM jsonb_populate_recordset(NULL::equipment.device_source, ${JSON.stringify(sources)}::jsonb)
			ON CONFLICT DO NOTHING`.execute(trx);
		if (Number(numAffectedRows) !== sources.length) return refuse('equipment.source_taken');
	}
	await tell(
		context,
		trx,
		devices.map(({ id }) => id),
	);
	return ok(devices.map(({ id, tag, version }) => ({ id, tag, version })));
}

const columns = [
	...Object.keys(columnsOf({ tag: '', modelId: '', ...blankDevice })),
	'version',
	'updated_at',
];
const columnList = sql.join(columns.map((column) => sql.ref(column)));

interface Entry {
	id: string;
	device_id: string;
	at: Date;
	recorded_at: Date;
	kind: string;
	by_person: string | null;
	changes: DeviceChanges;
	detail: Record<string, unknown>;
	note: string | null;
}

function entryOf(
	deviceId: string,
	actor: Actor,
	now: Date,
	{ kind, at, note, detail }: Happening,
	changes: DeviceChanges,
): Entry {
	return {
		id: newId(),
		device_id: deviceId,
		at: at ?? now,
		recorded_at: now,
		kind,
		by_person: actor.kind === 'person' ? actor.id : null,
		changes,
		detail: detail ?? {},
		note: note || null,
	};
}

async function record(trx: Trx, entries: readonly Entry[]): Promise<void> {
	await sql`INSERT INTO equipment.device_event
		SELECT * FROM jsonb_populate_recordset(NULL::equipment.device_event, ${JSON.stringify(entries)}::jsonb)`.execute(
		trx,
	);
}

async function tell({ platform }: Context, trx: Trx, deviceIds: readonly string[]): Promise<void> {
	if (deviceIds.length > toldOneByOne)
		return platform.events.publish(trx, 'equipment.devices.changed', { deviceIds });
	for (const deviceId of deviceIds)
		await platform.events.publish(trx, 'equipment.device.changed', { deviceId });
}

/** What the database would refuse with an error, said as a refusal before. */
async function check(
	trx: Trx,
	rows: readonly DeviceRow[],
): Promise<Extract<Result<never>, { ok: false }> | null> {
	const { rows: faults } = await sql<{ error: string; index: number }>`
		WITH given AS (SELECT (ordinality - 1)::int AS index, id, tag, model_id, holder_id
			FROM jsonb_populate_recordset(NULL::equipment.device, ${JSON.stringify(rows)}::jsonb) WITH ORDINALITY)
		SELECT error, index FROM (
			SELECT 'equipment.model_unknown' AS error, index FROM given
				WHERE NOT EXISTS (SELECT FROM equipment.model WHERE model.id = given.model_id)
			UNION ALL SELECT 'equipment.holder_unknown', index FROM given WHERE holder_id IS NOT NULL
				AND NOT EXISTS (SELECT FROM equipment.holder WHERE holder.id = given.holder_id)
			UNION ALL SELECT 'equipment.tag_taken', index FROM given WHERE EXISTS (SELECT FROM equipment.device
				WHERE lower(device.tag) = lower(given.tag) AND device.id <> given.id
					AND NOT device.id = ANY(${rows.map(({ id }) => id)}::uuid[]))
			UNION ALL SELECT 'equipment.tag_taken', max(index) FROM given GROUP BY lower(tag) HAVING count(*) > 1
		) fault ORDER BY index LIMIT 1`.execute(trx);
	const [fault] = faults;
	return fault ? refuse(fault.error, { index: fault.index, field: fieldOfFault[fault.error] ?? '' }) : null;
}

/** Two who give the same tag at the same moment do not see one another before the database does. */
async function orTaken(writing: Promise<unknown>): Promise<void> {
	try {
		await writing;
	} catch (error) {
		const { code, constraint } = error as { code?: string; constraint?: string };
		if (code === '23505' && constraint?.startsWith('device_tag'))
			throw new Refusal('equipment.tag_taken', { field: 'tag' });
		throw error;
	}
}

const fieldOfFault: Record<string, string> = {
	'equipment.model_unknown': 'modelId',
	'equipment.holder_unknown': 'holderId',
	'equipment.tag_taken': 'tag',
};

/** So many tags that no device has. */
export async function freeTags(trx: Trx, count: number): Promise<string[]> {
	const free: string[] = [];
	while (free.length < count) {
		const { rows } = await sql<{ tag: string }>`
			SELECT tag FROM (SELECT 'P-' || lpad(nextval('equipment.tag_number')::text, 5, '0') AS tag
				FROM generate_series(1, ${count - free.length})) next
			WHERE NOT EXISTS (SELECT FROM equipment.device WHERE lower(device.tag) = lower(next.tag))`.execute(trx);
		free.push(...rows.map(({ tag }) => tag));
	}
	return free.reverse();
}

function dropUndefined<T extends object>(fields: T): Partial<T> {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** Invented devices with the history they come with, as `replay` would have it. @returns their ids */
export async function writeDemoDevices<
	Invented extends {
		fields: DeviceFields;
		events: readonly {
			kind: DeviceEventKind;
			at: Date;
			changes: DeviceChanges;
			detail: Record<string, unknown>;
		}[];
	},
>(context: Context, trx: Trx, devices: readonly Invented[]): Promise<Map<Invented, string>> {
	const ids = new Map(devices.map((device) => [device, newId()]));
	const rows = devices.map(({ fields, events }, n) => ({
		id: ids.get(devices[n] as Invented),
		...columnsOf(fields),
		simulated: true,
		version: events.length,
		created_at: events[0]?.at,
		updated_at: events.at(-1)?.at,
	}));
	const entries = devices.flatMap((device) =>
		device.events.map((event) => ({
			...entryOf(ids.get(device) ?? '', system, event.at, event, event.changes),
		})),
	);
	await sql`INSERT INTO equipment.device
		SELECT * FROM jsonb_populate_recordset(NULL::equipment.device, ${JSON.stringify(rows)}::jsonb)`.execute(
		trx,
	);
	await record(trx, entries);
	await tell(context, trx, [...ids.values()]);
	return ids;
}
