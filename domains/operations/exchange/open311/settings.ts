import { type AnyTransaction, changing, ok, refuse } from '@parvis/platform';
import { z } from 'zod';
import { type Context, parseInput } from '../../context.ts';
import { mayManage } from '../../policies.ts';
import type { Open311Settings } from '../face.ts';

const input = z.object({
	keyRequired: z.boolean(),
	jurisdiction: z
		.string()
		.trim()
		.regex(/^[\w.:-]{0,100}$/, 'operations.jurisdiction_invalid')
		.nullish(),
});

export function createOpen311Settings({ platform, db }: Context): Open311Settings {
	return {
		async read() {
			const row = await db.selectFrom('operations.open311_setting').selectAll().executeTakeFirst();
			return {
				keyRequired: row?.key_required ?? false,
				jurisdiction: row?.jurisdiction ?? new URL(platform.config.publicUrl).hostname,
			};
		},

		async save(actor, given) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(input, given);
			if (!parsed.ok) return parsed;
			const { keyRequired, jurisdiction } = parsed.value;
			return changing(db, async (trx) => {
				await trx
					.updateTable('operations.open311_setting')
					.set({ key_required: keyRequired, jurisdiction: jurisdiction || null })
					.execute();
				await platform.audit.record(trx as unknown as AnyTransaction, {
					actor,
					action: 'operations.open311.changed',
					detail: { keyRequired },
				});
				return ok(null);
			});
		},
	};
}
