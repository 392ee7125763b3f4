import type { Actor, Result } from '@parvis/platform';
import { ok } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { changeDevice } from '../inventory/changing.ts';
import type { Category, LeftAs } from '../kinds.ts';
import type { ItemEnd } from './face.ts';
import type { Trx } from './recording.ts';

const leftAs: Readonly<Record<Exclude<ItemEnd, 'returned'>, LeftAs>> = {
	reused: 'reused',
	repaired: 'reused',
	parts: 'parts',
	recycled: 'recycled',
	missing: 'lost',
};

/** The town's own device that a label names, if it is here and nobody collected it yet; held until the transaction ends. */
export async function findTownDevice(
	trx: Trx,
	tag: string,
): Promise<{ id: string; category: Category; serial: string | null } | null> {
	const { rows } = await sql<{ id: string; category: Category; serial: string | null }>`
		SELECT device.id, model.category, device.serial FROM equipment.device JOIN equipment.model ON model.id = model_id
		WHERE lower(tag) = lower(${tag.trim()}) AND status NOT IN ('left', 'leaving')
			AND NOT EXISTS (SELECT FROM equipment.collected_item AS item
				WHERE item.device_id = device.id AND item.ended_as IS DISTINCT FROM 'returned')
		FOR UPDATE OF device`.execute(trx);
	return rows[0] ?? null;
}

/** A device of the town was put among the collected: nobody has it any more, and it waits to leave. */
export function takeTownDevice(
	context: Context,
	trx: Trx,
	actor: Actor,
	deviceId: string,
	detail: { itemId: string; number: string; at: Date },
): Promise<Result<unknown>> {
	const { at, ...rest } = detail;
	return changeDevice(
		context,
		trx,
		actor,
		deviceId,
		{ status: 'leaving', holderId: null },
		{ kind: 'collected', at, detail: rest },
	);
}

/** What became of an item became of the device that it is. */
export async function endTownDevice(
	context: Context,
	trx: Trx,
	actor: Actor,
	item: { id: string; number: string; device_id: string | null },
	end: ItemEnd,
	day: string,
): Promise<Result<unknown>> {
	if (!item.device_id) return ok(null);
	return changeDevice(
		context,
		trx,
		actor,
		item.device_id,
		end === 'returned' ? { status: 'in_stock' } : { status: 'left', leftAs: leftAs[end], leftOn: day },
		{
			kind: end === 'returned' ? 'returned' : 'left',
			detail: { itemId: item.id, number: item.number, end },
		},
	);
}
