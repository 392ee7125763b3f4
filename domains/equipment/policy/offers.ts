import { changing, ok, refuse, textInput } from '@parvis/platform';
import { z } from 'zod';
import { type Context, type Db, parseInput } from '../context.ts';
import { type Category, categories } from '../kinds.ts';
import { mayManage } from '../policies.ts';
import type { Offer, Orders } from './face.ts';

const cents = z
	.int('equipment.price_invalid')
	.min(0, 'equipment.price_invalid')
	.max(100_000_000, 'equipment.price_invalid')
	.nullable();
const days = z
	.int('equipment.days_invalid')
	.min(0, 'equipment.days_invalid')
	.max(365, 'equipment.days_invalid')
	.nullable();

const offerInput = z.object({
	category: z.enum(categories),
	repairCents: cents,
	batteryCents: cents,
	reinstallCents: cents,
	refurbishedCents: cents,
	newCents: cents,
	repairDays: days,
	poolDays: days,
	refurbishedDays: days,
	newDays: days,
	source: textInput(200, 'equipment.offer_source_missing'),
});

/** Prices by category, in the usual order; null where none is known. */
export async function readOffers(db: Db): Promise<Offer[]> {
	const rows = await db.selectFrom('equipment.offer').selectAll().execute();
	return rows
		.map((row) => ({
			category: row.category as Category,
			repairCents: row.repair_cents,
			batteryCents: row.battery_cents,
			reinstallCents: row.reinstall_cents,
			refurbishedCents: row.refurbished_cents,
			newCents: row.new_cents,
			repairDays: row.repair_days,
			poolDays: row.pool_days,
			refurbishedDays: row.refurbished_days,
			newDays: row.new_days,
			source: row.source,
			simulated: row.simulated,
		}))
		.sort((a, b) => categories.indexOf(a.category) - categories.indexOf(b.category));
}

export function createOffers(context: Context): Pick<Orders, 'offers' | 'saveOffer'> {
	return {
		offers: async (actor) =>
			mayManage(actor) ? ok(await readOffers(context.db)) : refuse('platform.not_allowed'),

		async saveOffer(actor, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(offerInput, input);
			if (!parsed.ok) return parsed;
			const { value } = parsed;
			return changing(context.db, async (trx) => {
				const row = {
					repair_cents: value.repairCents,
					battery_cents: value.batteryCents,
					reinstall_cents: value.reinstallCents,
					refurbished_cents: value.refurbishedCents,
					new_cents: value.newCents,
					repair_days: value.repairDays,
					pool_days: value.poolDays,
					refurbished_days: value.refurbishedDays,
					new_days: value.newDays,
					source: value.source,
					simulated: false,
					updated_at: context.now(),
				};
				await trx
					.insertInto('equipment.offer')
					.values({ category: value.category, ...row })
					.onConflict((conflict) => conflict.column('category').doUpdateSet(row))
					.execute();
				await context.platform.audit.record(trx, {
					actor,
					action: 'equipment.offer.saved',
					subject: `offer:${value.category}`,
				});
				return ok(null);
			});
		},
	};
}
