import { createHmac } from 'node:crypto';
import { ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { townDay } from '../days.ts';
import type { Category } from '../kinds.ts';
import { type CertificateRow, payloadOf } from './certificate-rows.ts';
import type { CertifiedDevice, CertifiedMedium, PublicCertificate, Wiping } from './face.ts';
import { maskSerial } from './rules/mask.ts';
import { readCertificateNumber } from './rules/number.ts';

const mostLooks = 60;
const windowMilliseconds = 10 * 60_000;

/** What anybody may see of a certificate by its number. */
export function createLooking<Row extends CertificateRow & { key_id: string }>(
	context: Context,
	read: (number: string) => Promise<Row | null>,
	pdfSha256: (row: Row) => Promise<string>,
): Pick<Wiping['certificates'], 'look'> {
	return {
		async look(typed, address) {
			const number = readCertificateNumber(typed);
			if (!number) return refuse('equipment.certificate_mistyped');
			if (address !== null && !(await takeLook(context, address)))
				return refuse('platform.too_many_requests');
			const row = await read(number);
			if (!row) return refuse('equipment.certificate_unknown');
			const payload = payloadOf(row);
			const lot = payload.certificates ? await lotOf(context, payload.certificates) : null;
			const shown: PublicCertificate = {
				number: row.number,
				kind: row.kind,
				state: row.revoked_at ? 'revoked' : lot?.some(({ revoked }) => revoked) ? 'partly_revoked' : 'valid',
				issuedOn: payload.issued,
				simulated: row.simulated,
				revokedOn: row.revoked_at && townDay(row.revoked_at),
				revokedWhy: row.revoked_why,
				revokedNote: row.revoked_note,
				device: row.kind === 'device' ? deviceOf(payload) : null,
				lot: lot && { number: payload.reference, certificates: lot },
				pdfSha256: await pdfSha256(row),
				keyId: row.key_id,
			};
			return ok(shown);
		},
	};
}

function deviceOf(payload: ReturnType<typeof payloadOf>): CertifiedDevice {
	return {
		reference: payload.reference,
		category: payload.category as Category,
		model: payload.model ?? null,
		serial: payload.serial ? maskSerial(payload.serial) : null,
		media: (payload.media ?? []).map(({ slot, medium, technique, method, tool, ended, verified }) => ({
			...({ slot, medium, technique, method, verified } as Pick<
				CertifiedMedium,
				'slot' | 'medium' | 'technique' | 'method' | 'verified'
			>),
			tool,
			endedOn: ended,
		})),
	};
}

async function lotOf({ db }: Context, certificates: readonly { number: string }[]) {
	const { rows } = await sql<{ number: string; revoked: boolean }>`
		SELECT number, revoked_at IS NOT NULL AS revoked FROM equipment.certificate
		WHERE number = ANY (${certificates.map(({ number }) => number)}::text[]) ORDER BY number`.execute(db);
	return rows;
}

/** Take one look-up of an address, kept as a hash keyed by our secret and the day; false when none is left for now. */
async function takeLook({ db, platform, now }: Context, address: string): Promise<boolean> {
	const at = now();
	const key = createHmac('sha256', platform.config.secret)
		.update(`parvis equipment certificate look\n${townDay(at)}\n${address}`)
		.digest('base64url');
	const ends = new Date(at.getTime() + windowMilliseconds);
	await sql`DELETE FROM equipment.certificate_look WHERE window_ends_at < ${at}`.execute(db);
	const { rows } = await sql<{ taken: number }>`
		INSERT INTO equipment.certificate_look (key, taken, window_ends_at) VALUES (${key}, 1, ${ends})
		ON CONFLICT (key) DO UPDATE SET taken = certificate_look.taken + 1 RETURNING taken`.execute(db);
	return (rows[0]?.taken ?? 0) <= mostLooks;
}
