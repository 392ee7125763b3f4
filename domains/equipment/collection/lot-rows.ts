import { sql } from 'kysely';
import type { Db } from '../context.ts';
import type { LotSignature, LotStatus, LotSummary, PartnerKind } from './face.ts';

export interface LotRow {
	id: string;
	number: string;
	partner_id: string;
	partner: string;
	partner_kind: PartnerKind;
	partner_email: string | null;
	status: LotStatus;
	note: string | null;
	items: number;
	ended: number;
	created_at: Date;
	closed_at: Date | null;
	handed_over_at: Date | null;
	settled_at: Date | null;
	slip_key: string | null;
	slip_sha256: Buffer | null;
	simulated: boolean;
	version: number;
}

export const toLot = (row: LotRow): LotSummary => ({
	id: row.id,
	number: row.number,
	partner: { id: row.partner_id, name: row.partner, kind: row.partner_kind },
	status: row.status,
	note: row.note,
	items: row.items,
	ended: row.ended,
	createdAt: row.created_at,
	closedAt: row.closed_at,
	handedOverAt: row.handed_over_at,
	settledAt: row.settled_at,
	simulated: row.simulated,
	version: row.version,
});

/** @param number one lot, by its number; all of them, newest first, without it */
export async function readLots(db: Db, number: string | null = null): Promise<LotRow[]> {
	const { rows } = await sql<LotRow>`
		SELECT lot.id, lot.number, partner_id, partner.name AS partner, partner.kind AS partner_kind,
			partner.email AS partner_email, lot.status, lot.note, counted.items, counted.ended, lot.created_at, closed_at,
			handed_over_at, settled_at, slip_key, slip_sha256, lot.simulated, lot.version
		FROM equipment.lot JOIN equipment.partner ON partner.id = partner_id
		CROSS JOIN LATERAL (SELECT count(*)::int AS items, count(*) FILTER (WHERE state = 'ended')::int AS ended
			FROM equipment.collected_item WHERE lot_id = lot.id) AS counted
		WHERE ${number}::text IS NULL OR lot.number = ${number}
		ORDER BY lot.created_at DESC, lot.id DESC LIMIT 500`.execute(db);
	return rows;
}

export async function readSignatures(db: Db, lotId: string): Promise<LotSignature[]> {
	const rows = await db
		.selectFrom('equipment.lot_signature')
		.selectAll()
		.where('lot_id', '=', lotId)
		.orderBy('party', 'desc')
		.execute();
	return rows.map((row) => ({
		party: row.party,
		name: row.name,
		role: row.role,
		way: row.way,
		signedAt: row.signed_at,
		sha256: row.file_sha256.toString('hex'),
	}));
}
