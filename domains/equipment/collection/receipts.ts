import { changing, ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Category } from '../kinds.ts';
import type { ItemEnd, ItemEvent, Journey, Receipts } from './face.ts';
import { takeRate } from './rate.ts';
import { readReceiptNumber, readSecret } from './rules/receipt-number.ts';
import { hashOf } from './tokens.ts';

/** Numbers can be guessed, codes cannot: 31¹⁰ of them, at this pace. */
const mostTriesFromOneAddress = 30;

/** @see Receipts */
export function createReceipts(context: Context): Receipts {
	const { db } = context;

	async function find(number: string, code: string, address: string) {
		const read = readReceiptNumber(number);
		const row = read
			? await db
					.selectFrom('equipment.receipt')
					.select(['id', 'number', 'campaign_id', 'received_at', 'code_hash'])
					.where('number', '=', read)
					.executeTakeFirst()
			: undefined;
		const fits = row?.code_hash.equals(hashOf(readSecret(code))) ?? false;
		if (
			!(await takeRate(
				context,
				fits ? 'journey' : 'journey-guess',
				address,
				fits ? 300 : mostTriesFromOneAddress,
			))
		)
			return refuse('platform.too_many_requests');
		return row && fits ? ok(row) : refuse('equipment.receipt_unknown');
	}

	return {
		async journey(number, code, { address }) {
			const found = await find(number, code, address);
			if (!found.ok) return found;
			const receipt = found.value;
			const [campaign, { rows }, giver] = await Promise.all([
				receipt.campaign_id
					? db
							.selectFrom('equipment.campaign')
							.select(['slug', 'title', 'status'])
							.where('id', '=', receipt.campaign_id)
							.executeTakeFirst()
					: undefined,
				sql<{
					number: string;
					category: Category;
					ended_as: ItemEnd | null;
					steps: { at: string; kind: ItemEvent['kind']; end: ItemEnd | null; partner: string | null }[];
				}>`
					SELECT item.number, item.category, item.ended_as, coalesce(jsonb_agg(jsonb_build_object('at', event.at,
						'kind', event.kind, 'end', event.ended_as, 'partner', partner.name) ORDER BY event.recorded_at, event.id)
						FILTER (WHERE event.kind IN ('received', 'handed_over', 'ended', 'end_corrected')), '[]') AS steps
					FROM equipment.collected_item AS item
					LEFT JOIN equipment.item_event AS event ON event.item_id = item.id
					LEFT JOIN equipment.lot ON lot.id = event.lot_id
					LEFT JOIN equipment.partner ON partner.id = lot.partner_id
					WHERE item.receipt_id = ${receipt.id} GROUP BY item.id ORDER BY item.number`.execute(db),
				db
					.selectFrom('equipment.giver')
					.select('receipt_id')
					.where('receipt_id', '=', receipt.id)
					.executeTakeFirst(),
			]);
			return ok({
				number: receipt.number,
				receivedAt: receipt.received_at,
				campaign:
					campaign && campaign.status !== 'draft' ? { slug: campaign.slug, title: campaign.title } : null,
				items: rows.map(({ ended_as, steps, ...item }) => ({
					...item,
					endedAs: ended_as,
					steps: steps.map(({ at, ...step }) => ({ ...step, at: new Date(at) })),
				})),
				willBeTold: giver !== undefined,
			} satisfies Journey);
		},

		async forgetMe(number, code, { address }) {
			const found = await find(number, code, address);
			if (!found.ok) return found;
			return changing(db, async (trx) => {
				await trx.deleteFrom('equipment.giver').where('receipt_id', '=', found.value.id).execute();
				return ok(null);
			});
		},
	};
}
