import type { Actor, Result } from '@parvis/platform';
import { newId, ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput, uniqueViolation } from './context.ts';
import { newCredential } from './credentials.ts';
import { importDevices, rowsOfCsv } from './device-import.ts';
import { deviceInput, inputOf, type ParsedDevice, toColumns } from './device-input.ts';
import {
	lowBatteryPercent,
	selectDevices,
	silentAfterIntervals,
	toDevice,
	whereDevice,
} from './device-rows.ts';
import type { Device, DeviceCounts, Devices, ImportReport, ImportRow, Reading } from './face.ts';
import { mayManageDevices, maySeeDevices } from './policies.ts';

/** @param settle called when devices came to be declared: what waits for them in the tray goes in */
export function createDevices(
	context: Context,
	reading: Pick<Reading, 'latest'>,
	settle: () => Promise<void>,
): Devices {
	const { platform, db } = context;

	async function find(id: string): Promise<Result<Device>> {
		if (!z.uuid().safeParse(id).success) return refuse('sensing.device_unknown');
		const row = await selectDevices(db).where('device.id', '=', id).executeTakeFirst();
		return row ? ok(toDevice(row)) : refuse('sensing.device_unknown');
	}

	async function change(
		actor: Actor,
		id: string,
		action: string,
		set: Record<string, string | null>,
	): Promise<Result<Device>> {
		if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
		const found = await find(id);
		if (!found.ok) return found;
		await db.transaction().execute(async (trx) => {
			await trx
				.updateTable('sensing.device')
				.set({ ...set, updated_at: sql<Date>`now()` })
				.where('id', '=', id)
				.execute();
			await platform.audit.record(trx, { actor, action, subject: `device:${id}` });
		});
		return find(id);
	}

	/** Name of the place, the columns to write; a device without a position of its own stands where its place is. */
	async function columns(values: ParsedDevice): Promise<Result<ReturnType<typeof toColumns>>> {
		const type = await db
			.selectFrom('sensing.device_type')
			.select('id')
			.where('id', '=', values.typeId)
			.executeTakeFirst();
		if (!type) return refuse('sensing.type_unknown');
		const place =
			values.placeId === null
				? null
				: ((await context.findPlaces([values.placeId])).get(values.placeId) ?? undefined);
		if (place === undefined) return refuse('sensing.place_unknown', { place: values.placeId ?? '' });
		return ok(toColumns(values, place));
	}

	async function importMany(
		actor: Actor,
		rows: readonly ImportRow[],
		options: { dryRun: boolean },
	): Promise<Result<ImportReport>> {
		if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
		const report = await importDevices(context, actor, rows, options);
		if (report.ok && !options.dryRun) await settle();
		return report;
	}

	return {
		async list(actor, filter = {}) {
			if (!maySeeDevices(actor)) return refuse('platform.not_allowed');
			const page = Math.max(1, Math.trunc(filter.page ?? 1));
			const pageSize = Math.min(500, Math.max(1, Math.trunc(filter.pageSize ?? 50)));
			const order = {
				name: 'name',
				type: 'type_name',
				lastSeen: 'last_seen_at',
				battery: 'battery_percent',
			} as const;
			const [rows, { total }] = await Promise.all([
				whereDevice(selectDevices(db), filter)
					.orderBy(sql.ref(order[filter.sort ?? 'name']), (by) =>
						(filter.descending ? by.desc() : by.asc()).nullsLast(),
					)
					.orderBy('device.id')
					.limit(pageSize)
					.offset((page - 1) * pageSize)
					.execute(),
				whereDevice(
					db
						.selectFrom('sensing.device as device')
						.innerJoin('sensing.device_type as type', 'type.id', 'device.type_id'),
					filter,
				)
					.select(sql<number>`count(*)::int`.as('total'))
					.executeTakeFirstOrThrow(),
			]);
			return ok({ items: rows.map(toDevice), total, page, pageSize });
		},

		async get(actor, id) {
			if (!maySeeDevices(actor)) return refuse('platform.not_allowed');
			const found = await find(id);
			if (!found.ok) return found;
			const [values, uplink] = await Promise.all([
				reading.latest(actor, { deviceIds: [id] }),
				db.selectFrom('sensing.device').select('last_uplink').where('id', '=', id).executeTakeFirst(),
			]);
			return ok({ ...found.value, values, lastUplink: uplink?.last_uplink ?? null });
		},

		async create(actor, input) {
			if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(deviceInput, input);
			if (!parsed.ok) return parsed;
			const row = await columns(parsed.value);
			if (!row.ok) return row;
			const id = newId();
			try {
				await db.transaction().execute(async (trx) => {
					await trx
						.insertInto('sensing.device')
						.values({ id, ...row.value })
						.execute();
					await platform.audit.record(trx, {
						actor,
						action: 'sensing.device.created',
						subject: `device:${id}`,
						detail: { devEui: row.value.dev_eui, externalId: row.value.external_id },
					});
				});
			} catch (error) {
				if (uniqueViolation(error) !== null) return refuse('sensing.device_exists');
				throw error;
			}
			await settle();
			return find(id);
		},

		async update(actor, id, changes) {
			if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
			const found = await find(id);
			if (!found.ok) return found;
			const parsed = parseInput(deviceInput, { ...inputOf(found.value), ...defined(changes) });
			if (!parsed.ok) return parsed;
			const values = parsed.value;
			// Moved to another place without a word on where it stands: it stands where the new place is.
			if (values.placeId !== found.value.placeId && changes.longitude === undefined)
				Object.assign(values, { longitude: null, latitude: null });
			const row = await columns(values);
			if (!row.ok) return row;
			try {
				await db.transaction().execute(async (trx) => {
					await trx
						.updateTable('sensing.device')
						.set({ ...row.value, updated_at: sql<Date>`now()` })
						.where('id', '=', id)
						.execute();
					await platform.audit.record(trx, {
						actor,
						action: 'sensing.device.changed',
						subject: `device:${id}`,
						detail: { fields: Object.keys(defined(changes)) },
					});
				});
			} catch (error) {
				if (uniqueViolation(error) !== null) return refuse('sensing.device_exists');
				throw error;
			}
			await settle();
			return find(id);
		},

		retire: (actor, id) =>
			change(actor, id, 'sensing.device.retired', { status: 'retired', credential_hash: null }),

		reactivate: (actor, id) => change(actor, id, 'sensing.device.reactivated', { status: 'active' }),

		async renewCredential(actor, id) {
			const { password, hash } = newCredential();
			const changed = await change(actor, id, 'sensing.device.credential_renewed', { credential_hash: hash });
			if (!changed.ok) return changed;
			const { devEui, externalId } = changed.value;
			return ok({ username: externalId ?? devEui ?? id, password });
		},

		async revokeCredential(actor, id) {
			const changed = await change(actor, id, 'sensing.device.credential_revoked', { credential_hash: null });
			return changed.ok ? ok(null) : changed;
		},

		importMany,

		async importCsv(actor, csv, options) {
			const rows = rowsOfCsv(csv);
			return rows.ok ? importMany(actor, rows.value, options) : rows;
		},

		async counts(actor) {
			if (!maySeeDevices(actor)) return refuse('platform.not_allowed');
			const { rows } = await sql<DeviceCounts>`
				SELECT count(*) FILTER (WHERE active)::int AS active,
					count(*) FILTER (WHERE active AND last_seen_at >= silent_since)::int AS live,
					count(*) FILTER (WHERE active AND last_seen_at < silent_since)::int AS silent,
					count(*) FILTER (WHERE active AND last_seen_at IS NULL)::int AS "neverSeen",
					count(*) FILTER (WHERE active AND battery_percent <= ${lowBatteryPercent})::int AS "lowBattery",
					count(*) FILTER (WHERE NOT active)::int AS retired,
					(SELECT count(*) FROM sensing.waiting_device WHERE ignored_at IS NULL)::int AS waiting
				FROM (
					SELECT device.status = 'active' AS active, device.last_seen_at, device.battery_percent,
						now() - make_interval(secs => ${silentAfterIntervals}
							* coalesce(device.expected_interval_seconds, type.expected_interval_seconds)) AS silent_since
					FROM sensing.device JOIN sensing.device_type type ON type.id = device.type_id
				) device`.execute(db);
			const counts = rows[0];
			if (!counts) throw new Error('counting gave no row');
			return ok(counts);
		},

		async services(actor) {
			if (!maySeeDevices(actor)) return refuse('platform.not_allowed');
			const rows = await db
				.selectFrom('sensing.device')
				.select('service')
				.distinct()
				.where('service', 'is not', null)
				.orderBy('service')
				.execute();
			return ok(rows.flatMap(({ service }) => (service === null ? [] : [service])));
		},
	};
}

function defined<T extends object>(changes: T): Partial<T> {
	return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<T>;
}
