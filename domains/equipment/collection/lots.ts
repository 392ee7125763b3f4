import { asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { type Context, parseInput } from '../context.ts';
import { townDay } from '../days.ts';
import { mayCollect, maySee } from '../policies.ts';
import type { Wiping } from '../wiping/face.ts';
import { type Answering, writePartnerLink } from './answering.ts';
import { lockItems } from './ending.ts';
import type { Lots } from './face.ts';
import { createHandOver } from './handing-over.ts';
import { readItems } from './item-rows.ts';
import { type LotRow, readLots, readSignatures, toLot } from './lot-rows.ts';
import { recordItems, type Trx } from './recording.ts';
import { readAnswers } from './rules/answers.ts';
import { itemSteps } from './rules/item-states.ts';
import { makeSlip } from './slip.ts';
import { hashOf, newToken } from './tokens.ts';

const mostItems = 500;

const contents = (lotId: string) => sql`WHERE item.lot_id = ${lotId} ORDER BY item.number`;

/** @see Lots */
export function createLots(context: Context, wiping: Pick<Wiping, 'notWiped'>, answering: Answering): Lots {
	const { db, platform } = context;

	async function read(number: string): Promise<LotRow | null> {
		const [row] = await readLots(db, number.replaceAll('\0', '').slice(0, 40));
		return row ?? null;
	}
	const locked = (trx: Trx, number: string) =>
		trx
			.selectFrom('equipment.lot')
			.selectAll()
			.where('number', '=', number.replaceAll('\0', '').slice(0, 40))
			.forUpdate()
			.executeTakeFirst();

	/** Open or close a lot. */
	const turn =
		(from: 'open' | 'closed', to: 'open' | 'closed', refusal: string): Lots['close'] =>
		async (actor, number) => {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const lot = await locked(trx, number);
				if (!lot) return refuse('equipment.lot_unknown');
				if (lot.status !== from) return refuse(refusal);
				if (to === 'closed') {
					const inside = await trx
						.selectFrom('equipment.collected_item')
						.select('id')
						.where('lot_id', '=', lot.id)
						.limit(1)
						.execute();
					if (!inside.length) return refuse('equipment.lot_empty');
				}
				await trx
					.updateTable('equipment.lot')
					.set({ status: to, closed_at: to === 'closed' ? context.now() : null, version: lot.version + 1 })
					.where('id', '=', lot.id)
					.execute();
				return ok(null);
			});
		};

	return {
		handOver: createHandOver(context, wiping),
		close: turn('open', 'closed', 'equipment.lot_not_open'),
		reopen: turn('closed', 'open', 'equipment.lot_not_closed'),

		async list(actor) {
			if (!mayCollect(actor) && !maySee(actor)) return refuse('platform.not_allowed');
			return ok((await readLots(db)).map(toLot));
		},

		async get(actor, number) {
			if (!mayCollect(actor) && !maySee(actor)) return refuse('platform.not_allowed');
			const row = await read(number);
			if (!row) return refuse('equipment.lot_unknown');
			const items = await readItems(db, contents(row.id));
			const [unwiped, signatures] = await Promise.all([
				wiping.notWiped(items.map(({ id }) => id)),
				readSignatures(db, row.id),
			]);
			const waiting = new Set(unwiped);
			return ok({
				...toLot(row),
				contents: items.map((item) => ({ ...item, wiped: !waiting.has(item.id) })),
				signatures,
				slipSha256: row.slip_sha256?.toString('hex') ?? null,
			});
		},

		async create(actor, { partnerId, note }) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			const text = parseInput(textInput(1000), note ?? '');
			if (!text.ok) return text;
			return changing(db, async (trx): Promise<Result<{ number: string }>> => {
				const partner = await trx
					.selectFrom('equipment.partner')
					.select(['id', 'active'])
					.where('id', '=', asId(partnerId))
					.executeTakeFirst();
				if (!partner?.active) return refuse('equipment.partner_unknown', { field: 'partnerId' });
				await sql`SELECT pg_advisory_xact_lock(hashtextextended('equipment lot number', 0))`.execute(trx);
				const year = townDay(context.now()).slice(0, 4);
				const { rows } = await sql<{ last: number }>`SELECT coalesce(max(substr(number, 10)::int), 0) AS last
					FROM equipment.lot WHERE number LIKE ${`LOT-${year}-%`}`.execute(trx);
				const number = `LOT-${year}-${String((rows[0]?.last ?? 0) + 1).padStart(4, '0')}`;
				const id = newId();
				await trx
					.insertInto('equipment.lot')
					.values({
						id,
						number,
						partner_id: partner.id,
						status: 'open',
						note: text.value || null,
						created_at: context.now(),
					})
					.execute();
				await platform.audit.record(trx, { actor, action: 'equipment.lot.created', subject: `lot:${id}` });
				return ok({ number });
			});
		},

		async add(actor, number, numbers) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			const wanted = [
				...new Set(numbers.map((one) => one.trim().toUpperCase().slice(0, 40)).filter(Boolean)),
			];
			if (!wanted.length) return refuse('equipment.lot_nothing_added');
			if (wanted.length > mostItems) return refuse('equipment.lot_too_many', { most: mostItems });
			return changing(db, async (trx): Promise<Result<{ added: number }>> => {
				const lot = await locked(trx, number);
				if (!lot) return refuse('equipment.lot_unknown');
				if (lot.status !== 'open') return refuse('equipment.lot_not_open');
				const items = await lockItems(trx, wanted);
				const known = new Map(items.map((item) => [item.number, item]));
				for (const one of wanted) {
					const item = known.get(one);
					if (!item) return refuse('equipment.item_unknown_number', { number: one });
					if (item.lot_id !== lot.id && !itemSteps[item.state].includes('put_in_lot'))
						return refuse('equipment.item_not_there', { number: one });
				}
				const fresh = items.filter(({ lot_id }) => lot_id !== lot.id);
				for (const item of fresh)
					await trx
						.updateTable('equipment.collected_item')
						.set({ lot_id: lot.id, state: 'in_lot', version: item.version + 1 })
						.where('id', '=', item.id)
						.execute();
				await recordItems(
					context,
					trx,
					fresh.map(({ id }) => ({
						itemId: id,
						kind: 'put_in_lot' as const,
						at: context.now(),
						teller: { actor },
						lotId: lot.id,
					})),
				);
				await trx
					.updateTable('equipment.lot')
					.set({ version: lot.version + 1 })
					.where('id', '=', lot.id)
					.execute();
				return ok({ added: fresh.length });
			});
		},

		async takeOut(actor, number, itemNumber) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx): Promise<Result<null>> => {
				const lot = await locked(trx, number);
				if (!lot) return refuse('equipment.lot_unknown');
				if (lot.status !== 'open') return refuse('equipment.lot_not_open');
				const [item] = await lockItems(trx, [itemNumber]);
				if (item?.lot_id !== lot.id) return refuse('equipment.item_unknown');
				await trx
					.updateTable('equipment.collected_item')
					.set({ lot_id: null, state: 'received', version: item.version + 1 })
					.where('id', '=', item.id)
					.execute();
				await recordItems(context, trx, [
					{ itemId: item.id, kind: 'taken_out', at: context.now(), teller: { actor }, lotId: lot.id },
				]);
				await trx
					.updateTable('equipment.lot')
					.set({ version: lot.version + 1 })
					.where('id', '=', lot.id)
					.execute();
				return ok(null);
			});
		},

		async slip(actor, number) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			const row = await read(number);
			if (!row) return refuse('equipment.lot_unknown');
			const fileName = `bordereau-${row.number}.pdf`;
			if (row.slip_key) {
				const content = await platform.files.get(row.slip_key);
				if (!content) return refuse('equipment.slip_missing');
				const bytes = Buffer.concat(await content.toArray());
				// The file store is not ours alone: what was signed is what its hash says.
				if (!hashOf(bytes).equals(row.slip_sha256 ?? Buffer.alloc(0)))
					return refuse('equipment.slip_missing');
				return ok({ bytes, fileName });
			}
			if (row.status !== 'closed') return refuse('equipment.lot_not_closed');
			const items = await readItems(db, contents(row.id));
			const unwiped = new Set(await wiping.notWiped(items.map(({ id }) => id)));
			return ok({ bytes: await makeSlip(context, row, items, null, unwiped), fileName });
		},

		async scan(actor, number) {
			if (!mayCollect(actor)) return null;
			const row = await read(number);
			if (!row) return null;
			const signature = await db
				.selectFrom('equipment.lot_signature')
				.select('file_key')
				.where('lot_id', '=', row.id)
				.where('file_key', 'is not', null)
				.executeTakeFirst();
			const content = signature?.file_key ? await platform.files.get(signature.file_key) : null;
			return content
				? { content, contentType: signature?.file_key?.endsWith('.pdf') ? 'application/pdf' : 'image/webp' }
				: null;
		},

		async renewLink(actor, number) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			const token = newToken();
			return changing(db, async (trx): Promise<Result<{ token: string; sent: boolean }>> => {
				const lot = await locked(trx, number);
				if (!lot) return refuse('equipment.lot_unknown');
				if (!lot.handed_over_at) return refuse('equipment.lot_not_handed_over');
				await trx
					.updateTable('equipment.lot')
					.set({ token_hash: hashOf(token), version: lot.version + 1 })
					.where('id', '=', lot.id)
					.execute();
				await platform.audit.record(trx, { actor, action: 'equipment.lot.link', subject: `lot:${lot.id}` });
				return ok({ token, sent: await writePartnerLink(context, trx, lot, token) });
			});
		},

		async answer(actor, number, answers) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			const row = await read(number);
			return row ? answering(row.id, { actor }, answers) : refuse('equipment.lot_unknown');
		},

		async answerCsv(actor, number, text) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			const answers = readAnswers(text);
			if (!answers.ok) return answers;
			return this.answer(actor, number, answers.value);
		},
	};
}
