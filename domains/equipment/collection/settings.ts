import { ok, refuse } from '@parvis/platform';
import { z } from 'zod';
import { type Context, type Db, parseInput } from '../context.ts';
import { mayManage } from '../policies.ts';
import type { Collection } from './face.ts';

export async function readSettings(db: Db): Promise<{ giverDays: number }> {
	const row = await db
		.selectFrom('equipment.collection_settings')
		.select('giver_days')
		.executeTakeFirstOrThrow();
	return { giverDays: row.giver_days };
}

const settingsInput = z.object({
	giverDays: z
		.int('equipment.giver_days_invalid')
		.min(0, 'equipment.giver_days_invalid')
		.max(365, 'equipment.giver_days_invalid'),
});

export function createSettings({ db, platform }: Context): Collection['settings'] {
	return {
		get: () => readSettings(db),
		async save(actor, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(settingsInput, input);
			if (!parsed.ok) return parsed;
			await db.transaction().execute(async (trx) => {
				await trx
					.updateTable('equipment.collection_settings')
					.set({ giver_days: parsed.value.giverDays })
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'equipment.collection.settings',
					subject: 'collection',
				});
			});
			return ok(null);
		},
	};
}
