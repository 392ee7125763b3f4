import {
	type Actor,
	CsvError,
	newId,
	ok,
	type Platform,
	parseCsv,
	type Result,
	refuse,
} from '@parvis/platform';
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import { z } from 'zod';
import { type BaseLayerName, baseLayerNames, storeBaseLayer } from './base-map.ts';
import { centreOf, contains, type Geometry, geometry } from './geometry.ts';
import { checkOpeningHours } from './opening-hours.ts';
import { type PlaceValues, placeDocument, placeInput, readPlaceColumns } from './places.ts';
import { mayEditPlaces } from './policies.ts';
import type { Search, SearchDocument } from './search.ts';
import { takeSlug } from './slug.ts';
import type { DB } from './tables.ts';

export const importKinds = ['places', 'streets', 'districts', ...baseLayerNames] as const;
export type ImportKind = 'places' | 'streets' | 'districts' | BaseLayerName;

export interface ImportFault {
	/** Number of the feature, or line of the CSV file, from 1. */
	row: number;
	/** Message key. */
	error: string;
	detail?: Record<string, string | number>;
}

export interface ImportReport {
	created: number;
	changed: number;
	unchanged: number;
	/** Rows left out; the others are imported. */
	faults: ImportFault[];
	dryRun: boolean;
}

export interface ImportOptions {
	/** Only say what would happen. */
	dryRun?: boolean;
}

const mostFeatures = 50_000;
const mostBytes = 30 * 1024 * 1024;
const mostFaultsReported = 200;

const collection = z.object({
	type: z.literal('FeatureCollection'),
	features: z.array(z.unknown()).max(mostFeatures),
});
const feature = z.object({
	type: z.literal('Feature'),
	id: z.union([z.string(), z.number()]).optional(),
	properties: z.record(z.string(), z.unknown()).nullable(),
	geometry,
});

const identifier = z.union([z.string().trim().min(1).max(200), z.number()]).transform(String);

const streetInput = z.object({
	id: identifier,
	name: z.string().trim().min(1).max(200),
	class: z.string().trim().max(40).default('residential'),
	oneWay: z
		.union([
			z.boolean(),
			z.enum(['yes', 'no', 'true', 'false']).transform((t) => t === 'yes' || t === 'true'),
		])
		.default(false),
});
const districtInput = z.object({
	id: identifier,
	name: z.string().trim().min(1).max(200),
	population: z.coerce
		.number()
		.int()
		.min(0)
		.nullish()
		.transform((n) => n ?? null),
});

interface ReadFeature {
	row: number;
	properties: Record<string, unknown>;
	shape: Geometry;
}

/**
 * Take in places, streets, districts or a layer of the base map from GeoJSON (RFC 7946, WGS84), or places from CSV
 * with `longitude` and `latitude`. What has an `id` seen before is changed, so that the same file can come again.
 * A row with a fault is left out and reported; a file that makes no sense is refused whole.
 * @param text at most 30 MB and 50,000 features
 */
export function createImport(platform: Platform, search: Search) {
	return async function importFile(
		actor: Actor,
		kind: ImportKind,
		text: string,
		{ dryRun = false }: ImportOptions = {},
	): Promise<Result<ImportReport>> {
		if (!mayEditPlaces(actor)) return refuse('platform.not_allowed');
		const read = readFeatures(kind, text);
		if (!read.ok) return read;
		const { features, faults } = read.value;
		const report: ImportReport = { created: 0, changed: 0, unchanged: 0, faults, dryRun };
		const undo = new Error('dry run');
		try {
			await platform
				.db<DB>()
				.transaction()
				.execute(async (trx) => {
					if (kind === 'places') await importPlaces(trx, search, features, report);
					else if (kind === 'streets') await importStreets(trx, search, features, report);
					else if (kind === 'districts') await importDistricts(trx, search, features, report);
					else await importLayer(trx, kind, features, report);
					if (dryRun) throw undo;
					await platform.audit.record(trx, {
						actor,
						action: `town.${kind}.imported`,
						detail: { created: report.created, changed: report.changed, faults: report.faults.length },
					});
				});
		} catch (error) {
			if (error !== undo) throw error;
		}
		report.faults = report.faults.toSorted((a, b) => a.row - b.row).slice(0, mostFaultsReported);
		return ok(report);
	};
}

