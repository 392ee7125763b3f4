import { newId } from '@parvis/platform';
import type { Transaction } from 'kysely';
import type { Context } from '../context.ts';
import type { DB } from '../tables.ts';

export interface PickupRecord {
	containerId: string;
	at: Date;
	source: 'round' | 'hand' | 'sensor';
	stopId: string | null;
	fillPercent: number | null;
	kilograms: number | null;
	/** As the sensor had it before; looked up from the forecast where it is not known. */
	levelPercent?: number | null;
}

/** Write down that a container was emptied. What is known of its level falls to zero until its sensor speaks again. */
export async function recordPickup(
	{ platform, now }: Pick<Context, 'platform' | 'now'>,
	trx: Transaction<DB>,
	pickup: PickupRecord,
): Promise<void> {
	const forecast = await trx
		.selectFrom('operations.waste_forecast')
		.select(['level_percent', 'level_at'])
		.where('container_id', '=', pickup.containerId)
		.executeTakeFirst();
	const before = forecast && (!forecast.level_at || forecast.level_at <= pickup.at);
	await trx
		.insertInto('operations.waste_pickup')
		.values({
			id: newId(),
			container_id: pickup.containerId,
			at: pickup.at,
			source: pickup.source,
			round_stop_id: pickup.stopId,
			fill_percent: pickup.fillPercent,
			level_percent: pickup.levelPercent ?? (before ? forecast.level_percent : null),
			kilograms: pickup.kilograms,
			recorded_at: now(),
		})
		.execute();
	await trx
		.updateTable('operations.waste_container')
		.set({ emptied_at: pickup.at })
		.where('id', '=', pickup.containerId)
		.where((match) => match.or([match('emptied_at', 'is', null), match('emptied_at', '<', pickup.at)]))
		.execute();
	if (pickup.source !== 'sensor')
		await platform.events.publish(trx, 'operations.waste.container_emptied', {
			containerId: pickup.containerId,
			at: pickup.at.toISOString(),
			source: pickup.source,
		});
}
