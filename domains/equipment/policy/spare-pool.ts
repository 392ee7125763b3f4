import { ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { addDays, today } from '../days.ts';
import type { Category } from '../kinds.ts';
import { maySee } from '../policies.ts';
import type { Policy, SparePool } from './face.ts';
import { readInForce } from './versions.ts';

/** The pool against the share of devices in service that the policy in force keeps. */
export function createSparePool(context: Context): Policy['sparePool'] {
	return async (actor) => {
		if (!maySee(actor)) return refuse('platform.not_allowed');
		const day = today(context);
		const policy = await readInForce(context, day);
		if (!policy) return ok([]);
		const { rows } = await sql<{ category: Category; inService: number; inPool: number }>`
			SELECT model.category, count(*) FILTER (WHERE status IN ('in_use', 'on_loan'))::int AS "inService",
				count(*) FILTER (WHERE status = 'in_stock' AND coalesce(device.supported_until, model.supported_until, 'infinity')
					>= ${addDays(day, -policy.rules.securityGraceDays)})::int AS "inPool"
			FROM equipment.device JOIN equipment.model ON model.id = device.model_id GROUP BY 1`.execute(
			context.db,
		);
		const counts = new Map(rows.map((row) => [row.category, row]));
		return ok(
			Object.entries(policy.rules.categories).flatMap(([name, rules]): SparePool[] => {
				const category = name as Category;
				if (!rules.sparePoolPercent) return [];
				const { inService, inPool } = counts.get(category) ?? { inService: 0, inPool: 0 };
				const asked = Math.ceil((inService * rules.sparePoolPercent) / 100);
				return [{ category, inService, inPool, askedPercent: rules.sparePoolPercent, asked }];
			}),
		);
	};
}
