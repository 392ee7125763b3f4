import { type Actor, ok, Refusal, type Result, refuse } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import type { Context, Db } from '../context.ts';
import { changeDevices, createDevices } from '../inventory/changing.ts';
import type { DB } from '../tables.ts';
import type { ImportReport } from './face.ts';
import { type ImportPlan, planImport } from './planning.ts';
import { identities, type Reading, readRecords, readTable, type Table } from './reading.ts';
import { type ImportField, type ImportSystem, importFields, importSystems } from './rules/fields.ts';
import { detectSystem, guessMapping, type Mapping, signatureOf } from './rules/headings.ts';
import { noOwnWords, type OwnWords } from './rules/words.ts';

const atOnce = 2000;
const importLock = 7_264_020;

/** Called between pieces of work, with a share from 0 to 1. */
export type Progress = (share: number) => Promise<void>;

export async function readOwnWords(db: Db): Promise<OwnWords> {
	const rows = await (db as Context['db'])
		.selectFrom('equipment.import_word')
		.select(['kind', 'word', 'value'])
		.execute();
	if (!rows.length) return noOwnWords;
	const of = (kind: string) =>
		new Map(rows.filter((row) => row.kind === kind).map(({ word, value }) => [word, value]));
	return { category: of('category'), status: of('status') };
}

export interface Drawn {
	system: ImportSystem;
	mapping: Mapping;
	/** A person drew it for a file with these headings. */
	remembered: boolean;
}

/** Which column means what: as it was drawn before, else by what that system, or the one whose headings these are, writes. */
export async function drawMapping(db: Db, headings: readonly string[], asked?: string): Promise<Drawn> {
	const system = importSystems.find((known) => known === asked) ?? detectSystem(headings);
	const row = await (db as Context['db'])
		.selectFrom('equipment.import_mapping')
		.selectAll()
		.where('signature', '=', signatureOf(headings))
		.executeTakeFirst();
	if (!row) return { system, mapping: guessMapping(headings, system), remembered: false };
	const fields = row.fields as Record<string, string>;
	const mapping: Mapping = {};
	for (const heading of headings) {
		const field = importFields.find((known) => known === fields[heading]);
		if (field) mapping[heading] = field;
	}
	return { system: asked ? system : (row.system as ImportSystem), mapping, remembered: true };
}

/** Whether a mapping says enough: something to know a device by, and what it is. */
export function isUsable(mapping: Mapping): boolean {
	const fields = new Set<ImportField>(Object.values(mapping));
	return identities.some((field) => fields.has(field)) && fields.has('model');
}

/**
 * Import what was read: all of it in one transaction, or nothing where it is only tried. Lines that are refused are passed over.
 */
export async function importReading(
	context: Context,
	actor: Actor,
	system: ImportSystem,
	reading: Reading,
	rows: number,
	{ dryRun, progress = async () => {} }: { dryRun: boolean; progress?: Progress },
): Promise<Result<ImportReport>> {
	const undo = new Error('dry run');
	let report: ImportReport | undefined;
	try {
		await context.db.transaction().execute(async (trx) => {
			await sql`SELECT pg_advisory_xact_lock(${importLock})`.execute(trx);
			const plan = await planImport(context, trx, system, reading, rows);
			report = { ...plan.report, dryRun };
			if (dryRun) throw undo;
			await progress(0.2);
			await writePlan(context, trx, actor, system, plan, progress);
			await context.platform.audit.record(trx, {
				actor,
				action: 'equipment.imported',
				detail: { system, created: report.created, changed: report.changed, refused: report.refused },
			});
		});
	} catch (error) {
		if (error instanceof Refusal) return refuse(error.message, error.detail);
		if (error !== undo) throw error;
	}
	return report ? ok(report) : refuse('equipment.import_failed');
}

async function writePlan(
	context: Context,
	trx: Transaction<DB>,
	actor: Actor,
	system: ImportSystem,
	{ create, change, link }: ImportPlan,
	progress: Progress,
): Promise<void> {
	const happening = { kind: 'imported' as const, detail: { system } };
	const all = create.length + change.length;
	let done = 0;
	const written = async (result: Result<unknown>, count: number) => {
		if (!result.ok) throw new Refusal(result.error, result.detail);
		done += count;
		await progress(0.2 + (0.8 * done) / all);
	};
	for (let start = 0; start < change.length; start += atOnce) {
		const part = change.slice(start, start + atOnce);
		await written(await changeDevices(context, trx, actor, part, happening), part.length);
	}
	for (let start = 0; start < create.length; start += atOnce) {
		const part = create.slice(start, start + atOnce).map(({ line: _line, ...device }) => device);
		await written(await createDevices(context, trx, actor, part, happening), part.length);
	}
	if (link.length)
		await sql`INSERT INTO equipment.device_source (system, external_id, device_id)
			SELECT ${system}, external_id, device_id FROM jsonb_to_recordset(${JSON.stringify(
				link.map(({ externalId, deviceId }) => ({ external_id: externalId, device_id: deviceId })),
			)}::jsonb) AS given(external_id text, device_id uuid) ON CONFLICT DO NOTHING`.execute(trx);
}

/** Read a file by its mapping and import it; see `Exchange.importFile`. */
export async function importFile(
	context: Context,
	actor: Actor,
	bytes: Uint8Array,
	options: { dryRun: boolean; system?: string | undefined; progress?: Progress | undefined },
): Promise<Result<ImportReport>> {
	const table = readTable(bytes);
	if (!table.ok) return table;
	const { system, mapping } = await drawMapping(context.db, table.value.headings, options.system);
	if (!isUsable(mapping))
		return refuse('equipment.import_unmapped', { headings: table.value.headings.slice(0, 20).join(', ') });
	return importTable(context, actor, table.value, system, mapping, options);
}

export async function importTable(
	context: Context,
	actor: Actor,
	table: Table,
	system: ImportSystem,
	mapping: Mapping,
	{ dryRun, progress }: { dryRun: boolean; progress?: Progress | undefined },
): Promise<Result<ImportReport>> {
	const reading = readRecords(table, system, mapping, await readOwnWords(context.db));
	await progress?.(0.1);
	return importReading(context, actor, system, reading, table.rows.length, {
		dryRun,
		...(progress && { progress }),
	});
}
