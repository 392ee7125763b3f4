import { Readable } from 'node:stream';
import { newId, system } from '@parvis/platform';
import { randomCode } from '@parvis/spoken-codes';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { addDays, townDay, townInstant } from '../days.ts';
import type { Category } from '../kinds.ts';
import { demoCampaigns, demoConditions, demoEnds, demoKinds, demoPartners } from './demo-content.ts';
import type { Collection, ItemCondition, ItemEnd, Strokes } from './face.ts';
import { readItems } from './item-rows.ts';
import { readLots } from './lot-rows.ts';
import type { Trx } from './recording.ts';
import { mayHoldData } from './rules/item-states.ts';
import { itemNumber, receiptNumber } from './rules/receipt-number.ts';
import { makeSlip } from './slip.ts';
import { hashOf, newToken } from './tokens.ts';

/** The secret of every receipt of the demonstration, so that anybody may try the follow-up page. */
const demoCode = 'DEMENSTRAT';

/** Numbers from 0 to 1, the same in every demonstration (mulberry32). */
function chance(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
}

function pick<Value>(random: () => number, weighed: readonly (readonly [Value, number])[]): Value {
	let at = random() * weighed.reduce((sum, [, weight]) => sum + weight, 0);
	for (const [value, weight] of weighed) {
		at -= weight;
		if (at < 0) return value;
	}
	return (weighed[0] as readonly [Value, number])[0];
}

const scribble = (random: () => number): Strokes => [
	Array.from({ length: 24 }, (_, n) => [0.1 + n * 0.033, 0.3 + random() * 0.4] as [number, number]),
];

interface MadeItem {
	id: string;
	number: string;
	receipt_id: string;
	campaign_id: string;
	category: Category;
	condition: ItemCondition;
	holds_data: boolean;
	weight_grams: number | null;
	lot_id: string | null;
	state: 'received' | 'in_lot' | 'handed_over' | 'ended';
	ended_as: ItemEnd | null;
	ended_on: string | null;
	received_at: Date;
	simulated: true;
}

/** Rows of a table by their column names, in one statement. */
async function insertAll(trx: Trx, table: string, rows: readonly object[]): Promise<void> {
	if (!rows.length) return;
	const columns = sql.join(Object.keys(rows[0] ?? {}).map((name) => sql.ref(name)));
	await sql`INSERT INTO ${sql.table(table)} (${columns}) SELECT ${columns}
		FROM jsonb_populate_recordset(NULL::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`.execute(trx);
}

/**
 * A campaign under way, one that is over with every end told, one to come; partners, lots in each state, slots booked.
 * Nothing happens where there is one already. What becomes of items is known to the neighbours by the tables: the parts
 * filled after this one read them. @throws outside a demonstration
 */
