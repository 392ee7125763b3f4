import { asId, changing, newId, ok, refuse, textInput } from '@parvis/platform';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput } from '../context.ts';
import { townDay } from '../days.ts';
import { type Category, categories, type Range } from '../kinds.ts';
import { mayManage } from '../policies.ts';
import type { DB } from '../tables.ts';
import type { Catalogue, DeviceFootprint, FootprintLine } from './face.ts';
import { shippedCategories, shippedModels } from './factors/shipped.ts';
import { modelKey } from './rules/names.ts';

type OwnRow = Selectable<DB['equipment.own_footprint']>;

interface KnownModel {
	id: string;
	manufacturer: string;
	name: string;
	category: Category;
}

const range = z
	.object({ low: z.number(), mid: z.number(), high: z.number() })
	.refine(
		({ low, mid, high }) => low >= 0 && low <= mid && mid <= high && high <= 1_000_000,
		'equipment.footprint_order',
	);

const input = z
	.object({
		category: z.enum(categories).nullish(),
		modelId: z.uuid().nullish(),
		validFrom: z.iso
			.date('equipment.day_invalid')
			.refine((day) => day >= '1970-01-01', 'equipment.day_invalid'),
		manufacture: range,
		transport: range,
		endOfLife: range,
		useKwhPerYear: range,
		source: textInput(300, 'equipment.footprint_source_missing'),
		sourceYear: z.int().min(1990).max(2100),
		licence: textInput(200, 'equipment.footprint_licence_missing'),
		url: z
			.url({ protocol: /^https?$/ })
			.max(500)
			.nullish(),
		caveat: textInput(500).nullish(),
	})
	.refine(({ category, modelId }) => !category !== !modelId, 'equipment.footprint_of_what');

/** The model that ships with a maker's sheet, for one of the same name and category. */
export function shippedOf({ manufacturer, name, category }: Omit<KnownModel, 'id'>) {
	const found = shippedModels.get(modelKey(manufacturer, name));
	return found?.category === category ? found : undefined;
}

function footprintOfRow(row: OwnRow, category: Category): DeviceFootprint {
	return {
		category,
		modelId: row.model_id,
		manufacture: row.manufacture as Range,
		transport: row.transport as Range,
		endOfLife: row.end_of_life as Range,
		useKwhPerYear: row.use_kwh_per_year as Range,
		sources: [{ label: row.source, year: row.source_year, licence: row.licence, url: row.url }],
		caveat: row.caveat === null ? null : { fr: row.caveat, en: row.caveat },
	};
}

function shippedFootprint(model: KnownModel): DeviceFootprint | undefined {
	const shipped = shippedOf(model);
	if (!shipped) return undefined;
	const { manufacture, transport, endOfLife, useKwhPerYear, sources, caveat } = shipped;
	return {
		category: model.category,
		modelId: model.id,
		manufacture,
		transport,
		endOfLife,
		useKwhPerYear,
		sources,
		caveat,
	};
}

/** Models by id, those that were merged as what they mean. */
async function meantModels(db: Db, ids: readonly string[]): Promise<Map<string, KnownModel>> {
	if (!ids.length) return new Map();
	const rows = await db
		.selectFrom('equipment.model as asked')
		.innerJoin('equipment.model as meant', (join) =>
			join.on((eb) => eb('meant.id', '=', eb.fn.coalesce('asked.merged_into', 'asked.id'))),
		)
		.select(['asked.id as askedId', 'meant.id', 'meant.manufacturer', 'meant.name', 'meant.category'])
		.where('asked.id', 'in', [...ids])
		.execute();
	return new Map(rows.map(({ askedId, ...model }) => [askedId, model as KnownModel]));
}

/** What is used on a day, of the town's own lines; newest first. */
async function ownLines(db: Db, modelIds: readonly string[]): Promise<OwnRow[]> {
	return db
		.selectFrom('equipment.own_footprint')
		.selectAll()
		.where((eb) =>
			eb.or([
				eb('category', 'is not', null),
				...(modelIds.length ? [eb('model_id', 'in', [...modelIds])] : []),
			]),
		)
		.orderBy('valid_from', 'desc')
		.execute();
}

