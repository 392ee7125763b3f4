import { type Actor, CsvError, newId, ok, parseCsv, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { z } from 'zod';
import { type Context, type Db, parseInput } from '../context.ts';
import { mayManage } from '../policies.ts';
import type { LightingImportReport } from './face.ts';
import { cabinetRow, importLists, luminaireRow, segmentRow, sensorRow } from './import-input.ts';
import { checkDensity, checkLuminaire } from './rules/law.ts';
import { alongOf, lengthOf } from './rules/line.ts';

const importLock = 7_263_101;
const rowsAtOnce = 2000;

type Written = { inserted: boolean };
interface Known {
	id: string;
	coordinates: [number, number][];
	usage: (typeof segmentRow)['_output']['usage'];
	builtUp: boolean;
	lengthMeters: number;
	areaSquareMeters: number | null;
}

/**
 * Add or change cabinets, segments, luminaires and presence sensors by their external ids, as often as one likes. A row
 * that cannot be read is reported and passed over; the others are written together, or none with `dryRun`.
 */
export async function importLighting(
	context: Context,
	actor: Actor,
	input: unknown,
	{ dryRun }: { dryRun: boolean },
): Promise<Result<LightingImportReport>> {
	if (!mayManage(actor)) return refuse('platform.not_allowed');
	const lists = parseInput(importLists, input);
	if (!lists.ok) return lists;
	const report: LightingImportReport = {
		dryRun,
		created: 0,
		updated: 0,
		unchanged: 0,
		refused: [],
		findings: [],
	};
	const cabinets = readRows('cabinets', cabinetRow, lists.value.cabinets, report);
	const segments = readRows('segments', segmentRow, lists.value.segments, report);
	const luminaires = readRows('luminaires', luminaireRow, lists.value.luminaires, report);
	const sensors = readRows('sensors', sensorRow, lists.value.sensors, report);
	const streets = new Map(
		segments.length
			? (await context.town.areas.streets({ limit: 2000 })).map(({ name, slug }) => [name, slug] as const)
			: [],
	);

	const undo = new Error('dry run');
	try {
		await context.db.transaction().execute(async (trx) => {
			await sql`SELECT pg_advisory_xact_lock(${importLock})`.execute(trx);
			await upsert(
				trx,
				'light_cabinet',
				cabinets.map(({ row }) => ({
					external_id: row.externalId,
					name: row.name,
					longitude: row.longitude ?? null,
					latitude: row.latitude ?? null,
					meter_device: row.meterDevice ?? null,
					simulated: row.simulated,
				})),
				report,
			);
			await upsert(
				trx,
				'light_segment',
				segments.map(({ row }) => ({
					external_id: row.externalId,
					street_slug: row.streetSlug ?? streets.get(row.streetName) ?? null,
					street_name: row.streetName,
					street_class: row.streetClass,
					usage: row.usage,
					built_up: row.builtUp,
					area_square_meters: row.areaSquareMeters ?? null,
					coordinates: row.coordinates,
					length_meters: lengthOf(row.coordinates),
					start_node: row.startNode ?? nodeAt(row.coordinates[0]),
					end_node: row.endNode ?? nodeAt(row.coordinates.at(-1)),
				})),
				report,
			);
			const known = await knownSegments(trx);
			const cabinetIds = await cabinetIdsOf(trx);
			const refused = (list: string, line: number, error: string, detail: Record<string, string>) =>
				report.refused.push({ list, row: line, error, detail });

			const lamps = luminaires.flatMap(({ row, line }) => {
				const segment = known.get(row.segment);
				if (!segment) {
					refused('luminaires', line, 'operations.light_segment_missing', { segment: row.segment });
					return [];
				}
				const cabinet = row.cabinet ? cabinetIds.get(row.cabinet) : null;
				if (cabinet === undefined) {
					refused('luminaires', line, 'operations.light_cabinet_missing', { cabinet: row.cabinet ?? '' });
					return [];
				}
				for (const finding of checkLuminaire({
					usage: segment.usage,
					builtUp: segment.builtUp,
					colourKelvin: row.colourKelvin ?? null,
					upwardPercent: row.upwardPercent ?? null,
					installedOn: row.installedOn ?? null,
				}))
					report.findings.push({ subject: row.externalId, finding });
				return {
					external_id: row.externalId,
					segment_id: segment.id,
					cabinet_id: cabinet,
					along_meters: Math.min(
						row.alongMeters ?? alongOf(segment.coordinates, [row.longitude, row.latitude]),
						segment.lengthMeters,
					),
					longitude: row.longitude,
					latitude: row.latitude,
					address: row.address || null,
					watts: row.watts,
					standby_watts: Math.min(row.standbyWatts, row.watts),
					dimmable: row.dimmable,
					safe_level_percent: row.safeLevelPercent,
					lumens: row.lumens ?? null,
					colour_kelvin: row.colourKelvin ?? null,
					upward_percent: row.upwardPercent ?? null,
					installed_on: row.installedOn ?? null,
					gateway_device: row.gatewayDevice ?? null,
					simulated: row.simulated,
					retired_at: null,
				};
			});
			await upsert(trx, 'luminaire', lamps, report);
			await upsert(
				trx,
				'presence_sensor',
				sensors.flatMap(({ row, line }) => {
					const segment = known.get(row.segment);
					if (!segment) {
						refused('sensors', line, 'operations.light_segment_missing', { segment: row.segment });
						return [];
					}
					const placed =
						row.alongMeters ??
						(typeof row.longitude === 'number' && typeof row.latitude === 'number'
							? alongOf(segment.coordinates, [row.longitude, row.latitude])
							: segment.lengthMeters / 2);
					return {
						external_id: row.externalId,
						segment_id: segment.id,
						along_meters: Math.min(placed, segment.lengthMeters),
						retired_at: null,
					};
				}),
				report,
			);
			await findDensities(trx, known, new Set(lamps.map(({ segment_id }) => segment_id)), report);
			if (dryRun) throw undo;
			await context.platform.audit.record(trx, {
				actor,
				action: 'operations.lighting.imported',
				detail: { created: report.created, updated: report.updated, refused: report.refused.length },
			});
		});
	} catch (error) {
		if (error !== undo) throw error;
	}
	return ok(report);
}

function readRows<Schema extends z.ZodType>(
	list: string,
	schema: Schema,
	rows: readonly unknown[],
	report: LightingImportReport,
): { line: number; row: z.output<Schema> }[] {
	const seen = new Set<string>();
	return rows.flatMap((given, index) => {
		const parsed = parseInput(schema, given);
		if (!parsed.ok) {
			report.refused.push({
				list,
				row: index + 1,
				error: parsed.error,
				...(parsed.detail && { detail: parsed.detail }),
			});
			return [];
		}
		const { externalId } = parsed.value as { externalId: string };
		if (seen.has(externalId)) {
			report.refused.push({ list, row: index + 1, error: 'operations.light_double', detail: { externalId } });
			return [];
		}
		seen.add(externalId);
		return [{ line: index + 1, row: parsed.value }];
	});
}

/** A junction that nobody named is where it is, to about a metre. */
function nodeAt(position: readonly [number, number] | undefined): string {
	return (position ?? [0, 0]).map((degrees) => degrees.toFixed(5)).join(' ');
}

/** Rows as JSON, so that one statement serves any number of them; what does not differ is not written. */
async function upsert(
	trx: Db,
	table: 'light_cabinet' | 'light_segment' | 'luminaire' | 'presence_sensor',
	rows: readonly Record<string, unknown>[],
	report: LightingImportReport,
): Promise<void> {
	const names = Object.keys(rows[0] ?? {}).filter((name) => name !== 'external_id');
	const name = sql.table(`operations.${table}`);
	const columns = (list: readonly string[], prefix: string) =>
		sql.join(list.map((column) => sql.raw(`${prefix}${column}`)));
	for (let start = 0; start < rows.length; start += rowsAtOnce) {
		const part = rows.slice(start, start + rowsAtOnce).map((row) => ({ ...row, id: newId() }));
		const { rows: written } = await sql<Written>`
			INSERT INTO ${name} AS kept (id, external_id, ${columns(names, '')})
			SELECT id, external_id, ${columns(names, '')}
			FROM json_populate_recordset(NULL::${name}, ${JSON.stringify(part)}::json)
			ON CONFLICT (external_id) DO UPDATE SET ${sql.join(
				names.map((column) => sql.raw(`${column} = excluded.${column}`)),
			)}
			WHERE (${columns(names, 'kept.')}) IS DISTINCT FROM (${columns(names, 'excluded.')})
			RETURNING (xmax = 0) AS inserted`.execute(trx);
		const inserted = written.filter((row) => row.inserted).length;
		report.created += inserted;
		report.updated += written.length - inserted;
		report.unchanged += part.length - written.length;
	}
}

async function knownSegments(trx: Db): Promise<Map<string, Known>> {
	const rows = await trx
		.selectFrom('operations.light_segment')
		.select(['id', 'external_id', 'coordinates', 'usage', 'built_up', 'length_meters', 'area_square_meters'])
		.execute();
	return new Map(
		rows.map((row) => [
			row.external_id,
			{
				id: row.id,
				coordinates: row.coordinates as [number, number][],
				usage: row.usage as Known['usage'],
				builtUp: row.built_up,
				lengthMeters: row.length_meters,
				areaSquareMeters: row.area_square_meters,
			},
		]),
	);
}

async function cabinetIdsOf(trx: Db): Promise<Map<string, string>> {
	const rows = await trx.selectFrom('operations.light_cabinet').select(['id', 'external_id']).execute();
	return new Map(rows.map(({ id, external_id }) => [external_id, id]));
}

async function findDensities(
	trx: Db,
	known: ReadonlyMap<string, Known>,
	touched: ReadonlySet<string>,
	report: LightingImportReport,
): Promise<void> {
	const sums = await trx
		.selectFrom('operations.luminaire')
		.select('segment_id')
		.select((e) => e.fn.sum<string>('lumens').as('lumens'))
		.where('retired_at', 'is', null)
		.groupBy('segment_id')
		.execute();
	const lumens = new Map(sums.map((row) => [row.segment_id, Number(row.lumens)]));
	for (const [externalId, { id, usage, builtUp, areaSquareMeters }] of known) {
		if (!touched.has(id) || !areaSquareMeters) continue;
		const finding = checkDensity(usage, builtUp, lumens.get(id) ?? 0, areaSquareMeters);
		if (finding) report.findings.push({ subject: externalId, finding });
	}
}

const numberColumns = [
	'alongMeters',
	'longitude',
	'latitude',
	'watts',
	'standbyWatts',
	'safeLevelPercent',
	'lumens',
	'colourKelvin',
	'upwardPercent',
];
const flagColumns = ['dimmable', 'simulated'];

/**
 * Luminaires of a file: CSV whose columns are named as the fields of `luminaireRow`, or GeoJSON points with them as
 * properties. Segments and cabinets have to be there already, or come as `segments` and `cabinets` by the API.
 */
export function luminairesOfFile(text: string): Result<unknown> {
	const trimmed = text.replace(/^\uFEFF/, '').trim();
	if (trimmed.startsWith('{')) {
		try {
			const json = JSON.parse(trimmed) as { features?: unknown };
			if (!Array.isArray(json.features)) return ok(json);
			return ok({
				luminaires: json.features.map((feature: unknown) => {
					const { properties, geometry } = (feature ?? {}) as {
						properties?: Record<string, unknown> | null;
						geometry?: { coordinates?: unknown } | null;
					};
					const [longitude, latitude] = Array.isArray(geometry?.coordinates) ? geometry.coordinates : [];
					return { ...properties, longitude, latitude };
				}),
			});
		} catch {
			return refuse('operations.light_file_unreadable');
		}
	}
	try {
		return ok({
			luminaires: parseCsv(trimmed).map(({ cells }) =>
				Object.fromEntries(
					Object.entries(cells).flatMap(([column, cell]): [string, unknown][] => {
						if (cell === '') return [];
						if (numberColumns.includes(column)) return [[column, Number(cell.replace(',', '.'))]];
						if (flagColumns.includes(column))
							return [[column, ['1', 'true', 'oui', 'yes'].includes(cell.toLowerCase())]];
						return [[column, cell]];
					}),
				),
			),
		});
	} catch (error) {
		if (error instanceof CsvError) return refuse('operations.light_file_unreadable', { line: error.line });
		throw error;
	}
}
