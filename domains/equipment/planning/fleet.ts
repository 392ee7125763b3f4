import { sql } from 'kysely';
import type { Db } from '../context.ts';
import type { Category } from '../kinds.ts';

/** A device of the inventory as the plan sees it. */
export interface FleetDevice {
	id: string;
	tag: string;
	model: string;
	modelId: string;
	category: Category;
	status: string;
	service: string | null;
	site: string | null;
	need: string | null;
	holder: string | null;
	condition: string | null;
	acquired: 'new' | 'refurbished' | 'reused';
	boughtOn: string | null;
	inUseOn: string | null;
	firstUsedOn: string | null;
	supportedUntil: string | null;
	simulated: boolean;
}

/** Devices that serve, or could: what left, is leaving or missing is nobody's plan. */
export async function readFleet(db: Db): Promise<FleetDevice[]> {
	const { rows } = await sql<FleetDevice>`
		SELECT device.id, device.tag, trim(model.manufacturer || ' ' || model.name) AS model, device.model_id AS "modelId",
			model.category, device.status, device.service, device.site, device.need, holder.name AS holder, device.condition,
			device.acquired, device.bought_on::text AS "boughtOn", device.in_use_on::text AS "inUseOn",
			device.first_used_on::text AS "firstUsedOn",
			coalesce(device.supported_until, model.supported_until)::text AS "supportedUntil", device.simulated
		FROM equipment.device JOIN equipment.model ON model.id = device.model_id
		LEFT JOIN equipment.holder ON holder.id = device.holder_id
		WHERE device.status IN ('ordered', 'in_stock', 'in_use', 'on_loan', 'in_repair')
		ORDER BY device.id`.execute(db);
	return rows;
}
