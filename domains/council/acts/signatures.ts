import { Readable } from 'node:stream';
import { type Actor, asId, cleanPdf, newId, ok, type Result, refuse } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput, paths } from '../context.ts';
import { mayPrepare } from '../policies.ts';
import { dayOf } from '../rules/notice.ts';
import type { Sitting } from '../sitting.ts';
import type { DB } from '../tables.ts';
import type { Signature } from './face.ts';

export type Capacity = 'chair' | 'secretary';
export type Signed = { deliberationId: string } | { minutesId: string };

const mostScanBytes = 30 * 1024 * 1024;
const mostScanPages = 300;

const signatureInput = z.object({
	capacity: z.enum(['chair', 'secretary']),
	signedOn: z.iso.date('council.date_invalid').optional(),
	scan: z.instanceof(Uint8Array).optional(),
});
export type SignatureGiven = z.output<typeof signatureInput>;

export const parseSignature = (given: unknown) => parseInput(signatureInput, given);

/** The day on which a meeting was opened, as it may be before or after the one it was convened for. */
export const heldOn = ({ state, meeting }: Sitting) => dayOf(state.openedAt ?? meeting.starts_at);

/** Seats that sign: who presided, and the secretary where one was named (CGCT L2121-15, L2121-23). */
export function signers({ state }: Sitting): Partial<Record<Capacity, string>> {
	return {
		...(state.chairId && { chair: state.chairId }),
		...(state.secretaryId && { secretary: state.secretaryId }),
	};
}

const whereSigned = (subject: Signed) =>
	'deliberationId' in subject
		? sql`deliberation_id = ${subject.deliberationId}`
		: sql`minutes_id = ${subject.minutesId}`;

export async function signaturesOf(from: Db, subject: Signed): Promise<Signature[]> {
	const { rows } = await sql<{
		id: string;
		capacity: Capacity;
		name: string;
		day: string;
		by_hand: boolean;
		scan_key: string | null;
	}>`SELECT signature.id, capacity, seat.name, signed_on::text AS day, by_hand, scan_key FROM council.signature
		JOIN council.seat ON seat.id = seat_id WHERE ${whereSigned(subject)} ORDER BY capacity`.execute(from);
	return rows.map((row) => ({
		capacity: row.capacity,
		name: row.name,
		signedOn: row.day,
		byHand: row.by_hand,
		scanUrl: row.scan_key ? paths.scan(row.id) : null,
	}));
}

/** Capacities that have not signed yet. */
export function unsignedOf(sitting: Sitting, signatures: readonly Signature[]): Capacity[] {
	return (Object.keys(signers(sitting)) as Capacity[]).filter(
		(capacity) => !signatures.some((one) => one.capacity === capacity),
	);
}

/** Capacities in which somebody may sign by their account. */
export function mineToSign(sitting: Sitting, actor: Actor, unsigned: readonly Capacity[]): Capacity[] {
	const mine = sitting.seats
		.filter(({ personId }) => personId !== null && actor.kind === 'person' && personId === actor.id)
		.map(({ id }) => id);
	const seats = signers(sitting);
	return unsigned.filter((capacity) => mine.includes(seats[capacity] ?? ''));
}

/** Keep the scan of a signed paper. @returns its file key */
export async function keepScan(
	context: Context,
	scan: Uint8Array | undefined,
): Promise<Result<string | null>> {
	if (!scan?.length) return ok(null);
	if (scan.length > mostScanBytes)
		return refuse('council.annex_too_large', { megabytes: mostScanBytes / 1024 / 1024 });
	const clean = await cleanPdf(scan, { mostPages: mostScanPages, keep: 'document' });
	if (!clean.ok) return clean;
	const key = `council/signed/${newId()}`;
	await context.platform.files.put(key, Readable.from([clean.value.bytes]), {
		contentType: 'application/pdf',
	});
	return ok(key);
}

/** Record who signed: the chair or the secretary by their account, or the clerk for what was signed on paper. */
export async function recordSignature(
	context: Context,
	trx: Transaction<DB>,
	actor: Actor,
	sitting: Sitting,
	subject: Signed,
	{ capacity, signedOn }: SignatureGiven,
	scanKey: string | null,
): Promise<Result<null>> {
	const seatId = signers(sitting)[capacity];
	if (!seatId) return refuse('council.signer_unknown');
	const unsigned = unsignedOf(sitting, await signaturesOf(trx, subject));
	if (!unsigned.includes(capacity)) return refuse('council.signed_already');
	const own = mineToSign(sitting, actor, unsigned).includes(capacity);
	if (!own && !mayPrepare(actor)) return refuse('platform.not_allowed');
	const today = dayOf(context.now());
	const day = own ? today : (signedOn ?? today);
	if (day > today || day < heldOn(sitting)) return refuse('council.signed_on_invalid');
	await trx
		.insertInto('council.signature')
		.values({
			id: newId(),
			deliberation_id: 'deliberationId' in subject ? subject.deliberationId : null,
			minutes_id: 'minutesId' in subject ? subject.minutesId : null,
			seat_id: seatId,
			capacity,
			signed_on: day,
			by_hand: !own,
			recorded_at: context.now(),
			actor_id: actor.kind === 'person' ? actor.id : null,
			scan_key: scanKey,
		})
		.execute();
	await context.platform.audit.record(trx, {
		actor,
		action: 'council.act.signed',
		subject:
			'deliberationId' in subject ? `deliberation:${subject.deliberationId}` : `minutes:${subject.minutesId}`,
		detail: { capacity, byHand: !own },
	});
	return ok(null);
}

/** What the scan of a signature belongs to, and where it is kept. */
export async function scanOf(
	from: Db,
	signatureId: string,
): Promise<{ subject: Signed; key: string } | null> {
	const { rows } = await sql<{
		deliberation_id: string | null;
		minutes_id: string | null;
		scan_key: string | null;
	}>`
		SELECT deliberation_id, minutes_id, scan_key FROM council.signature WHERE id = ${asId(signatureId)}`.execute(
		from,
	);
	const [row] = rows;
	if (!row?.scan_key) return null;
	return {
		key: row.scan_key,
		subject: row.deliberation_id
			? { deliberationId: row.deliberation_id }
			: { minutesId: row.minutes_id ?? '' },
	};
}
