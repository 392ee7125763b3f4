import { sql, type Transaction } from 'kysely';
import { findOrCreateModels, type ModelGiven, modelGivenKey } from '../catalogue/models.ts';
import { type Context, parseInput } from '../context.ts';
import { townDay } from '../days.ts';
import type { NewDevice } from '../inventory/changing.ts';
import type { DeviceChanges, DeviceFields } from '../inventory/face.ts';
import { newUser } from '../inventory/handing.ts';
import { deviceInput } from '../inventory/input.ts';
import { fieldsOf } from '../inventory/rows.ts';
import { differences, settle } from '../inventory/rules/fields.ts';
import type { Category } from '../kinds.ts';
import type { DB } from '../tables.ts';
import { heldBack, type Move } from '../wiping/gate.ts';
import type { ImportFault, ImportReport } from './face.ts';
import { findOrCreateHolders } from './holders.ts';
import { doubles, matchRecords } from './matching.ts';
import type { ImportRecord, Reading } from './reading.ts';
import type { ImportSystem } from './rules/fields.ts';
import { changesFor, impliedStatus } from './rules/merging.ts';

export const mostListed = 500;

export interface ImportPlan {
	create: (NewDevice & { line: number })[];
	change: { line: number; deviceId: string; changes: Partial<DeviceFields> }[];
	/** Devices that get to be known by their id in that system. */
	link: { externalId: string; deviceId: string }[];
	report: ImportReport;
}

interface KnownModel {
	id: string;
	manufacturer: string;
	name: string;
	category: Category;
}

/**
 * What an import would do, line by line, on what is in the inventory now. Makes models and holders within the transaction;
 * devices are for `writePlan`.
 */
