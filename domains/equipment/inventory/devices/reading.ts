import { type Actor, asId, ok, type Result, refuse } from '@parvis/platform';
import { type RawBuilder, sql } from 'kysely';
import type { Context, Db } from '../../context.ts';
import { townDay } from '../../days.ts';
import type { Category } from '../../kinds.ts';
import { maySee } from '../../policies.ts';
import type { Device, DeviceProblem, DeviceSummary, Repair } from '../face.ts';
import { ownHolders } from '../holders.ts';
import { type DeviceRow, fieldsOf } from '../rows.ts';

type Row = DeviceRow & {
	manufacturer: string;
	model_name: string;
	category: Category;
	model_supported_until: string | null;
	holder_name: string | null;
	holder_email: string | null;
	problems: number;
};

/** Of `equipment.device` with its model and holder. */
export const fromDevices = sql`FROM equipment.device
	JOIN equipment.model ON model.id = device.model_id
	LEFT JOIN equipment.holder ON holder.id = device.holder_id`;

/** Devices as lists show them. @param rest conditions, order and limit */
export async function readSummaries(db: Db, rest: RawBuilder<unknown>): Promise<DeviceSummary[]> {
	return (await readRows(db, rest)).map(summaryOf);
}

async function readRows(db: Db, rest: RawBuilder<unknown>): Promise<Row[]> {
	const { rows } = await sql<Row>`
		SELECT device.*, model.manufacturer, model.name AS model_name, model.category,
			model.supported_until AS model_supported_until, holder.name AS holder_name, holder.email AS holder_email,
			(SELECT count(*)::int FROM equipment.device_problem problem
				WHERE problem.device_id = device.id AND problem.handled_at IS NULL) AS problems
		${fromDevices} ${rest}`.execute(db);
	return rows;
}

function summaryOf(row: Row): DeviceSummary {
	const { modelId, holderId, supportedUntil, ...fields } = fieldsOf(row);
	return {
		...fields,
		id: row.id,
		model: { id: modelId, manufacturer: row.manufacturer, name: row.model_name, category: row.category },
		holder: holderId ? { id: holderId, name: row.holder_name } : null,
		supportedUntil: supportedUntil ?? row.model_supported_until,
		problems: row.problems,
		simulated: row.simulated,
		version: row.version,
	};
}

/** @see Devices.get */
export async function readDevice(context: Context, actor: Actor, reference: string): Promise<Result<Device>> {
	const tag = reference.replaceAll('\0', '').trim();
	const [row] = await readRows(
		context.db,
		sql`WHERE device.id = ${asId(reference)} OR lower(device.tag) = lower(${tag})
			ORDER BY device.id = ${asId(reference)} DESC LIMIT 1`,
	);
	if (!maySee(actor)) {
		const own = row?.holder_id && (await ownHolders(context, actor)).includes(row.holder_id);
		if (!own) return refuse('platform.not_allowed');
	}
	if (!row) return refuse('equipment.not_found');
	const [sources, problems, repairs] = await Promise.all([
		sql<{ system: string; externalId: string }>`SELECT system, external_id AS "externalId"
			FROM equipment.device_source WHERE device_id = ${row.id} ORDER BY system`.execute(context.db),
		readProblems(context, sql`AND problem.device_id = ${row.id}`),
		sql<{ at: Date; detail: Record<string, unknown>; note: string | null }>`SELECT at, detail, note
			FROM equipment.device_event WHERE device_id = ${row.id} AND kind = 'repaired' ORDER BY at DESC`.execute(
			context.db,
		),
	]);
	return ok({
		...summaryOf(row),
		ownSupportedUntil: row.supported_until,
		holderEmail: row.holder_email,
		sources: sources.rows,
		openProblems: problems,
		repairs: repairs.rows.map(repairOf),
		createdAt: row.created_at,
		updatedAt: row.updated_at,
	});
}

function repairOf({
	at,
	detail,
	note,
}: {
	at: Date;
	detail: Record<string, unknown>;
	note: string | null;
}): Repair {
	const day = townDay(at);
	return {
		what: (detail.what as Repair['what']) ?? 'other',
		costCents: typeof detail.costCents === 'number' ? detail.costCents : null,
		supplier: typeof detail.supplier === 'string' ? detail.supplier : null,
		from: typeof detail.from === 'string' ? detail.from : day,
		to: day,
		note,
	};
}

/** Problems that nobody handled yet, the oldest first. @param more further conditions, from `AND` on */
export async function readProblems(
	context: Context,
	more: RawBuilder<unknown> = sql``,
): Promise<DeviceProblem[]> {
	const { rows } = await sql<Omit<DeviceProblem, 'by'> & { person: string | null }>`
		SELECT problem.id, problem.device_id AS "deviceId", device.tag, problem.kind, problem.words, problem.at,
			problem.by_person AS person
		FROM equipment.device_problem problem JOIN equipment.device ON device.id = problem.device_id
		WHERE problem.handled_at IS NULL ${more} ORDER BY problem.at, problem.id LIMIT 500`.execute(context.db);
	const names = await context.identity.people.names(rows.flatMap(({ person }) => person ?? []));
	return rows.map(({ person, ...problem }) => ({ ...problem, by: (person && names.get(person)) ?? null }));
}
