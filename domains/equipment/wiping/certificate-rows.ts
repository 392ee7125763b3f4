import { sql } from 'kysely';
import type { Certificate, RevocationReason } from './face.ts';

export interface CertificateRow {
	id: string;
	number: string;
	kind: 'device' | 'lot';
	payload: string;
	issued_at: Date;
	simulated: boolean;
	revoked_at: Date | null;
	revoked_why: RevocationReason | null;
	revoked_note: string | null;
}

export const certificateColumns = sql`certificate.id, certificate.number, certificate.kind, certificate.payload,
	certificate.issued_at, certificate.simulated, certificate.revoked_at, certificate.revoked_why, certificate.revoked_note`;

/** What a certificate says, as signed. */
export interface Payload {
	format: string;
	number: string;
	kind: 'device' | 'lot';
	town: string;
	/** Day in the town. */
	issued: string;
	standard: string;
	simulated: boolean;
	key: string;
	reference: string;
	category?: string;
	model?: string | null;
	serial?: string | null;
	imei?: string | null;
	media?: readonly {
		slot: string;
		medium: string;
		technique: string;
		method: string;
		tool: string;
		serial: string | null;
		ended: string;
		verified: string;
	}[];
	/** Of a lot. */
	certificates?: readonly { number: string; reference: string }[];
}

export const payloadOf = (row: Pick<CertificateRow, 'payload'>) => JSON.parse(row.payload) as Payload;

export const shownCertificate = (row: CertificateRow): Certificate => ({
	id: row.id,
	number: row.number,
	kind: row.kind,
	reference: payloadOf(row).reference,
	issuedAt: row.issued_at,
	simulated: row.simulated,
	revokedAt: row.revoked_at,
	revokedWhy: row.revoked_why,
	revokedNote: row.revoked_note,
});
