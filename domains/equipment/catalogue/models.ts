import { type Actor, asId, changing, newId, ok, refuse, textInput } from '@parvis/platform';
import { type Kysely, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput } from '../context.ts';
import { type Category, categories } from '../kinds.ts';
import { mayCollect, mayManage, maySee, mayUse } from '../policies.ts';
import type { DB } from '../tables.ts';
import type { Catalogue, Model } from './face.ts';
import { shippedOf } from './footprints.ts';
import { makerName, makerOfModel, modelName } from './rules/names.ts';

const pageSize = 50;

export const mayRead = (actor: Actor) => maySee(actor) || mayUse(actor) || mayCollect(actor);

const price = z
	.int('equipment.price_invalid')
	.min(0, 'equipment.price_invalid')
	.max(2_000_000_000, 'equipment.price_invalid')
	.nullish();

const oneLine = (most: number, missing: string) =>
	z
		.string()
		.transform((text) => text.replaceAll(/\s+/g, ' ').trim())
		.pipe(z.string().min(1, missing).max(most));

const input = z.object({
	id: z.uuid('equipment.model_unknown').optional(),
	manufacturer: oneLine(120, 'equipment.model_maker_missing'),
	name: oneLine(200, 'equipment.model_name_missing'),
	category: z.enum(categories, 'equipment.category_unknown'),
	supportedUntil: z.iso
		.date('equipment.day_invalid')
		.refine((day) => day >= '1990-01-01' && day <= '2199-12-31', 'equipment.day_invalid')
		.nullish(),
	supportSource: textInput(300).nullish(),
	newPriceCents: price,
	refurbishedPriceCents: price,
	note: textInput(1000).nullish(),
	version: z.int().optional(),
});

interface Row {
	id: string;
	manufacturer: string;
	name: string;
	category: Category;
	supported_until: string | null;
	support_source: string | null;
	new_price_cents: number | null;
	refurbished_price_cents: number | null;
	note: string | null;
	version: number;
	devices: number;
	own: boolean;
}

function modelOf(row: Row): Model {
	return {
		id: row.id,
		manufacturer: row.manufacturer,
		name: row.name,
		category: row.category,
		supportedUntil: row.supported_until,
		supportSource: row.support_source,
		newPriceCents: row.new_price_cents,
		refurbishedPriceCents: row.refurbished_price_cents,
		note: row.note,
		version: row.version,
		devices: row.devices,
		ownFootprint: row.own || shippedOf(row) !== undefined,
	};
}

function select(db: Db) {
	return (db as Kysely<DB>)
		.selectFrom('equipment.model as model')
		.where('model.merged_into', 'is', null)
		.select([
			'model.id',
			'model.manufacturer',
			'model.name',
			'model.category',
			'model.supported_until',
			'model.support_source',
			'model.new_price_cents',
			'model.refurbished_price_cents',
			'model.note',
			'model.version',
			sql<number>`(SELECT count(*)::int FROM equipment.device WHERE device.model_id = model.id AND status <> 'left')`.as(
				'devices',
			),
			sql<boolean>`EXISTS (SELECT FROM equipment.own_footprint own WHERE own.model_id = model.id)`.as('own'),
		])
		.$castTo<Row>();
}

async function find(db: Db, id: string): Promise<Model | undefined> {
	const row = await select(db).where('model.id', '=', asId(id)).executeTakeFirst();
	return row && modelOf(row);
}

export interface ModelGiven {
	manufacturer: string;
	name: string;
	category: Category;
}

/** Maker and name as they are kept; a maker that is not told is the one that the name gives away. */
function keptNames({ manufacturer, name }: ModelGiven): { manufacturer: string; name: string } {
	const maker = makerName(manufacturer) || makerOfModel(name) || 'Inconnu';
	return { manufacturer: maker.slice(0, 120), name: (modelName(maker, name) || 'Inconnu').slice(0, 200) };
}

export function modelGivenKey(given: ModelGiven): string {
	const { manufacturer, name } = keptNames(given);
	return `${manufacturer.toLowerCase()}|${name.toLowerCase()}|${given.category}`;
}

/**
 * Ids of these models by `modelGivenKey`, made where there are none; a name that was merged means the other model. An empty
 * maker or name becomes « Inconnu ».
 */
export async function findOrCreateModels(
	trx: Transaction<DB>,
	given: readonly ModelGiven[],
): Promise<Map<string, string>> {
	const wanted = new Map(
		given.map((model) => [
			modelGivenKey(model),
			{ id: newId(), ...keptNames(model), category: model.category },
		]),
	);
	if (!wanted.size) return new Map();
	const rows = JSON.stringify([...wanted].map(([key, model]) => ({ key, ...model })));
	await sql`INSERT INTO equipment.model (id, manufacturer, name, category, created_at)
		SELECT DISTINCT ON (lower(manufacturer), lower(name), category) id, manufacturer, name, category, now()
		FROM jsonb_to_recordset(${rows}::jsonb) AS given(id uuid, manufacturer text, name text, category text)
		ON CONFLICT DO NOTHING`.execute(trx);
	const found = await sql<{ key: string; id: string }>`
		SELECT given.key, coalesce(model.merged_into, model.id) AS id
		FROM jsonb_to_recordset(${rows}::jsonb) AS given(key text, manufacturer text, name text, category text)
		JOIN equipment.model ON lower(model.manufacturer) = lower(given.manufacturer)
			AND lower(model.name) = lower(given.name) AND model.category = given.category`.execute(trx);
	return new Map(found.rows.map(({ key, id }) => [key, id]));
}