function readFeatures(
	kind: ImportKind,
	text: string,
): Result<{ features: ReadFeature[]; faults: ImportFault[] }> {
	if (Buffer.byteLength(text) > mostBytes)
		return refuse('town.import_too_large', { megabytes: mostBytes / 1024 / 1024 });
	// Bytes that are no UTF-8 were read as U+FFFD: names would be spoiled for good.
	if (text.includes('\uFFFD')) return refuse('town.import_not_utf8');
	const start = text.replace(/^\uFEFF/, '').trimStart();
	return start.startsWith('{') ? readGeoJson(start) : readCsvPlaces(kind, text);
}

function readGeoJson(text: string): Result<{ features: ReadFeature[]; faults: ImportFault[] }> {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		return refuse('town.import_not_json');
	}
	const parsed = collection.safeParse(json);
	if (!parsed.success) return refuse('town.import_not_geojson');
	const features: ReadFeature[] = [];
	const faults: ImportFault[] = [];
	for (const [index, candidate] of parsed.data.features.entries()) {
		const row = index + 1;
		const read = feature.safeParse(candidate);
		if (!read.success) {
			faults.push({ row, error: 'town.import_geometry' });
			continue;
		}
		const { id, properties, geometry: shape } = read.data;
		features.push({ row, properties: { ...(id !== undefined && { id }), ...properties }, shape });
	}
	return ok({ features, faults });
}

function readCsvPlaces(
	kind: ImportKind,
	text: string,
): Result<{ features: ReadFeature[]; faults: ImportFault[] }> {
	if (kind !== 'places') return refuse('town.import_not_geojson');
	try {
		const rows = parseCsv(text);
		if (rows.length > mostFeatures) return refuse('town.import_too_many', { most: mostFeatures });
		const columns = rows[0]?.cells ?? {};
		if (!['longitude', 'latitude', 'name'].every((name) => name in columns))
			return refuse('town.import_csv_columns');
		const features: ReadFeature[] = [];
		const faults: ImportFault[] = [];
		for (const { line, cells } of rows) {
			const [longitude, latitude] = [cells.longitude, cells.latitude].map((cell) =>
				Number((cell ?? '').replace(',', '.')),
			);
			const shape = geometry.safeParse({ type: 'Point', coordinates: [longitude, latitude] });
			if (!shape.success || !cells.longitude || !cells.latitude)
				faults.push({ row: line, error: 'town.import_geometry' });
			else features.push({ row: line, properties: cells, shape: shape.data });
		}
		return ok({ features, faults });
	} catch (error) {
		if (error instanceof CsvError) return refuse('town.import_not_csv', { line: error.line });
		throw error;
	}
}

const sameJson = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

