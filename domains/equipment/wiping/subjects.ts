import { asId } from '@parvis/platform';
import { sql } from 'kysely';
import type { Db } from '../context.ts';
import type { Category } from '../kinds.ts';
import type { Subject } from './face.ts';
import { itemHoldsData } from './gate.ts';

/** Something that is wiped, with what its certificate says about it. */
export interface SubjectRow {
	item_id: string | null;
	device_id: string | null;
	reference: string;
	category: Category;
	model: string | null;
	/** The model, or what somebody wrote at the desk: for the office only, since it may say whose it was. */
	name: string | null;
	serial: string | null;
	holds_data: boolean;
	/** It is with the town, and may still be wiped. */
	here: boolean;
	simulated: boolean;
}

/** A thing by its id; an item that is the town's own comes with its device, and a device with its open item. */
export async function findSubject(db: Db, { kind, id }: Subject): Promise<SubjectRow | null> {
	const from =
		kind === 'item'
			? sql`equipment.collected_item item LEFT JOIN equipment.device ON device.id = item.device_id
				LEFT JOIN equipment.model ON model.id = device.model_id WHERE item.id = ${asId(id)}`
			: sql`equipment.device JOIN equipment.model ON model.id = device.model_id
				LEFT JOIN equipment.collected_item item ON item.device_id = device.id AND item.ended_as IS DISTINCT FROM 'returned'
				WHERE device.id = ${asId(id)}`;
	const { rows } = await sql<SubjectRow>`
		SELECT item.id AS item_id, device.id AS device_id, coalesce(item.number, device.tag) AS reference,
			coalesce(item.category, model.category) AS category,
			model.manufacturer || ' ' || model.name AS model,
			coalesce(model.manufacturer || ' ' || model.name, item.description) AS name,
			coalesce(item.serial, device.serial) AS serial,
			CASE WHEN item.id IS NULL THEN model.category NOT IN ('monitor', 'projector') ELSE ${itemHoldsData} END AS holds_data,
			CASE WHEN item.id IS NULL THEN device.status NOT IN ('ordered', 'left', 'missing')
				ELSE item.state IN ('received', 'in_lot') END AS here,
			coalesce(item.simulated, device.simulated) AS simulated
		FROM ${from}`.execute(db);
	return rows[0] ?? null;
}

/** Condition on wipes and certificates (`row`) that they are about the subject. */
export const about = (subject: Pick<SubjectRow, 'item_id' | 'device_id'>) =>
	sql<boolean>`(item_id = ${subject.item_id} OR device_id = ${subject.device_id})`;