export async function fillDemo(context: Context, collection: Collection): Promise<void> {
	const { db, platform } = context;
	if (!platform.config.demo) throw new Error('a demonstration only');
	const { rows: before } = await sql`SELECT FROM equipment.campaign WHERE simulated LIMIT 1`.execute(db);
	if (before.length) return;
	const random = chance(20_261_124);
	const today = townDay(context.now());
	const partners = await makePartners(context);
	const campaigns: { id: string; points: string[]; days: string[]; items: number }[] = [];
	for (const one of demoCampaigns) {
		const made = await makeCampaign(context, collection, one, today);
		campaigns.push({ ...made, items: one.items });
	}
	const [current, past] = campaigns;
	if (!current || !past) return;

	const prefix = randomCode(3, (bytes) => Uint8Array.from({ length: bytes }, () => random() * 256));
	let count = 0;
	const receipts: object[] = [];
	const items: MadeItem[] = [];
	const givers: object[] = [];
	for (const campaign of [past, current]) {
		const open = campaign.days.filter((day) => day <= today);
		for (let left = campaign.items; left > 0; ) {
			const several = Math.min(
				left,
				pick(random, [
					[1, 70],
					[2, 20],
					[3, 10],
				] as const),
			);
			left -= several;
			const day = open[Math.floor(random() * open.length)] ?? today;
			const at = new Date(
				Math.min(
					townInstant(day, '09:10').getTime() + random() * 3 * 3_600_000,
					context.now().getTime() - 60_000,
				),
			);
			const id = newId();
			const number = receiptNumber(prefix, count++);
			receipts.push({
				id,
				number,
				campaign_id: campaign.id,
				point_id: campaign.points[Math.floor(random() * campaign.points.length)],
				code_hash: `\\x${hashOf(demoCode).toString('hex')}`,
				received_at: at,
				recorded_at: at,
				content_hash: `\\x${hashOf(number).toString('hex')}`,
				simulated: true,
			});
			if (campaign === current && random() < 0.3)
				givers.push({
					receipt_id: id,
					name: null,
					email: `habitant-${count}@courriel.parvis.example`,
					locale: 'fr',
					agreed_at: at,
				});
			for (let rank = 1; rank <= several; rank++) {
				const category = pick(random, demoKinds);
				items.push({
					id: newId(),
					number: itemNumber(number, rank, several),
					receipt_id: id,
					campaign_id: campaign.id,
					category,
					condition: pick(random, demoConditions),
					holds_data: mayHoldData(category),
					weight_grams: random() < 0.5 ? null : Math.round(120 + random() * 1800),
					lot_id: null,
					state: 'received',
					ended_as: null,
					ended_on: null,
					received_at: at,
					simulated: true,
				});
			}
		}
	}

	const events: object[] = [];
	const tell = (item: MadeItem, kind: string, at: Date, more: object = {}) =>
		events.push({ id: newId(), item_id: item.id, at, recorded_at: at, kind, detail: {}, ...more });
	for (const item of items) tell(item, 'received', item.received_at);
	const lots: {
		id: string;
		partner: string;
		status: string;
		items: MadeItem[];
		at: Date;
		settledAt: Date | null;
	}[] = [];
	const makeLot = (
		partner: string,
		status: string,
		inside: MadeItem[],
		at: Date,
		settledAt: Date | null = null,
	) => {
		const lot = { id: newId(), partner, status, items: inside, at, settledAt };
		lots.push(lot);
		for (const item of inside) {
			item.lot_id = lot.id;
			item.state = status === 'handed_over' ? 'handed_over' : status === 'settled' ? 'ended' : 'in_lot';
			tell(item, 'put_in_lot', new Date(at.getTime() - 3_600_000), { lot_id: lot.id });
			if (status === 'handed_over' || status === 'settled') tell(item, 'handed_over', at, { lot_id: lot.id });
		}
		return lot;
	};
	const endOn = (item: MadeItem, end: ItemEnd, at: Date, more: object = {}) => {
		item.state = 'ended';
		item.ended_as = end;
		item.ended_on = townDay(at);
		tell(item, 'ended', at, { ended_as: end, ...more });
	};
	const [workshop = '', cafe = '', recycler = ''] = partners;
	const late = (days: number) => townInstant(addDays(past.days.at(-1) ?? today, days), '10:00');
	const gone = items.filter(({ campaign_id }) => campaign_id === past.id);
	const ends = new Map(gone.map((item) => [item, pick(random, demoEnds[item.condition])]));
	const those = (...wanted: ItemEnd[]) => gone.filter((item) => wanted.includes(ends.get(item) ?? 'missing'));
	for (const [n, [partner, inside]] of (
		[
			[workshop, those('reused')],
			[cafe, those('repaired')],
			[recycler, those('parts', 'recycled')],
		] as const
	).entries()) {
		const lot = makeLot(partner, 'settled', inside, late(12 + n * 3), late(40 + n * 9));
		for (const item of inside)
			endOn(item, ends.get(item) ?? 'recycled', late(20 + n * 9 + Math.floor(random() * 15)), {
				lot_id: lot.id,
				by_partner: partner,
			});
	}
	for (const item of those('missing')) endOn(item, 'missing', late(15));

	const fresh = items.filter(({ campaign_id }) => campaign_id === current.id);
	const early = fresh.filter(({ received_at }) => townDay(received_at) < addDays(today, -3));
	makeLot(workshop, 'handed_over', early.slice(0, 24), townInstant(addDays(today, -1), '10:30'));
	makeLot(cafe, 'closed', early.slice(24, 36), townInstant(addDays(today, -1), '15:00'));
	makeLot(recycler, 'open', early.slice(36, 44), townInstant(addDays(today, -1), '16:00'));
	const returned = fresh.find(({ lot_id }) => lot_id === null);
	if (returned) endOn(returned, 'returned', new Date(returned.received_at.getTime() + 60_000));

	await db.transaction().execute(async (trx) => {
		await insertAll(trx, 'equipment.receipt', receipts);
		await insertAll(trx, 'equipment.giver', givers);
		const numbers = new Map<string, number>();
		for (const lot of lots.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
			const year = townDay(lot.at).slice(0, 4);
			const n = (numbers.get(year) ?? 0) + 1;
			numbers.set(year, n);
			await trx
				.insertInto('equipment.lot')
				.values({
					id: lot.id,
					number: `LOT-${year}-${String(n).padStart(4, '0')}`,
					partner_id: lot.partner,
					status: lot.status === 'open' ? 'open' : 'closed',
					closed_at: lot.status === 'open' ? null : lot.at,
					simulated: true,
					created_at: new Date(lot.at.getTime() - 7_200_000),
				})
				.execute();
		}
		await insertAll(
			trx,
			'equipment.collected_item',
			items.map((item) => ({ ...item, version: 1 })),
		);
		await insertAll(trx, 'equipment.item_event', events);
		for (const lot of lots)
			if (lot.status === 'handed_over' || lot.status === 'settled') await sign(context, trx, lot, random);
		await book(trx, random, current.id, context.now());
	});
}