export async function planImport(
	context: Context,
	trx: Transaction<DB>,
	system: ImportSystem,
	reading: Reading,
	rows: number,
): Promise<ImportPlan> {
	const faults: ImportFault[] = [...reading.faults];
	const refuse = (found: readonly ImportFault[], records: readonly ImportRecord[]) => {
		faults.push(...found);
		const lines = new Set(found.map(({ line }) => line));
		return records.filter(({ line }) => !lines.has(line));
	};
	let records = refuse(doubles(reading.records), reading.records);
	const matched = await matchRecords(trx, system, records);
	records = refuse(matched.faults, records);

	const models = await modelsOf(trx, [
		...new Set([...matched.devices.values()].map(({ model_id }) => model_id)),
	]);
	const given = records.flatMap((record): ModelGiven[] => {
		const model = modelSaid(record, models.get(modelIdOf(matched, record)));
		return model ? [model] : [];
	});
	const [{ count: before }, modelIds, { count: after }] = [
		await modelCount(trx),
		await findOrCreateModels(trx, given),
		await modelCount(trx),
	];
	const holders = await holdersOf(trx, records);
	const names = new Map(
		[...models.values()].map((model) => [model.id, `${model.manufacturer} ${model.name}`]),
	);
	for (const model of given) {
		const id = modelIds.get(modelGivenKey(model)) ?? '';
		if (!names.has(id)) names.set(id, `${model.manufacturer} ${model.name}`.trim());
	}

	const today = townDay(context.now());
	const nameCount = new Map<string, number>();
	for (const { name } of records)
		if (name) nameCount.set(name.toLowerCase(), (nameCount.get(name.toLowerCase()) ?? 0) + 1);
	const plan: ImportPlan = { create: [], change: [], link: [], report: emptyReport(system, rows, reading) };
	const { lists } = plan.report;
	const moves: (Move & { line: number; tag: string })[] = [];
	const pending: { line: number; deviceId: string; tag: string; differing: DeviceChanges }[] = [];
	for (const record of records) {
		const device = matched.devices.get(record.line);
		const fail = (error: string, detail?: Record<string, string | number>) =>
			faults.push({ line: record.line, error, ...(detail && { detail }) });
		const model = modelSaid(record, device && models.get(device.model_id));
		const holderId = holders.ids.get(record.line);
		const said: Partial<DeviceFields> = { ...record.fields };
		if (model) said.modelId = modelIds.get(modelGivenKey(model)) as string;
		if (record.serial) said.serial = record.serial;
		if (holderId) said.holderId = holderId;
		const status = impliedStatus(said.status, !device, holderId !== undefined, said.service !== undefined);
		if (status) said.status = status;
		if (device) {
			if (record.tag && record.tag.toLowerCase() !== device.tag.toLowerCase()) said.tag = record.tag;
			const known = fieldsOf(device);
			const { changes, keptStatus } = changesFor(known, said);
			const parsed = parseInput(deviceInput, changes);
			if (!parsed.ok) {
				fail(parsed.error, parsed.detail);
				continue;
			}
			// Only what differs: what is said again, such as a battery's health, is no new measure.
			const news = Object.fromEntries(
				Object.keys(differences(known, parsed.value as Partial<DeviceFields>)).map((field) => [
					field,
					(parsed.value as Record<string, unknown>)[field],
				]),
			) as Partial<DeviceFields>;
			const settled = settle(known, news, today);
			if (!settled.ok) {
				fail(settled.error, settled.detail);
				continue;
			}
			if (keptStatus) {
				plan.report.kept++;
				if (lists.kept.length < mostListed)
					lists.kept.push({
						line: record.line,
						deviceId: device.id,
						tag: device.tag,
						status: device.status,
						said: said.status ?? '',
					});
			}
			if (matched.unlinked.has(record.line) && record.externalId)
				plan.link.push({ externalId: record.externalId, deviceId: device.id });
			const differing = differences(known, settled.value);
			if (!Object.keys(differing).length) plan.report.unchanged++;
			else {
				plan.change.push({ line: record.line, deviceId: device.id, changes: news });
				const to = goesTo(known, settled.value);
				if (to) moves.push({ line: record.line, deviceId: device.id, tag: device.tag, to });
				if (pending.length < mostListed)
					pending.push({ line: record.line, deviceId: device.id, tag: device.tag, differing });
			}
			continue;
		}
		const label = record.tag ?? freeName(record, nameCount, matched.tagged);
		const fields = { ...said, modelId: said.modelId as string, ...(label && { tag: label }) };
		const parsed = parseInput(deviceInput, fields);
		if (!parsed.ok) {
			fail(parsed.error, parsed.detail);
			continue;
		}
		const settled = settle(null, parsed.value as Partial<DeviceFields>, today);
		if (!settled.ok) {
			fail(settled.error, settled.detail);
			continue;
		}
		plan.create.push({
			...fields,
			line: record.line,
			...(record.externalId && { source: { system, externalId: record.externalId } }),
		});
		if (lists.created.length < mostListed)
			lists.created.push({
				line: record.line,
				tag: label,
				serial: record.serial,
				model: names.get(fields.modelId) ?? '',
			});
	}
	const held = await heldBack(trx, moves);
	const unwiped = moves.filter(({ deviceId }) => held.has(deviceId));
	lists.unwiped = unwiped
		.slice(0, mostListed)
		.map(({ line, deviceId, tag, to }) => ({ line, deviceId, tag, isGone: to === 'away' }));
	lists.changed = await shown(trx, pending, names);
	lists.models = [...new Set(given.map((model) => names.get(modelIds.get(modelGivenKey(model)) ?? '') ?? ''))]
		.filter(Boolean)
		.slice(0, 100);
	faults.sort((one, other) => one.line - other.line);
	lists.refused = faults.slice(0, mostListed);
	Object.assign(plan.report, {
		created: plan.create.length,
		changed: plan.change.length,
		refused: faults.length,
		unwiped: unwiped.length,
		newModels: after - before,
		newHolders: holders.created,
	});
	return plan;
}

/** Where a line says that a device went; null: nowhere, or nobody knows where. */
function goesTo(before: DeviceFields, changes: Partial<DeviceFields>): Move['to'] {
	if (changes.status !== 'left' || before.status === 'left') return newUser(before, changes);
	return changes.leftAs === 'lost' ? null : 'away';
}

function emptyReport(system: ImportSystem, rows: number, reading: Reading): ImportReport {
	return {
		dryRun: true,
		system,
		rows,
		created: 0,
		changed: 0,
		unchanged: 0,
		refused: 0,
		kept: 0,
		unwiped: 0,
		newModels: 0,
		newHolders: 0,
		dateOrder: reading.dateOrder,
		unknownWords: reading.unknownWords.slice(0, 200),
		lists: noLists(),
	};
}

