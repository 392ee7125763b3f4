import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Policy } from './face.ts';
import { type RetiredCount, retiredCategories, retirementShare } from './rules/retirement.ts';

const oldestYears = 10;

/** What became of retired devices in a year, from their histories. */
export function createRetirement({ db }: Context): Policy['retirement'] {
	return async (year) => {
		const { rows } = await sql<RetiredCount & { simulated: boolean }>`
			WITH retired AS (
				SELECT device.id, device.simulated,
					(SELECT event.changes->'status'->>1 FROM equipment.device_event event
						WHERE event.device_id = device.id AND event.changes ? 'status'
							AND event.at < make_date(${year}, 1, 1)::timestamp AT TIME ZONE 'Europe/Paris'
						ORDER BY event.at DESC, event.id DESC LIMIT 1) = 'leaving' AS was_in_stock,
					CASE WHEN extract(year FROM device.left_on) = ${year} THEN device.left_as END AS left_as,
					CASE WHEN extract(year FROM device.left_on) = ${year} THEN device.left_on ELSE make_date(${year}, 1, 1) END
						AS on_day,
					coalesce(device.first_used_on, device.in_use_on, device.bought_on) AS since,
					EXISTS (SELECT FROM equipment.collected_item item JOIN equipment.lot ON lot.id = item.lot_id
						WHERE item.device_id = device.id AND lot.handed_over_at IS NOT NULL
							AND item.ended_as IN ('reused', 'repaired')) AS proven
				FROM equipment.device JOIN equipment.model ON model.id = device.model_id
				WHERE model.category = ANY (${[...retiredCategories]}::text[]) AND device.left_as IS DISTINCT FROM 'lost')
			SELECT coalesce(was_in_stock, false) AS "wasInStock", left_as AS "leftAs", proven, simulated,
				count(*)::int AS devices
			FROM retired
			WHERE (was_in_stock OR left_as IS NOT NULL)
				AND (since IS NULL OR since + make_interval(years => ${oldestYears}) >= on_day)
			GROUP BY 1, 2, 3, 4`.execute(db);
		return { ...retirementShare(year, rows), simulated: rows.some(({ simulated }) => simulated) };
	};
}
