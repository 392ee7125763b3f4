import { createHash } from 'node:crypto';
import { type Actor, newId, ok, type Result, refuse } from '@parvis/platform';
import type { Context } from '../context.ts';
import { writeReceipt } from './giver-letters.ts';
import type { ReceiptContent } from './receipt-input.ts';
import { type ItemHappening, recordItems, type Trx } from './recording.ts';
import { mayHoldData } from './rules/item-states.ts';
import { itemNumber, readSecret } from './rules/receipt-number.ts';
import { hashOf } from './tokens.ts';
import { findTownDevice, takeTownDevice } from './town-devices.ts';

export interface NewReceipt extends ReceiptContent {
	id: string;
	number: string;
	/** The secret on the paper. */
	code: string;
	receivedAt: Date;
}

/** What a receipt says, in one order, so that the same words always have the same hash. */
function contentHash({ campaignId, pointId, lines, giver, number, code }: NewReceipt): Buffer {
	return createHash('sha256')
		.update(
			JSON.stringify([
				number,
				readSecret(code),
				campaignId ?? null,
				pointId ?? null,
				lines.map((line) => [
					line.id,
					line.category,
					line.condition,
					line.holdsData ?? null,
					line.quantity,
					line.description,
					line.weightGrams ?? null,
					line.tag,
				]),
				giver ? [giver.name ?? null, giver.email] : null,
			]),
		)
		.digest();
}

/**
 * Take in what somebody brought: a receipt with its items, or nothing. The same receipt again is answered `already`.
 * What stands there physically is taken in whatever else is wrong: a campaign or a point that is not known any more is left
 * out, a label that no device of the town has is kept as it was read.
 * @returns refusals `equipment.receipt_differs` (the id means another receipt), `equipment.receipt_number_taken`
 */
export async function receive(
	context: Context,
	trx: Trx,
	actor: Actor,
	receipt: NewReceipt,
): Promise<Result<{ already: boolean; items: string[] }>> {
	const hash = contentHash(receipt);
	const id = receipt.id;
	const [campaign, point] = await Promise.all([
		receipt.campaignId
			? trx
					.selectFrom('equipment.campaign')
					.select('id')
					.where('id', '=', receipt.campaignId)
					.executeTakeFirst()
			: undefined,
		receipt.pointId
			? trx
					.selectFrom('equipment.drop_off_point')
					.select(['id', 'campaign_id'])
					.where('id', '=', receipt.pointId)
					.executeTakeFirst()
			: undefined,
	]);
	const campaignId = campaign?.id ?? null;
	// Two pages of one phone may send the same at once: the second waits here, and then finds it done.
	const { numInsertedOrUpdatedRows } = await trx
		.insertInto('equipment.receipt')
		.values({
			id,
			number: receipt.number,
			campaign_id: campaignId,
			point_id: point && point.campaign_id === campaignId ? point.id : null,
			code_hash: hashOf(readSecret(receipt.code)),
			received_by: actor.kind === 'person' ? actor.id : null,
			received_at: receipt.receivedAt,
			recorded_at: context.now(),
			content_hash: hash,
		})
		.onConflict((conflict) => conflict.doNothing())
		.executeTakeFirst();
	if (!numInsertedOrUpdatedRows) {
		const known = await trx
			.selectFrom('equipment.receipt')
			.select(['content_hash', 'number'])
			.where('id', '=', id)
			.executeTakeFirst();
		if (!known) return refuse('equipment.receipt_number_taken');
		if (!hash.equals(known.content_hash)) return refuse('equipment.receipt_differs');
		const items = await trx
			.selectFrom('equipment.collected_item')
			.select('number')
			.where('receipt_id', '=', id)
			.orderBy('id')
			.execute();
		return ok({ already: true, items: items.map(({ number }) => number) });
	}
	const total = receipt.lines.reduce((sum, { quantity }) => sum + quantity, 0);
	const events: ItemHappening[] = [];
	const numbers: string[] = [];
	let rank = 0;
	for (const line of receipt.lines) {
		const device = line.tag && line.quantity === 1 ? await findTownDevice(trx, line.tag) : null;
		const category = device?.category ?? line.category;
		for (let n = 0; n < line.quantity; n++) {
			rank++;
			const itemId = n === 0 ? line.id : newId();
			const number = itemNumber(receipt.number, rank, total);
			await trx
				.insertInto('equipment.collected_item')
				.values({
					id: itemId,
					number,
					receipt_id: id,
					campaign_id: campaignId,
					category,
					condition: line.condition,
					holds_data: line.holdsData ?? mayHoldData(category),
					description: line.description,
					serial: device?.serial ?? null,
					// A box is weighed at once: each has its share.
					weight_grams: line.weightGrams ? Math.max(1, Math.round(line.weightGrams / line.quantity)) : null,
					device_id: device?.id ?? null,
					tag_read: device ? null : line.tag,
					state: 'received',
					received_at: receipt.receivedAt,
				})
				.execute();
			numbers.push(number);
			events.push({ itemId, kind: 'received', at: receipt.receivedAt, teller: { actor } });
			if (device) {
				const taken = await takeTownDevice(context, trx, actor, device.id, {
					itemId,
					number,
					at: receipt.receivedAt,
				});
				if (!taken.ok) return taken;
			}
		}
	}
	await recordItems(context, trx, events);
	if (receipt.giver) {
		await trx
			.insertInto('equipment.giver')
			.values({
				receipt_id: id,
				name: receipt.giver.name || null,
				email: receipt.giver.email,
				locale: receipt.giver.locale,
				agreed_at: receipt.receivedAt,
			})
			.execute();
		await writeReceipt(context, trx, receipt.giver, {
			number: receipt.number,
			code: receipt.code,
			items: total,
		});
	}
	return ok({ already: false, items: numbers });
}