/** See `Catalogue.footprintsOf`. */
export async function readFootprints(
	db: Db,
	of: readonly { modelId?: string | null; category: Category }[],
	day: string,
): Promise<Map<string, DeviceFootprint>> {
	const ids = [...new Set(of.flatMap(({ modelId }) => (modelId ? [asId(modelId)] : [])))];
	const models = await meantModels(db, ids);
	const own = (
		await ownLines(
			db,
			[...models.values()].map(({ id }) => id),
		)
	).filter((row) => row.valid_from <= day);
	const found = new Map<string, DeviceFootprint>();
	for (const { modelId, category } of of) {
		const key = modelId ?? category;
		if (found.has(key)) continue;
		const model = modelId ? models.get(modelId) : undefined;
		const kind = model?.category ?? category;
		const ofModel = model && own.find((row) => row.model_id === model.id);
		const ofCategory = own.find((row) => row.category === kind);
		const footprint =
			(ofModel && footprintOfRow(ofModel, kind)) ??
			(model && shippedFootprint(model)) ??
			(ofCategory && footprintOfRow(ofCategory, kind)) ??
			shippedCategories.get(kind);
		if (footprint) found.set(key, footprint);
	}
	return found;
}

export function createFootprints({ platform, db, now }: Context): Catalogue['footprints'] {
	return {
		shippedModels: shippedModels.size,

		async lines(of) {
			const modelId = 'modelId' in of ? asId(of.modelId) : null;
			const model = modelId ? (await meantModels(db, [modelId])).get(modelId) : undefined;
			if (modelId && !model) return [];
			const category = model?.category ?? ('category' in of ? of.category : 'other');
			const own = (await ownLines(db, model ? [model.id] : [])).filter((row) =>
				model ? row.model_id === model.id : row.category === category,
			);
			const shipped = model ? shippedFootprint(model) : shippedCategories.get(category);
			const today = townDay(now());
			const lines: FootprintLine[] = own.map((row) => ({
				id: row.id,
				validFrom: row.valid_from,
				footprint: footprintOfRow(row, category),
			}));
			const used = lines.findIndex(({ validFrom }) => (validFrom ?? '') <= today);
			return [
				...(used >= 0 ? lines.slice(used) : []),
				...(used > 0 ? lines.slice(0, used) : used < 0 ? lines : []),
				...(shipped ? [{ id: null, validFrom: null, footprint: shipped }] : []),
			];
		},

		async add(actor, given) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(input, given);
			if (!parsed.ok) return parsed;
			const { value } = parsed;
			return changing(db, async (trx) => {
				const model = value.modelId
					? (await meantModels(trx, [value.modelId])).get(value.modelId)
					: undefined;
				if (value.modelId && !model) return refuse('equipment.model_unknown');
				const row = await trx
					.insertInto('equipment.own_footprint')
					.values({
						id: newId(),
						category: value.category ?? null,
						model_id: model?.id ?? null,
						valid_from: value.validFrom,
						manufacture: JSON.stringify(value.manufacture),
						transport: JSON.stringify(value.transport),
						end_of_life: JSON.stringify(value.endOfLife),
						use_kwh_per_year: JSON.stringify(value.useKwhPerYear),
						source: value.source,
						source_year: value.sourceYear,
						licence: value.licence,
						url: value.url ?? null,
						caveat: value.caveat || null,
						by_person: actor.kind === 'person' ? actor.id : null,
						created_at: now(),
					})
					.onConflict((conflict) => conflict.doNothing())
					.returningAll()
					.executeTakeFirst();
				if (!row) return refuse('equipment.footprint_day_taken');
				await platform.events.publish(trx, 'equipment.factors.changed', {});
				await platform.audit.record(trx, {
					actor,
					action: 'equipment.footprint.added',
					subject: model ? `model:${model.id}` : `category:${value.category}`,
					detail: { validFrom: value.validFrom, source: value.source, year: value.sourceYear },
				});
				const category = model?.category ?? (value.category as Category);
				return ok({ id: row.id, validFrom: row.valid_from, footprint: footprintOfRow(row, category) });
			});
		},
	};
}
