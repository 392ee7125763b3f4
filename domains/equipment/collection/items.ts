import { changing, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { categories } from '../kinds.ts';
import { mayCollect, mayManage, maySee } from '../policies.ts';
import type { Wiping } from '../wiping/face.ts';
import { optionalText } from './campaign-input.ts';
import { endItems, lockItems, settleLot } from './ending.ts';
import { type Item, type ItemEnd, type ItemEvent, type Items, itemConditions, itemStates } from './face.ts';
import { readItems } from './item-rows.ts';
import type { createItemPhotos } from './photos.ts';
import { recordItems } from './recording.ts';
import { rulesOutData } from './rules/held-data.ts';
import { endsInOtherHands, endsWithoutPartner } from './rules/item-states.ts';
import { findTownDevice, takeTownDevice } from './town-devices.ts';

const mostOnPage = 200;

const edition = z.object({
	category: z.enum(categories).optional(),
	condition: z.enum(itemConditions).optional(),
	holdsData: z.boolean().optional(),
	description: optionalText(300).optional(),
	serial: optionalText(100).optional(),
	weightGrams: z.int().min(1).max(500_000).nullish(),
	tag: optionalText(60).optional(),
	reason: optionalText(500).optional(),
});

/** @see Items */
export function createItems(
	context: Context,
	wiping: Pick<Wiping, 'notWiped'>,
	photos: ReturnType<typeof createItemPhotos>,
): Items {
	const { db, platform } = context;

	async function history(itemId: string): Promise<ItemEvent[]> {
		const { rows } = await sql<{
			at: Date;
			kind: ItemEvent['kind'];
			by_person: string | null;
			partner: string | null;
			ended_as: ItemEnd | null;
			lot: string | null;
			note: string | null;
		}>`
			SELECT event.at, event.kind, by_person, partner.name AS partner, ended_as, lot.number AS lot, detail->>'note' AS note
			FROM equipment.item_event AS event
			LEFT JOIN equipment.partner ON partner.id = by_partner
			LEFT JOIN equipment.lot ON lot.id = event.lot_id
			WHERE item_id = ${itemId} ORDER BY event.recorded_at, event.id`.execute(db);
		const people = await context.identity.people.names(rows.flatMap(({ by_person }) => by_person ?? []));
		return rows.map(({ by_person, partner, ended_as, ...row }) => ({
			...row,
			by: partner ?? (by_person ? (people.get(by_person) ?? null) : null),
			end: ended_as,
		}));
	}

	return {
		photo: photos.read,

		async list(actor, query = {}) {
			if (!mayCollect(actor) && !maySee(actor)) return refuse('platform.not_allowed');
			const page = Math.min(Math.max(1, Math.trunc(query.page ?? 1) || 1), 10_000);
			const pageSize = Math.min(Math.max(1, Math.trunc(query.pageSize ?? 50) || 50), mostOnPage);
			// PostgreSQL keeps no NUL.
			const given = (word?: string | null) => word?.replaceAll('\0', '') ?? null;
			const text = (given(query.text) ?? '').trim().slice(0, 80);
			const like = `%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
			const where = sql`WHERE (${text} = '' OR item.number ILIKE ${like} OR item.serial ILIKE ${like}
					OR item.description ILIKE ${like} OR item.tag_read ILIKE ${like}
					OR item.device_id IN (SELECT id FROM equipment.device WHERE tag ILIKE ${like}))
				AND (${given(query.state)}::text IS NULL OR item.state = ${given(query.state)})
				AND (${given(query.category)}::text IS NULL OR item.category = ${given(query.category)})
				AND (${given(query.campaignId)}::text IS NULL OR item.campaign_id::text = ${given(query.campaignId)})
				AND (${given(query.lotId)}::text IS NULL OR item.lot_id::text = ${given(query.lotId)})`;
			const [{ rows }, items] = await Promise.all([
				sql<{
					count: number;
				}>`SELECT count(*)::int AS count FROM equipment.collected_item AS item ${where}`.execute(db),
				readItems(
					db,
					sql`${where} ORDER BY item.received_at DESC, item.id DESC LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
				),
			]);
			return ok({ items, total: rows[0]?.count ?? 0, page, pageSize });
		},

		async get(actor, number) {
			if (!mayCollect(actor) && !maySee(actor)) return refuse('platform.not_allowed');
			const [item] = await readItems(
				db,
				sql`WHERE item.number = ${number.replaceAll('\0', '').slice(0, 40)}`,
			);
			if (!item) return refuse('equipment.item_unknown');
			const [events, pictures, unwiped, giver] = await Promise.all([
				history(item.id),
				db
					.selectFrom('equipment.item_photo')
					.select(['id', 'width', 'height'])
					.where('item_id', '=', item.id)
					.orderBy('created_at')
					.execute(),
				wiping.notWiped([item.id]),
				sql`SELECT FROM equipment.giver JOIN equipment.receipt ON receipt.id = receipt_id
					WHERE receipt.number = ${item.receiptNumber}`.execute(db),
			]);
			return ok({
				...item,
				history: events,
				photos: pictures.map((photo) => ({
					...photo,
					url: `/espace/equipements/collecte/photos/${photo.id}`,
				})),
				toTell: giver.rows.length > 0,
				wiped: !unwiped.length,
			} satisfies Item);
		},

		async edit(actor, number, input, expectedVersion) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(edition, input);
			if (!parsed.ok) return parsed;
			const { tag, reason, ...fields } = parsed.value;
			return changing(db, async (trx): Promise<Result<null>> => {
				const [item] = await lockItems(trx, [number]);
				if (!item) return refuse('equipment.item_unknown');
				if (item.version !== expectedVersion) return refuse('equipment.changed_meanwhile');
				// What has left is what was signed for.
				if (item.state !== 'received' && item.state !== 'in_lot') return refuse('equipment.item_gone');
				const device = tag && !item.device_id ? await findTownDevice(trx, tag) : null;
				if (tag && !item.device_id && !device) return refuse('equipment.tag_unknown', { field: 'tag' });
				const before = await trx
					.selectFrom('equipment.collected_item')
					.select(['category', 'condition', 'holds_data'])
					.where('id', '=', item.id)
					.executeTakeFirstOrThrow();
				const set = {
					...(fields.category && !item.device_id && { category: fields.category }),
					...(fields.condition && { condition: fields.condition }),
					...(fields.holdsData !== undefined && { holds_data: fields.holdsData }),
					...(fields.description !== undefined && { description: fields.description }),
					...(fields.serial !== undefined && { serial: fields.serial }),
					...(fields.weightGrams !== undefined && { weight_grams: fields.weightGrams }),
					...(device && { device_id: device.id, category: device.category, tag_read: null }),
				};
				const [heldBack] = await wiping.notWiped([item.id], trx);
				await trx
					.updateTable('equipment.collected_item')
					.set({ ...set, version: item.version + 1 })
					.where('id', '=', item.id)
					.execute();
				const [stillHeldBack] = await wiping.notWiped([item.id], trx);
				const after = { ...before, ...set };
				const rulesOut =
					rulesOutData(before, after) || (heldBack !== undefined && stillHeldBack === undefined);
				if (rulesOut && !mayManage(actor)) return refuse('equipment.item_data_for_manager');
				if (rulesOut && !reason) return refuse('equipment.item_data_reason_missing', { field: 'reason' });
				if (device) {
					const taken = await takeTownDevice(context, trx, actor, device.id, {
						itemId: item.id,
						number: item.number,
						at: context.now(),
					});
					if (!taken.ok) return taken;
				}
				await recordItems(context, trx, [
					{
						itemId: item.id,
						kind: rulesOut ? 'data_ruled_out' : 'edited',
						at: context.now(),
						teller: { actor },
						// What decides whether it is wiped is kept as it was; words and serials are not the history’s.
						detail: { changed: Object.keys(set), before, ...(rulesOut && { note: reason }) },
					},
				]);
				if (rulesOut)
					await platform.audit.record(trx, {
						actor,
						action: 'equipment.item.data_ruled_out',
						subject: `item:${item.id}`,
						detail: { reason: reason ?? '' },
					});
				return ok(null);
			});
		},

		async end(actor, number, end, note) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			const known = endsWithoutPartner.find((one) => one === end);
			if (!known) return refuse('equipment.end_needs_partner', { field: 'end' });
			return changing(db, async (trx): Promise<Result<null>> => {
				// A lot before its items, as everywhere: two who work on one never wait for each other in a ring.
				const { rows: lots } = await sql<{ id: string }>`SELECT lot.id FROM equipment.lot
					JOIN equipment.collected_item AS item ON item.lot_id = lot.id
					WHERE item.number = ${number.replaceAll('\0', '')} FOR UPDATE OF lot`.execute(trx);
				const [item] = await lockItems(trx, [number]);
				if (!item) return refuse('equipment.item_unknown');
				if (item.lot_id !== (lots[0]?.id ?? null)) return refuse('equipment.changed_meanwhile');
				// What a partner signed for is the partner's to tell; what is only missing there too.
				if (item.state === 'in_lot') return refuse('equipment.item_in_lot');
				if (item.state === 'handed_over' && known !== 'missing') return refuse('equipment.item_gone');
				// Who took it back brings it again.
				if (item.ended_as === 'returned' || (item.state === 'ended' && !mayManage(actor)))
					return refuse('equipment.item_gone');
				if (endsInOtherHands.includes(known) && item.state === 'received') {
					const [unwiped] = await wiping.notWiped([item.id], trx);
					if (unwiped) return refuse('equipment.item_not_wiped');
				}
				const ended = await endItems(context, trx, { actor }, [
					{ item, end: known, note: (note ?? '').trim().slice(0, 500) || null },
				]);
				if (!ended.ok) return ended;
				if (item.lot_id) await settleLot(context, trx, item.lot_id);
				await platform.audit.record(trx, {
					actor,
					action: `equipment.item.${known}`,
					subject: `item:${item.id}`,
				});
				return ok(null);
			});
		},

		async totals(actor) {
			if (!mayCollect(actor) && !maySee(actor)) return refuse('platform.not_allowed');
			const { rows } = await sql<{ state: (typeof itemStates)[number]; end: ItemEnd | null; items: number }>`
				SELECT state, ended_as AS "end", count(*)::int AS items FROM equipment.collected_item
				GROUP BY state, ended_as ORDER BY state, ended_as`.execute(db);
			return ok(rows.toSorted((a, b) => itemStates.indexOf(a.state) - itemStates.indexOf(b.state)));
		},
	};
}
