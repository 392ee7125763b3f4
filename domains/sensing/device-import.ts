import { isDeepStrictEqual } from 'node:util';
import type { Actor, Result } from '@parvis/platform';
import { CsvError, type CsvRow, newId, ok, parseCsv, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { type Context, holdsNul, parseInput, uniqueViolation } from './context.ts';
import { deviceInput, inputOf, toColumns } from './device-input.ts';
import { selectDevices, toDevice } from './device-rows.ts';
import type { Device, ImportReport, ImportRow } from './face.ts';

const columns = [
	'name',
	'type',
	'vendor',
	'model',
	'devEui',
	'externalId',
	'place',
	'longitude',
	'latitude',
	'service',
	'expectedIntervalSeconds',
	'visibility',
] as const;
const largestImport = 50_000;
const importLock = 7_263_021;

/** Rows of a CSV file of devices, cells by the names of their columns; names may differ in case and by `_`. */
export function rowsOfCsv(csv: string): Result<ImportRow[]> {
	let parsed: CsvRow[];
	try {
		parsed = parseCsv(csv);
	} catch (error) {
		if (error instanceof CsvError) return refuse('sensing.csv_invalid', { line: error.line });
		throw error;
	}
	const known = new Map(columns.map((name) => [name.toLowerCase(), name as string]));
	const names = new Map<string, string>();
	for (const heading of Object.keys(parsed[0]?.cells ?? {})) {
		const name = heading.startsWith('parameters.')
			? heading
			: known.get(heading.replaceAll(/[_\s-]/g, '').toLowerCase());
		if (name === undefined) return refuse('sensing.import_column_unknown', { column: heading });
		names.set(heading, name);
	}
	if (names.size === 0) return refuse('sensing.import_empty');
	if (![...names.values()].some((name) => name === 'devEui' || name === 'externalId'))
		return refuse('sensing.import_column_missing', { column: 'devEui' });
	return ok(parsed.map(({ line, cells }) => ({ line, fields: fieldsOf(names, cells) })));
}

function fieldsOf(names: ReadonlyMap<string, string>, cells: CsvRow['cells']): Record<string, unknown> {
	const fields: Record<string, unknown> = {};
	const parameters: Record<string, string> = {};
	for (const [heading, name] of names) {
		const cell = cells[heading] ?? '';
		if (!name.startsWith('parameters.')) fields[name] = cell;
		else if (cell !== '') parameters[name.slice('parameters.'.length)] = cell;
	}
	if ([...names.values()].some((name) => name.startsWith('parameters.'))) fields.parameters = parameters;
	// A decimal comma, as French spreadsheets write it.
	for (const name of ['longitude', 'latitude'])
		if (typeof fields[name] === 'string') fields[name] = fields[name].replace(',', '.');
	if (fields.visibility === '') fields.visibility = 'default';
	return fields;
}

type Columns = ReturnType<typeof toColumns>;

/**
 * Add or change devices by their identifier. Fields that are absent keep what the device has. Refused rows are
 * reported and passed over; the others are written together.
 */
export async function importDevices(
	context: Context,
	actor: Actor,
	rows: readonly ImportRow[],
	{ dryRun }: { dryRun: boolean },
): Promise<Result<ImportReport>> {
	if (rows.length > largestImport) return refuse('sensing.import_too_long', { max: largestImport });
	const { platform, db } = context;
	try {
		return await db.transaction().execute(async (trx) => {
			await sql`SELECT pg_advisory_xact_lock(${importLock})`.execute(trx);
			const within = { ...context, db: trx };
			const { report, added, changed } = await plan(within, rows);
			if (!dryRun) {
				await write(within, added, changed);
				await platform.audit.record(trx, {
					actor,
					action: 'sensing.device.imported',
					detail: { created: report.created, updated: report.updated, refused: report.refused.length },
				});
			}
			return ok({ ...report, dryRun });
		});
	} catch (error) {
		if (uniqueViolation(error) !== null) return refuse('sensing.device_exists');
		throw error;
	}
}

async function plan(context: Context, given: readonly ImportRow[]) {
	const rows = given.filter(({ fields }) => !holdsNul(fields));
	const types = await readTypes(context);
	const references = new Set(rows.flatMap(({ fields }) => placeReference(fields) ?? []));
	const places = await context.findPlaces([...references]);
	const existing = await readExisting(context, rows);
	const report: Omit<ImportReport, 'dryRun'> = {
		created: 0,
		updated: 0,
		unchanged: 0,
		refused: given
			.filter(({ fields }) => holdsNul(fields))
			.map(({ line }) => ({ line, error: 'sensing.field_invalid', detail: { field: 'NUL' } })),
	};
	const added: (Columns & { id: string })[] = [];
	const changed: (Columns & { id: string })[] = [];
	const seen = new Map<string, number>();

	for (const { line, fields } of rows) {
		const refused = (error: string, detail?: Record<string, string | number>) =>
			report.refused.push({ line, error, ...(detail && { detail }) });
		const before = [fields.devEui, fields.externalId]
			.map((identifier) => existing.get(normalIdentifier(identifier)))
			.find((device) => device !== undefined);
		const typeId = typeOf(types, fields) ?? before?.type.id;
		if (typeId === undefined) {
			refused('sensing.import_type_unknown', { type: typeWords(fields) });
			continue;
		}
		const reference = placeReference(fields);
		const given = Object.fromEntries(
			Object.entries(fields).filter(([name, value]) => name in deviceInput.shape && value !== undefined),
		);
		const parsed = parseInput(deviceInput, {
			...(before && inputOf(before)),
			...given,
			typeId,
			...(reference !== undefined && { placeId: reference }),
		});
		if (!parsed.ok) {
			refused(parsed.error, parsed.detail);
			continue;
		}
		const values = parsed.value;
		const double = [values.devEui, values.externalId].find((key) => key !== null && seen.has(key));
		if (double) {
			refused('sensing.import_double', { line: seen.get(double) ?? 0 });
			continue;
		}
		const known =
			values.placeId !== null && values.placeId === before?.placeId
				? {
						id: before.placeId,
						kind: before.placeKind ?? '',
						longitude: before.longitude,
						latitude: before.latitude,
					}
				: null;
		const place = values.placeId === null ? null : (places.get(values.placeId) ?? known ?? undefined);
		if (place === undefined) {
			refused('sensing.place_unknown', { place: values.placeId ?? '' });
			continue;
		}
		for (const key of [values.devEui, values.externalId]) if (key !== null) seen.set(key, line);
		// Moved without a word on where it stands: it stands where the new place is.
		if (before && place?.id !== before.placeId && fields.longitude === undefined)
			Object.assign(values, { longitude: null, latitude: null });
		const after = toColumns(values, place);
		if (!before) {
			report.created++;
			added.push({ id: newId(), ...after });
		} else if (isDeepStrictEqual(after, columnsOf(before))) report.unchanged++;
		else {
			report.updated++;
			changed.push({ id: before.id, ...after });
		}
	}
	return { report, added, changed };
}

function columnsOf(device: Device): Columns {
	const place =
		device.placeId === null
			? null
			: {
					id: device.placeId,
					kind: device.placeKind ?? '',
					longitude: device.longitude,
					latitude: device.latitude,
				};
	return { ...toColumns(deviceInput.parse(inputOf(device)), place), place_kind: device.placeKind };
}

function placeReference(fields: Record<string, unknown>): string | undefined {
	const reference = fields.place ?? fields.placeId;
	return typeof reference === 'string' ? reference.trim() : undefined;
}

function normalIdentifier(identifier: unknown): string {
	const text = typeof identifier === 'string' ? identifier.trim() : '';
	const hex = text.replaceAll(/[\s:.-]/g, '').toLowerCase();
	return /^[0-9a-f]{16}$/.test(hex) ? hex : text;
}

async function readExisting({ db }: Context, rows: readonly ImportRow[]): Promise<Map<string, Device>> {
	const identifiers = rows.flatMap(({ fields }) =>
		[fields.devEui, fields.externalId].map(normalIdentifier).filter((identifier) => identifier !== ''),
	);
	const found = await selectDevices(db)
		.where(
			sql<boolean>`(device.dev_eui = ANY(${identifiers}::text[]) OR device.external_id = ANY(${identifiers}::text[]))`,
		)
		.execute();
	const byIdentifier = new Map<string, Device>();
	for (const device of found.map(toDevice))
		for (const identifier of [device.devEui, device.externalId])
			if (identifier !== null) byIdentifier.set(identifier, device);
	return byIdentifier;
}

async function readTypes({ db }: Context): Promise<Map<string, string>> {
	const rows = await db.selectFrom('sensing.device_type').select(['id', 'vendor', 'model', 'name']).execute();
	const types = new Map<string, string>();
	for (const { id, vendor, model, name } of rows) {
		for (const key of [name, model, `${vendor} ${model}`, `${vendor}\u0000${model}`, id])
			types.set(key.toLowerCase(), id);
	}
	return types;
}

function typeOf(types: ReadonlyMap<string, string>, fields: Record<string, unknown>): string | undefined {
	const { vendor, model, type, typeId } = fields;
	if (typeof typeId === 'string') return typeId;
	if (typeof vendor === 'string' && vendor !== '' && typeof model === 'string')
		return types.get(`${vendor}\u0000${model}`.toLowerCase());
	const name = typeof type === 'string' && type !== '' ? type : model;
	return typeof name === 'string' ? types.get(name.toLowerCase()) : undefined;
}

function typeWords(fields: Record<string, unknown>): string {
	return [fields.type, fields.vendor, fields.model]
		.filter((word) => typeof word === 'string' && word !== '')
		.join(' ');
}

/** Both statements take their rows as one JSON parameter: thousands of rows cost one round trip. */
async function write({ db }: Context, added: readonly object[], changed: readonly object[]): Promise<void> {
	const shape = sql`(id uuid, name text, type_id uuid, dev_eui text, external_id text, place_id uuid, place_kind text,
		longitude double precision, latitude double precision, service text, parameters text,
		expected_interval_seconds int, visibility text)`;
	if (added.length)
		await sql`
			INSERT INTO sensing.device (id, name, type_id, dev_eui, external_id, place_id, place_kind, longitude, latitude,
				service, parameters, expected_interval_seconds, visibility)
			SELECT id, name, type_id, dev_eui, external_id, place_id, place_kind, longitude, latitude,
				service, parameters::jsonb, expected_interval_seconds, visibility
			FROM jsonb_to_recordset(${JSON.stringify(added)}::jsonb) AS given ${shape}`.execute(db);
	if (changed.length)
		await sql`
			UPDATE sensing.device SET name = given.name, type_id = given.type_id, dev_eui = given.dev_eui,
				external_id = given.external_id, place_id = given.place_id, place_kind = given.place_kind,
				longitude = given.longitude, latitude = given.latitude, service = given.service,
				parameters = given.parameters::jsonb, expected_interval_seconds = given.expected_interval_seconds,
				visibility = given.visibility, updated_at = now()
			FROM jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) AS given ${shape}
			WHERE device.id = given.id`.execute(db);
}
