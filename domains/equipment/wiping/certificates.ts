import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { asId, changing, ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context, Trx } from '../context.ts';
import { townDay } from '../days.ts';
import { mayCollect } from '../policies.ts';
import { certificateDocument } from './certificate-document.ts';
import { type CertificateRow, certificateColumns, payloadOf, shownCertificate } from './certificate-rows.ts';
import type { DrawDay, Wiping } from './face.ts';
import { itemHoldsData } from './gate.ts';
import { issue } from './issuing.ts';
import { createLooking } from './looking.ts';
import { createRevoking } from './revoking.ts';
import { readCertificateNumber } from './rules/number.ts';
import { commitmentOf } from './rules/sampling.ts';
import { readKeys } from './signing.ts';

const pageSize = 50;
const drawDays = 30;

interface FullRow extends CertificateRow {
	key_id: string;
	signature: Buffer;
	pdf_key: string | null;
	pdf_sha256: Buffer | null;
}

export function createCertificates(context: Context): Wiping['certificates'] {
	const { db, platform } = context;

	async function read(number: string): Promise<FullRow | null> {
		const { rows } = await sql<FullRow>`SELECT ${certificateColumns}, key_id, signature, pdf_key, pdf_sha256
			FROM equipment.certificate WHERE number = ${readCertificateNumber(number) ?? ''}`.execute(db);
		return rows[0] ?? null;
	}

	/** The file of a certificate, made when it is first asked for and never again. */
	async function ensurePdf(row: FullRow): Promise<{ bytes: Buffer; sha256: string }> {
		if (!row.pdf_key) {
			const bytes = await certificateDocument(context, {
				payload: payloadOf(row),
				signed: row.payload,
				signature: row.signature,
				at: row.issued_at,
			});
			const sha256 = createHash('sha256').update(bytes).digest();
			const key = `equipment/certificate/${sha256.toString('hex')}`;
			await platform.files.put(key, Readable.from([bytes]), { contentType: 'application/pdf' });
			await sql`UPDATE equipment.certificate SET pdf_key = ${key}, pdf_sha256 = ${sha256}, pdf_bytes = ${bytes.length}
				WHERE id = ${row.id} AND pdf_key IS NULL`.execute(db);
			const kept = await read(row.number);
			if (!kept?.pdf_key) throw new Error(`certificate ${row.number} lost its file`);
			return ensurePdf(kept);
		}
		const content = await platform.files.get(row.pdf_key);
		if (!content) throw new Error(`the file of certificate ${row.number} is gone`);
		return { bytes: await buffer(content), sha256: row.pdf_sha256?.toString('hex') ?? '' };
	}

	return {
		...createRevoking(context),
		...createLooking(context, read, async (row) =>
			row.pdf_sha256 ? row.pdf_sha256.toString('hex') : (await ensurePdf(row)).sha256,
		),

		async list(actor, { search = '', page = 1, revoked } = {}) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			const text = `%${search
				.trim()
				.slice(0, 100)
				.replaceAll('\0', '')
				.replaceAll(/[\\%_]/g, '\\$&')}%`;
			const { rows } = await sql<CertificateRow & { total: number }>`
				SELECT ${certificateColumns}, count(*) OVER ()::int AS total FROM equipment.certificate
				WHERE (number ILIKE ${text} OR payload::jsonb->>'reference' ILIKE ${text} OR payload::jsonb->>'serial' ILIKE ${text})
					AND (${revoked ?? null}::boolean IS NULL OR (revoked_at IS NOT NULL) = ${revoked ?? null}::boolean)
				ORDER BY issued_at DESC, number DESC LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`.execute(db);
			return ok({ items: rows.map(shownCertificate), total: rows[0]?.total ?? 0, page, pageSize });
		},

		async lotsReady(actor) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			const { rows } = await sql<{ id: string; number: string; items: number }>`
				SELECT lot.id, lot.number, count(item.id)::int AS items FROM equipment.lot
				JOIN equipment.collected_item item ON item.lot_id = lot.id AND ${itemHoldsData}
				WHERE lot.status <> 'open'
					AND NOT EXISTS (SELECT FROM equipment.certificate WHERE lot_id = lot.id AND revoked_at IS NULL)
				GROUP BY lot.id HAVING bool_and(EXISTS (SELECT FROM equipment.certificate
					WHERE item_id = item.id AND kind = 'device' AND revoked_at IS NULL))
				ORDER BY lot.created_at DESC LIMIT 100`.execute(db);
			return ok(rows);
		},

		async issueLot(actor, lotId) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const { rows: lots } = await sql<{ id: string; number: string; status: string; simulated: boolean }>`
					SELECT id, number, status, simulated FROM equipment.lot WHERE id = ${asId(lotId)} FOR UPDATE`.execute(
					trx,
				);
				const [lot] = lots;
				if (!lot) return refuse('equipment.lot_unknown');
				if (lot.status === 'open') return refuse('equipment.certificate_lot_open');
				const { rows: known } = await sql`SELECT FROM equipment.certificate
					WHERE lot_id = ${lot.id} AND revoked_at IS NULL`.execute(trx);
				if (known.length) return refuse('equipment.certificate_lot_has_one');
				const covered = await lotCertificates(trx, lot.id);
				if (!covered.length) return refuse('equipment.certificate_lot_empty');
				const missing = covered.filter(({ number }) => !number).length;
				if (missing) return refuse('equipment.certificate_lot_incomplete', { count: missing });
				const number = await issue(context, trx, actor, {
					kind: 'lot',
					item_id: null,
					device_id: null,
					lot_id: lot.id,
					simulated: lot.simulated,
					wipes: [...new Set(covered.flatMap(({ wipes }) => wipes))],
					content: {
						reference: lot.number,
						certificates: covered.map((one) => ({ number: one.number ?? '', reference: one.reference })),
					},
				});
				return ok({ number });
			});
		},

		async pdf(actor, number) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			const row = await read(number);
			if (!row) return refuse('equipment.certificate_unknown');
			return ok({ name: `${row.number}.pdf`, bytes: (await ensurePdf(row)).bytes });
		},

		async signed(actor, number) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			const row = await read(number);
			if (!row) return refuse('equipment.certificate_unknown');
			return ok({ payload: row.payload, signature: row.signature.toString('base64'), keyId: row.key_id });
		},

		keys: () => readKeys(db),

		async draws() {
			const today = townDay(context.now());
			const { rows } = await sql<{ day: string; seed: Buffer; wipes: number; samples: number }>`
				SELECT draw.day::text AS day, draw.seed, count(wipe.id) FILTER (WHERE wipe.result = 'done')::int AS wipes,
					count(wipe.id) FILTER (WHERE wipe.sampled)::int AS samples
				FROM equipment.wipe_draw draw LEFT JOIN equipment.wipe ON wipe.day = draw.day
				GROUP BY draw.day ORDER BY draw.day DESC LIMIT ${drawDays}`.execute(db);
			return rows.map(
				({ day, seed, wipes, samples }): DrawDay => ({
					day,
					commitment: commitmentOf(seed),
					seed: day < today ? seed.toString('hex') : null,
					wipes,
					samples,
				}),
			);
		},
	};
}

/** The things of a lot that can hold data, each with its newest valid certificate. */
async function lotCertificates(
	trx: Trx,
	lotId: string,
): Promise<{ reference: string; number: string | null; wipes: string[] }[]> {
	const { rows } = await sql<{ reference: string; number: string | null; wipes: string[] | null }>`
		SELECT item.number AS reference, certificate.number,
			(SELECT array_agg(wipe_id) FROM equipment.certificate_wipe WHERE certificate_id = certificate.id) AS wipes
		FROM equipment.collected_item item
		LEFT JOIN LATERAL (SELECT id, number FROM equipment.certificate WHERE item_id = item.id AND kind = 'device'
			AND revoked_at IS NULL ORDER BY issued_at DESC, number DESC LIMIT 1) certificate ON true
		WHERE item.lot_id = ${lotId} AND ${itemHoldsData} ORDER BY item.number`.execute(trx);
	return rows.map(({ wipes, ...row }) => ({ ...row, wipes: wipes ?? [] }));
}