/** Of a report that is empty, or old. */
export const noLists = (): ImportReport['lists'] => ({
	created: [],
	changed: [],
	kept: [],
	unwiped: [],
	refused: [],
	models: [],
});

const modelIdOf = (matched: { devices: Map<number, { model_id: string }> }, { line }: ImportRecord) =>
	matched.devices.get(line)?.model_id ?? '';

/** The model that a line names; of a known device only where the line names one. */
function modelSaid(record: ImportRecord, known: KnownModel | undefined): ModelGiven | null {
	if (known && !record.model) return null;
	return {
		manufacturer: record.manufacturer || known?.manufacturer || '',
		name: record.model,
		category: record.category ?? known?.category ?? 'other',
	};
}

/** A machine's name serves as its label where it names this machine only. */
function freeName(
	{ name }: ImportRecord,
	count: ReadonlyMap<string, number>,
	tagged: ReadonlyMap<string, string>,
): string | null {
	if (!name || name.length > 60) return null;
	const folded = name.toLowerCase();
	return count.get(folded) === 1 && !tagged.has(folded) ? name : null;
}

async function modelsOf(trx: Transaction<DB>, ids: readonly string[]): Promise<Map<string, KnownModel>> {
	const { rows } = await sql<KnownModel>`SELECT id, manufacturer, name, category FROM equipment.model
		WHERE id = ANY(${ids}::uuid[])`.execute(trx);
	return new Map(rows.map((row) => [row.id, row]));
}

async function modelCount(trx: Transaction<DB>): Promise<{ count: number }> {
	return trx
		.selectFrom('equipment.model')
		.select(sql<number>`count(*)::int`.as('count'))
		.executeTakeFirstOrThrow();
}

async function holdersOf(
	trx: Transaction<DB>,
	records: readonly ImportRecord[],
): Promise<{ ids: Map<number, string>; created: number }> {
	const named = records.flatMap(({ line, holder, fields }) =>
		holder ? [{ line, holder, service: fields.service ?? null }] : [],
	);
	const wanted = named.flatMap(({ holder }) =>
		holder.id && /^[0-9a-f-]{36}$/i.test(holder.id) ? holder.id : [],
	);
	const { rows } = await sql<{ id: string }>`SELECT id::text FROM equipment.holder
		WHERE id::text = ANY(${wanted}::text[])`.execute(trx);
	const known = new Set(rows.map(({ id }) => id));
	const others = named.filter(({ holder }) => !(holder.id && known.has(holder.id)) && holder.name);
	const made = await findOrCreateHolders(
		trx,
		others.map(({ holder, service }) => ({ name: holder.name, email: holder.email, service })),
	);
	const ids = new Map(
		named.flatMap(({ line, holder }) => (holder.id && known.has(holder.id) ? [[line, holder.id]] : [])),
	);
	for (const [at, { line }] of others.entries()) ids.set(line, made.ids[at] as string);
	return { ids, created: made.created };
}

/** Changes as people read them: models and holders by name. */
async function shown(
	trx: Transaction<DB>,
	pending: readonly { line: number; deviceId: string; tag: string; differing: DeviceChanges }[],
	models: ReadonlyMap<string, string>,
): Promise<ImportReport['lists']['changed']> {
	const holderIds = pending.flatMap(
		({ differing }) => (differing.holderId ?? []).filter(Boolean) as string[],
	);
	const { rows } = await sql<{ id: string; name: string | null }>`SELECT id, name FROM equipment.holder
		WHERE id = ANY(${holderIds}::uuid[])`.execute(trx);
	const holders = new Map(rows.map(({ id, name }) => [id, name]));
	const text = (field: string, value: unknown): string | null => {
		if (value === null || value === undefined) return null;
		if (field === 'modelId') return models.get(String(value)) ?? null;
		if (field === 'holderId') return holders.get(String(value)) ?? null;
		return String(value);
	};
	return pending.map(({ line, deviceId, tag, differing }) => ({
		line,
		deviceId,
		tag,
		changes: Object.entries(differing).map(([field, [from, to]]) => ({
			field,
			from: text(field, from),
			to: text(field, to),
		})),
	}));
}
