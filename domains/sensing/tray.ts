import type { Result } from '@parvis/platform';
import { ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, likePattern } from './context.ts';
import type { Devices, Tray, WaitingDevice } from './face.ts';
import { mayManageDevices, maySeeDevices } from './policies.ts';

/**
 * Devices that send and that nobody declared yet.
 * @param devices declaring one there settles it here: see `settleTray`
 */
export function createTray({ platform, db }: Context, devices: Pick<Devices, 'create'>): Tray {
	async function find(id: string): Promise<Result<WaitingDevice>> {
		if (!z.uuid().safeParse(id).success) return refuse('sensing.waiting_device_unknown');
		const row = await db
			.selectFrom('sensing.waiting_device')
			.selectAll()
			.where('id', '=', id)
			.where('ignored_at', 'is', null)
			.executeTakeFirst();
		return row ? ok(toWaitingDevice(row)) : refuse('sensing.waiting_device_unknown');
	}

	return {
		async list(actor, { text, page = 1, pageSize = 50 } = {}) {
			if (!maySeeDevices(actor)) return refuse('platform.not_allowed');
			const size = Math.min(500, Math.max(1, Math.trunc(pageSize)));
			const number = Math.max(1, Math.trunc(page));
			const matching = db
				.selectFrom('sensing.waiting_device')
				.where('ignored_at', 'is', null)
				.$if(Boolean(text), (query) =>
					query.where(
						sql<boolean>`concat_ws(' ', dev_eui, external_id, network, hints::text) ILIKE ${likePattern(text ?? '')}`,
					),
				);
			const [rows, { total }] = await Promise.all([
				matching
					.selectAll()
					.orderBy('last_seen_at', 'desc')
					.orderBy('id')
					.limit(size)
					.offset((number - 1) * size)
					.execute(),
				matching.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow(),
			]);
			return ok({ items: rows.map(toWaitingDevice), total, page: number, pageSize: size });
		},

		async adopt(actor, id, input) {
			if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
			const found = await find(id);
			if (!found.ok) return found;
			const { kept } = await db
				.selectFrom('sensing.waiting_uplink')
				.select(sql<number>`count(*)::int`.as('kept'))
				.where('waiting_device_id', '=', id)
				.executeTakeFirstOrThrow();
			const created = await devices.create(actor, { ...input, ...found.value.identifier });
			return created.ok ? ok({ device: created.value, replayed: kept }) : created;
		},

		async ignore(actor, id) {
			if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
			const found = await find(id);
			if (!found.ok) return found;
			await db.transaction().execute(async (trx) => {
				await trx
					.updateTable('sensing.waiting_device')
					.set({ ignored_at: sql<Date>`now()` })
					.where('id', '=', id)
					.execute();
				await trx.deleteFrom('sensing.waiting_uplink').where('waiting_device_id', '=', id).execute();
				await platform.audit.record(trx, {
					actor,
					action: 'sensing.waiting_device.ignored',
					subject: `waiting_device:${id}`,
					detail: { ...found.value.identifier },
				});
			});
			return ok(null);
		},
	};
}

/**
 * Let the waiting devices that are declared by now out of the tray: their kept uplinks go in, then they leave. It may
 * run twice or break off anywhere: an uplink that goes in again changes nothing, and the next run takes up the rest.
 * @param replay puts the kept uplinks of a waiting device in, and resolves when they are committed
 */
export async function settleTray(
	{ platform, db }: Context,
	replay: (waitingDeviceId: string) => Promise<void>,
): Promise<void> {
	const declared = await db
		.selectFrom('sensing.waiting_device as waiting')
		.innerJoin('sensing.device as device', (join) =>
			join.on(
				sql<boolean>`(device.dev_eui = waiting.dev_eui OR device.external_id = waiting.external_id)
					AND device.status = 'active'`,
			),
		)
		.select(['waiting.id', 'device.id as device_id'])
		.execute();
	for (const { id, device_id } of declared) {
		await replay(id);
		await db.transaction().execute(async (trx) => {
			const gone = await trx
				.deleteFrom('sensing.waiting_device')
				.where('id', '=', id)
				.returning('id')
				.executeTakeFirst();
			if (gone) await platform.events.publish(trx, 'sensing.device.adopted', { deviceId: device_id });
		});
	}
}

interface WaitingRow {
	id: string;
	dev_eui: string | null;
	external_id: string | null;
	network: string;
	first_seen_at: Date;
	last_seen_at: Date;
	uplink_count: number;
	hints: unknown;
}

function toWaitingDevice(row: WaitingRow): WaitingDevice {
	return {
		id: row.id,
		identifier: row.dev_eui === null ? { externalId: row.external_id ?? '' } : { devEui: row.dev_eui },
		network: row.network,
		firstSeenAt: row.first_seen_at,
		lastSeenAt: row.last_seen_at,
		uplinkCount: row.uplink_count,
		hints: row.hints as Record<string, string>,
	};
}