async function importPlaces(
	trx: Transaction<DB>,
	search: Search,
	features: readonly ReadFeature[],
	report: ImportReport,
) {
	const columns = await readPlaceColumns(trx);
	const known = await trx.selectFrom('town.place').selectAll().execute();
	const byExternalId = new Map(
		known.flatMap((row) => (row.external_id === null ? [] : [[row.external_id, row]])),
	);
	const slugs = new Set(known.map(({ slug }) => slug));
	const rows = new Map<string, ReturnType<typeof toRow>>();
	const toRow = (externalId: string, values: PlaceValues) => {
		const before = byExternalId.get(externalId);
		return {
			id: before?.id ?? newId(),
			external_id: externalId,
			slug: before?.slug ?? takeSlug(values.name, slugs),
			...columns(values),
		};
	};
	for (const { row, properties, shape } of features) {
		const id = identifier.safeParse(properties.id);
		if (!id.success) {
			report.faults.push({ row, error: 'town.import_id_missing' });
			continue;
		}
		const [longitude, latitude] = centreOf(shape);
		const values = placeInput.safeParse({
			...properties,
			kind: properties.kind ?? 'other',
			streetName: properties.streetName ?? properties.street,
			longitude,
			latitude,
		});
		if (!values.success) {
			report.faults.push({
				row,
				error: 'town.place_field_invalid',
				detail: { field: String(values.error.issues[0]?.path[0]) },
			});
			continue;
		}
		if (values.data.openingHours && !checkOpeningHours(values.data.openingHours).ok) {
			report.faults.push({ row, error: 'town.opening_hours_unreadable' });
			continue;
		}
		if (rows.has(id.data)) report.faults.push({ row, error: 'town.import_id_twice' });
		else rows.set(id.data, toRow(id.data, values.data));
	}
	const toWrite = [...rows.values()].filter((row) => {
		const before = byExternalId.get(row.external_id);
		if (!before) report.created++;
		else if (
			Object.entries(row).every(([name, value]) => sameJson(before[name as keyof typeof before], value))
		) {
			report.unchanged++;
			return false;
		} else report.changed++;
		return true;
	});
	await inChunks(toWrite, async (chunk) => {
		await upsert(trx, 'town.place', chunk, ['updated_at']);
		await search.index(trx, chunk.map(placeDocument));
	});
}

async function importStreets(
	trx: Transaction<DB>,
	search: Search,
	features: readonly ReadFeature[],
	report: ImportReport,
) {
	const districts = await trx.selectFrom('town.district').select(['id', 'geometry']).execute();
	const known = new Map(
		(await trx.selectFrom('town.street').selectAll().execute()).map((row) => [row.external_id, row]),
	);
	const slugs = new Set([...known.values()].map(({ slug }) => slug));
	await importAreas(
		trx,
		search,
		'street',
		features,
		report,
		known,
		streetInput,
		['LineString', 'MultiLineString'],
		(values, shape) => {
			const [longitude, latitude] = centreOf(shape);
			const before = known.get(values.id);
			return {
				id: before?.id ?? newId(),
				external_id: values.id,
				slug: before?.slug ?? takeSlug(values.name, slugs),
				name: values.name,
				class: values.class,
				one_way: values.oneWay,
				district_id:
					districts.find(({ geometry: area }) => contains(area as Geometry, [longitude, latitude]))?.id ??
					null,
				longitude,
				latitude,
				geometry: JSON.stringify(shape),
			};
		},
	);
	await trx
		.updateTable('town.place')
		.from('town.street')
		.set((e) => ({ street_id: e.ref('town.street.id') }))
		.where(sql<boolean>`lower(town.place.street_name) = lower(town.street.name)`)
		.where('town.place.street_id', 'is', null)
		.execute();
}

async function importDistricts(
	trx: Transaction<DB>,
	search: Search,
	features: readonly ReadFeature[],
	report: ImportReport,
) {
	const known = new Map(
		(await trx.selectFrom('town.district').selectAll().execute()).map((row) => [row.external_id, row]),
	);
	const slugs = new Set([...known.values()].map(({ slug }) => slug));
	await importAreas(
		trx,
		search,
		'district',
		features,
		report,
		known,
		districtInput,
		['Polygon', 'MultiPolygon'],
		(values, shape) => {
			const [longitude, latitude] = centreOf(shape);
			const before = known.get(values.id);
			return {
				id: before?.id ?? newId(),
				external_id: values.id,
				slug: before?.slug ?? takeSlug(values.name, slugs),
				name: values.name,
				population: values.population,
				longitude,
				latitude,
				geometry: JSON.stringify(shape),
			};
		},
	);
	// Places and streets that were there first find their district.
	const districts = await trx.selectFrom('town.district').select(['id', 'geometry']).execute();
	for (const table of ['town.place', 'town.street'] as const) {
		const points = await trx
			.selectFrom(table)
			.select(['id', 'longitude', 'latitude', 'district_id'])
			.execute();
		for (const point of points) {
			const district = districts.find(({ geometry: area }) =>
				contains(area as Geometry, [point.longitude, point.latitude]),
			);
			if ((district?.id ?? null) === point.district_id) continue;
			await trx
				.updateTable(table)
				.set({ district_id: district?.id ?? null })
				.where('id', '=', point.id)
				.execute();
		}
	}
}

