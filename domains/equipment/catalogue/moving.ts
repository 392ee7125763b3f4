import type { Actor } from '@parvis/platform';
import { Refusal } from '@parvis/platform';
import type { Transaction } from 'kysely';
import type { Context } from '../context.ts';
import { changeDevices } from '../inventory/changing.ts';
import type { DB } from '../tables.ts';

const atOnce = 2000;

/** Devices of one model become another's, each with an entry in its history. @returns how many */
export async function moveDevices(
	context: Context,
	trx: Transaction<DB>,
	actor: Actor,
	from: string,
	into: string,
): Promise<number> {
	const rows = await trx
		.selectFrom('equipment.device')
		.select('id')
		.where('model_id', '=', from)
		.orderBy('id')
		.execute();
	for (let start = 0; start < rows.length; start += atOnce) {
		const moved = await changeDevices(
			context,
			trx,
			actor,
			rows.slice(start, start + atOnce).map(({ id }) => ({ deviceId: id, changes: { modelId: into } })),
			{ kind: 'edited' },
		);
		if (!moved.ok) throw new Refusal(moved.error, moved.detail);
	}
	return rows.length;
}