/** The slip of a lot that was handed over, signed by two invented people. */
async function sign(
	context: Context,
	trx: Trx,
	lot: { id: string; status: string; at: Date; settledAt: Date | null },
	random: () => number,
): Promise<void> {
	const row = (await readLots(trx)).find(({ id }) => id === lot.id);
	if (!row) return;
	const items = await readItems(trx, sql`WHERE item.lot_id = ${lot.id} ORDER BY item.number`);
	const signatures = (['town', 'partner'] as const).map((party) => ({
		party,
		name: party === 'town' ? 'Nadia Benali (démonstration)' : 'Luc Martin (démonstration)',
		role: party === 'town' ? 'agente de collecte' : 'responsable',
		strokes: scribble(random),
	}));
	const bytes = await makeSlip(context, row, items, { at: lot.at, signatures, scanSha256: null });
	const key = `equipment/slips/${lot.id}.pdf`;
	await context.platform.files.put(key, Readable.from([bytes]), { contentType: 'application/pdf' });
	await trx
		.insertInto('equipment.lot_signature')
		.values(
			signatures.map(({ strokes, ...one }) => ({
				lot_id: lot.id,
				...one,
				signed_at: lot.at,
				way: 'drawn' as const,
				file_sha256: hashOf(JSON.stringify(strokes)),
			})),
		)
		.execute();
	await trx
		.updateTable('equipment.lot')
		.set({
			status: lot.status === 'settled' ? 'settled' : 'handed_over',
			handed_over_at: lot.at,
			settled_at: lot.settledAt,
			slip_key: key,
			slip_sha256: hashOf(bytes),
			token_hash: hashOf(newToken()),
		})
		.where('id', '=', lot.id)
		.execute();
}

/** Some of the slots are booked, none is full. */
async function book(trx: Trx, random: () => number, campaignId: string, now: Date): Promise<void> {
	const { rows } = await sql<{ id: string; starts_at: Date; slot_minutes: number }>`
		SELECT opening.id, starts_at, slot_minutes FROM equipment.opening
		JOIN equipment.drop_off_point AS point ON point.id = point_id
		WHERE campaign_id = ${campaignId} AND slot_minutes IS NOT NULL ORDER BY starts_at, opening.id`.execute(
		trx,
	);
	const bookings = rows.flatMap(({ id, starts_at, slot_minutes }) =>
		Array.from({ length: 2 }, () => {
			const at = new Date(starts_at.getTime() + Math.floor(random() * 5) * slot_minutes * 60_000);
			return {
				id: newId(),
				opening_id: id,
				slot_starts_at: at,
				slot_ends_at: new Date(at.getTime() + slot_minutes * 60_000),
				devices: 1 + Math.floor(random() * 3),
				token_hash: `\\x${hashOf(newToken()).toString('hex')}`,
				locale: 'fr',
				simulated: true,
				created_at: now,
			};
		}),
	);
	await insertAll(trx, 'equipment.booking', bookings);
}

async function makePartners(context: Context): Promise<string[]> {
	const ids: string[] = [];
	for (const partner of demoPartners) {
		const id = newId();
		const { rows } = await sql<{ id: string }>`
			INSERT INTO equipment.partner (id, name, kind, email, address, simulated, created_at)
			VALUES (${id}, ${partner.name}, ${partner.kind}, ${partner.email}, ${partner.address}, true, ${context.now()})
			ON CONFLICT (lower(name)) DO UPDATE SET name = EXCLUDED.name RETURNING id`.execute(context.db);
		ids.push(rows[0]?.id ?? id);
	}
	return ids;
}

async function makeCampaign(
	context: Context,
	{ campaigns }: Collection,
	demo: (typeof demoCampaigns)[number],
	today: string,
): Promise<{ id: string; points: string[]; days: string[] }> {
	const need = <Value>(result: { ok: true; value: Value } | { ok: false; error: string }): Value => {
		if (!result.ok) throw new Error(`the demonstration's campaign: ${result.error}`);
		return result.value;
	};
	const { slug } = need(
		await campaigns.save(system, {
			...demo,
			startsOn: addDays(today, demo.starts),
			endsOn: addDays(today, demo.ends),
		}),
	);
	const days = demo.openDays.map((day) => addDays(today, day));
	const points: string[] = [];
	for (const { name, address, at } of demo.points) {
		const found = await context.town.areas.findAddress(address);
		const { id } = need(
			await campaigns.addPoint(system, slug, {
				name,
				address,
				longitude: found?.longitude ?? at[0],
				latitude: found?.latitude ?? at[1],
			}),
		);
		points.push(id);
	}
	const [first] = points;
	if (!first) throw new Error('a campaign of the demonstration has no point');
	for (const [n, day] of days.entries())
		need(
			await campaigns.addOpening(system, points[n % points.length] ?? first, {
				day,
				from: '09:00',
				to: '12:30',
				slotMinutes: 30,
				slotCapacity: 4,
			}),
		);
	need(await campaigns.setStatus(system, slug, 'published'));
	const { rows } = await sql<{ id: string }>`
		UPDATE equipment.campaign SET simulated = true WHERE slug = ${slug} RETURNING id`.execute(context.db);
	return { id: rows[0]?.id ?? '', points, days };
}