/** One model; see `findOrCreateModels`. @returns its id */
export async function findOrCreateModel(trx: Transaction<DB>, given: ModelGiven): Promise<string> {
	return (await findOrCreateModels(trx, [given])).get(modelGivenKey(given)) as string;
}

export function createModels(
	context: Context,
	move: (trx: Transaction<DB>, actor: Actor, from: string, into: string) => Promise<number>,
): Catalogue['models'] {
	const { platform, db, now } = context;
	return {
		async list(actor, { search = '', category = '', page = 1 } = {}) {
			if (!mayRead(actor)) return refuse('platform.not_allowed');
			const words = search.replaceAll('\0', '').trim().split(/\s+/).filter(Boolean).slice(0, 8);
			const matching = (query: ReturnType<typeof select>) =>
				words
					.reduce(
						(narrowed, word) =>
							narrowed.where(
								sql<boolean>`strpos(lower(model.manufacturer || ' ' || model.name), lower(${word})) > 0`,
							),
						query,
					)
					.$if(category !== '', (narrowed) => narrowed.where(sql<boolean>`model.category = ${category}`));
			const wanted = Math.max(1, Math.min(10_000, Math.trunc(page) || 1));
			const { total } = await matching(select(db))
				.clearSelect()
				.select(sql<number>`count(*)::int`.as('total'))
				.executeTakeFirstOrThrow();
			const rows = await matching(select(db))
				.orderBy(sql`lower(model.manufacturer)`)
				.orderBy(sql`lower(model.name)`)
				.orderBy('model.id')
				.limit(pageSize)
				.offset((wanted - 1) * pageSize)
				.execute();
			return ok({ items: rows.map(modelOf), total, page: wanted, pageSize });
		},

		async get(actor, id) {
			if (!mayRead(actor)) return refuse('platform.not_allowed');
			const model = await find(db, id);
			return model ? ok(model) : refuse('equipment.model_unknown');
		},

		async save(actor, given) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(input, given);
			if (!parsed.ok) return parsed;
			const { value } = parsed;
			return changing(db, async (trx) => {
				const fields = {
					manufacturer: makerName(value.manufacturer),
					name: value.name,
					category: value.category,
					supported_until: value.supportedUntil ?? null,
					support_source: value.supportSource || null,
					new_price_cents: value.newPriceCents ?? null,
					refurbished_price_cents: value.refurbishedPriceCents ?? null,
					note: value.note || null,
				};
				const id = value.id ?? newId();
				await sql`SELECT pg_advisory_xact_lock(hashtext('equipment.model'))`.execute(trx);
				const twin = await trx
					.selectFrom('equipment.model')
					.select('id')
					.where('id', '<>', id)
					.where('category', '=', fields.category)
					.where(
						sql<boolean>`lower(manufacturer) = lower(${fields.manufacturer}) AND lower(name) = lower(${fields.name})`,
					)
					.executeTakeFirst();
				if (twin) return refuse('equipment.model_taken', { field: 'name' });
				if (value.id === undefined)
					await trx
						.insertInto('equipment.model')
						.values({ id, ...fields, created_at: now() })
						.execute();
				else {
					const before = await find(trx, id);
					if (!before) return refuse('equipment.model_unknown');
					const changed = await trx
						.updateTable('equipment.model')
						.set((eb) => ({ ...fields, version: eb('version', '+', 1) }))
						.where('id', '=', id)
						.where('version', '=', value.version ?? before.version)
						.executeTakeFirst();
					if (!changed.numUpdatedRows) return refuse('equipment.changed_meanwhile');
					// Another name or category may have another footprint.
					if (before.category !== fields.category || before.name !== fields.name)
						await platform.events.publish(trx, 'equipment.factors.changed', {});
				}
				await platform.audit.record(trx, { actor, action: 'equipment.model.saved', subject: `model:${id}` });
				return ok((await find(trx, id)) as Model);
			});
		},

		async merge(actor, from, into) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				await sql`SELECT pg_advisory_xact_lock(hashtext('equipment.model'))`.execute(trx);
				const [gone, kept] = [await find(trx, from), await find(trx, into)];
				if (!gone || !kept) return refuse('equipment.model_unknown');
				if (gone.id === kept.id) return refuse('equipment.model_merge_itself');
				if (gone.category !== kept.category) return refuse('equipment.model_merge_category');
				const devices = await move(trx, actor, gone.id, kept.id);
				await trx
					.updateTable('equipment.model')
					.set({ merged_into: kept.id })
					.where((eb) => eb.or([eb('id', '=', gone.id), eb('merged_into', '=', gone.id)]))
					.execute();
				await platform.events.publish(trx, 'equipment.factors.changed', {});
				await platform.audit.record(trx, {
					actor,
					action: 'equipment.model.merged',
					subject: `model:${gone.id}`,
					detail: { into: kept.id, devices },
				});
				return ok({ devices });
			});
		},
	};
}
