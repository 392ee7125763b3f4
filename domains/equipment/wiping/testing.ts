import { newId } from '@parvis/platform';
import type { TestEquipment } from '../testing.ts';

/** A collected item as the desk would have registered it. @returns its id */
export async function givenItem(
	{ platform, clock }: Pick<TestEquipment, 'platform' | 'clock'>,
	{
		category = 'smartphone',
		holdsData = true,
		number = `R-${newId().slice(-8)}`,
		lotId = null as string | null,
	} = {},
): Promise<string> {
	const receipt = newId();
	const id = newId();
	await platform.pool.query(
		`INSERT INTO equipment.receipt (id, number, code_hash, received_at, recorded_at, content_hash)
		VALUES ($1, $2, '', $3, $3, '')`,
		[receipt, `recu-${number}`, clock.now],
	);
	await platform.pool.query(
		`INSERT INTO equipment.collected_item (id, number, receipt_id, category, condition, holds_data, serial, lot_id, state, received_at)
		VALUES ($1, $2, $3, $4, 'works', $5, 'SN12345678', $6, $7, $8)`,
		[id, number, receipt, category, holdsData, lotId, lotId ? 'in_lot' : 'received', clock.now],
	);
	return id;
}

/** A closed lot for a partner. @returns its id */
export async function givenLot({
	platform,
	clock,
}: Pick<TestEquipment, 'platform' | 'clock'>): Promise<string> {
	const [partner, lot] = [newId(), newId()];
	await platform.pool.query(
		`INSERT INTO equipment.partner (id, name, kind, created_at) VALUES ($1, $2, 'reuse_workshop', $3)`,
		[partner, `Atelier ${partner}`, clock.now],
	);
	await platform.pool.query(
		`INSERT INTO equipment.lot (id, number, partner_id, status, created_at) VALUES ($1, $2, $3, 'closed', $4)`,
		[lot, `LOT-2026-${lot.slice(-4)}`, partner, clock.now],
	);
	return lot;
}