const areaPages = { street: 'rues', district: 'quartiers' } as const;

/** What streets and districts have in common: parse, skip what is the same, write, index. */
async function importAreas<
	Values extends { id: string },
	Row extends { id: string; external_id: string; slug: string; name: string; geometry: string },
>(
	trx: Transaction<DB>,
	search: Search,
	kind: 'street' | 'district',
	features: readonly ReadFeature[],
	report: ImportReport,
	known: ReadonlyMap<string, { geometry: unknown }>,
	schema: z.ZodType<Values>,
	shapes: readonly string[],
	toRow: (values: Values, shape: Geometry) => Row,
) {
	const rows = new Map<string, Row>();
	for (const { row, properties, shape } of features) {
		const values = schema.safeParse(properties);
		if (!shapes.includes(shape.type)) report.faults.push({ row, error: 'town.import_geometry' });
		else if (!values.success)
			report.faults.push({
				row,
				error: 'town.place_field_invalid',
				detail: { field: String(values.error.issues[0]?.path[0]) },
			});
		else if (rows.has(values.data.id)) report.faults.push({ row, error: 'town.import_id_twice' });
		else rows.set(values.data.id, toRow(values.data, shape));
	}
	const toWrite = [...rows.values()].filter((row) => {
		const before = known.get(row.external_id) as Record<string, unknown> | undefined;
		if (!before) report.created++;
		else if (
			Object.entries(row).every(([name, value]) =>
				name === 'geometry' ? value === JSON.stringify(before.geometry) : sameJson(before[name], value),
			)
		) {
			report.unchanged++;
			return false;
		} else report.changed++;
		return true;
	});
	await inChunks(toWrite, async (chunk) => {
		await upsert(trx, `town.${kind}`, chunk, []);
		await search.index(
			trx,
			chunk.map(
				({ id, name, slug }): SearchDocument => ({
					room: 'town',
					kind,
					id,
					title: name,
					body: '',
					url: `/${areaPages[kind]}/${slug}`,
				}),
			),
		);
	});
}

async function importLayer(
	trx: Transaction<DB>,
	name: BaseLayerName,
	features: readonly ReadFeature[],
	report: ImportReport,
) {
	const changed = await storeBaseLayer(
		trx,
		name,
		features.map(({ shape, properties }) => ({
			shape,
			name: typeof properties.name === 'string' ? properties.name : null,
		})),
	);
	if (changed) report.created = features.length;
	else report.unchanged = features.length;
}

async function inChunks<Row>(rows: readonly Row[], write: (chunk: Row[]) => Promise<void>): Promise<void> {
	for (let start = 0; start < rows.length; start += 500) await write(rows.slice(start, start + 500));
}

/** Insert rows, or give those whose external id is known the new values; id and slug stay as they are. */
async function upsert(
	trx: Kysely<DB>,
	table: 'town.place' | 'town.street' | 'town.district',
	rows: readonly Record<string, unknown>[],
	touched: readonly string[],
): Promise<void> {
	const [first] = rows;
	if (!first) return;
	const columns = Object.keys(first);
	const changes = [
		...columns
			.filter((name) => !['id', 'external_id', 'slug'].includes(name))
			.map((name) => sql`${sql.ref(name)} = excluded.${sql.ref(name)}`),
		...touched.map((name) => sql`${sql.ref(name)} = now()`),
	];
	await sql`
		INSERT INTO ${sql.table(table)} (${sql.join(columns.map((name) => sql.ref(name)))})
		VALUES ${sql.join(rows.map((row) => sql`(${sql.join(columns.map((name) => row[name]))})`))}
		ON CONFLICT (external_id) DO UPDATE SET ${sql.join(changes)}`.execute(trx);
}
