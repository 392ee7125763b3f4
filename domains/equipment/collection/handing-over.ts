import { Readable } from 'node:stream';
import { changing, cleanPdf, cleanPhoto, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { mayCollect } from '../policies.ts';
import type { Wiping } from '../wiping/face.ts';
import { writePartnerLink } from './answering.ts';
import { lockItemsOf } from './ending.ts';
import type { Lots, Signing, Strokes } from './face.ts';
import { readItems } from './item-rows.ts';
import { readLots } from './lot-rows.ts';
import { recordItems, type Trx } from './recording.ts';
import { readStrokes } from './rules/strokes.ts';
import { makeSlip } from './slip.ts';
import { hashOf, newToken } from './tokens.ts';

const mostScanBytes = 15 * 1024 * 1024;
const mostScanPages = 40;

const who = z.object({
	name: textInput(120, 'equipment.signer_missing'),
	role: textInput(120, 'equipment.signer_role_missing'),
});

interface Scan {
	bytes: Buffer;
	suffix: '.pdf' | '.webp';
	contentType: string;
}

/** The signed paper, cleaned: a PDF without anything but its pages, or a photo without where it was taken. */
async function readScan(content: Uint8Array): Promise<Result<Scan>> {
	if (content.length > mostScanBytes)
		return refuse('equipment.scan_too_large', { megabytes: mostScanBytes / 1024 / 1024 });
	if (Buffer.from(content.subarray(0, 5)).toString('latin1') === '%PDF-') {
		const clean = await cleanPdf(content, { mostPages: mostScanPages, keep: 'pages' });
		return clean.ok
			? ok({ bytes: clean.value.bytes, suffix: '.pdf', contentType: 'application/pdf' })
			: clean;
	}
	const clean = await cleanPhoto(content);
	return clean.ok ? ok({ bytes: clean.value.bytes, suffix: '.webp', contentType: 'image/webp' }) : clean;
}

interface Read {
	town: z.output<typeof who> & { strokes: Strokes | null };
	partner: z.output<typeof who> & { strokes: Strokes | null };
	scan: Scan | null;
}

async function readSigning(signing: Signing): Promise<Result<Read>> {
	const sides = {} as Pick<Read, 'town' | 'partner'>;
	for (const side of ['town', 'partner'] as const) {
		const parsed = parseInput(who, { name: signing[side].name, role: signing[side].role });
		if (!parsed.ok) return refuse(parsed.error, { field: `${side}-${parsed.detail?.field ?? ''}` });
		sides[side] = {
			...parsed.value,
			strokes: signing.scan?.length ? null : readStrokes(signing[side].strokes),
		};
	}
	if (signing.scan?.length) {
		const scan = await readScan(signing.scan);
		return scan.ok
			? ok({ ...sides, scan: scan.value })
			: refuse(scan.error, { ...scan.detail, field: 'scan' });
	}
	for (const side of ['town', 'partner'] as const)
		if (!sides[side].strokes) return refuse('equipment.signature_missing', { field: `${side}-signature` });
	return ok({ ...sides, scan: null });
}

/** @see Lots.handOver */
export function createHandOver(context: Context, wiping: Pick<Wiping, 'notWiped'>): Lots['handOver'] {
	const { db, platform } = context;

	/** Numbers of what may still hold data. */
	async function unwipedOf(items: readonly { id: string; number: string }[], trx?: Trx): Promise<string[]> {
		const waiting = new Set(
			await wiping.notWiped(
				items.map(({ id }) => id),
				trx,
			),
		);
		return items.filter(({ id }) => waiting.has(id)).map(({ number }) => number);
	}
	const notWiped = (numbers: readonly string[]) =>
		refuse('equipment.lot_not_wiped', {
			count: numbers.length,
			numbers: numbers.slice(0, 30).join(', ') + (numbers.length > 30 ? ' …' : ''),
		});

	return async (actor, number, signing) => {
		if (!mayCollect(actor)) return refuse('platform.not_allowed');
		const [row] = await readLots(db, number.replaceAll('\0', '').slice(0, 40));
		if (!row) return refuse('equipment.lot_unknown');
		if (row.status !== 'closed') return refuse('equipment.lot_not_closed');
		const items = await readItems(db, sql`WHERE item.lot_id = ${row.id} ORDER BY item.number`);
		const early = await unwipedOf(items);
		if (early.length) return notWiped(early);
		const read = await readSigning(signing);
		if (!read.ok) return read;
		const { scan } = read.value;
		const at = context.now();
		const scanSha256 = scan ? hashOf(scan.bytes) : null;
		const bytes = await makeSlip(context, row, items, {
			at,
			signatures: (['town', 'partner'] as const).map((party) => ({ party, ...read.value[party] })),
			scanSha256: scanSha256?.toString('hex') ?? null,
		});
		const id = newId();
		const keys = {
			slip: `equipment/slips/${id}.pdf`,
			scan: scan ? `equipment/slips/${id}-papier${scan.suffix}` : null,
		};
		await platform.files.put(keys.slip, Readable.from([bytes]), { contentType: 'application/pdf' });
		if (scan && keys.scan)
			await platform.files.put(keys.scan, Readable.from([scan.bytes]), { contentType: scan.contentType });
		const token = newToken();
		const done = await changing(db, async (trx): Promise<Result<{ token: string }>> => {
			const lot = await trx
				.selectFrom('equipment.lot')
				.selectAll()
				.where('id', '=', row.id)
				.forUpdate()
				.executeTakeFirstOrThrow();
			// What was signed is the lot as it was read: anything since makes it another.
			if (lot.status !== 'closed' || lot.version !== row.version)
				return refuse('equipment.changed_meanwhile');
			const held = await lockItemsOf(trx, lot.id);
			if (held.length !== items.length || held.some(({ state }) => state !== 'in_lot'))
				return refuse('equipment.changed_meanwhile');
			for (const item of items)
				if (held.find(({ id: one }) => one === item.id)?.version !== item.version)
					return refuse('equipment.changed_meanwhile');
			const late = await unwipedOf(held, trx);
			if (late.length) return notWiped(late);
			await trx
				.insertInto('equipment.lot_signature')
				.values(
					(['town', 'partner'] as const).map((party) => {
						const { name, role, strokes } = read.value[party];
						return {
							lot_id: lot.id,
							party,
							name,
							role,
							signed_at: at,
							way: scan ? ('scan' as const) : ('drawn' as const),
							file_key: keys.scan,
							file_sha256: scanSha256 ?? hashOf(JSON.stringify(strokes)),
						};
					}),
				)
				.execute();
			await trx
				.updateTable('equipment.lot')
				.set({
					status: 'handed_over',
					handed_over_at: at,
					slip_key: keys.slip,
					slip_sha256: hashOf(bytes),
					token_hash: hashOf(token),
					version: lot.version + 1,
				})
				.where('id', '=', lot.id)
				.execute();
			await sql`UPDATE equipment.collected_item SET state = 'handed_over', version = version + 1
				WHERE lot_id = ${lot.id}`.execute(trx);
			await recordItems(
				context,
				trx,
				held.map((item) => ({
					itemId: item.id,
					kind: 'handed_over' as const,
					at,
					teller: { actor },
					lotId: lot.id,
				})),
			);
			await platform.audit.record(trx, {
				actor,
				action: 'equipment.lot.handed_over',
				subject: `lot:${lot.id}`,
				detail: { slip: hashOf(bytes).toString('hex') },
			});
			await writePartnerLink(context, trx, lot, token);
			return ok({ token });
		});
		if (!done.ok) {
			await platform.files.delete(keys.slip);
			if (keys.scan) await platform.files.delete(keys.scan);
		}
		return done;
	};
}
