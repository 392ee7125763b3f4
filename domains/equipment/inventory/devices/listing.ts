import { type Actor, asId, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../../context.ts';
import { townDay } from '../../days.ts';
import type { Category, DeviceStatus } from '../../kinds.ts';
import { mayManage, maySee } from '../../policies.ts';
import type {
	DeviceChoices,
	DeviceCounts,
	DeviceEvent,
	DeviceField,
	DeviceFilter,
	DevicePage,
	DeviceSort,
} from '../face.ts';
import { fromDevices, readSummaries } from './reading.ts';

const orders: Record<DeviceSort, ReturnType<typeof sql>> = {
	tag: sql`lower(device.tag)`,
	model: sql`lower(model.manufacturer || ' ' || model.name)`,
	holder: sql`lower(holder.name)`,
	service: sql`lower(device.service)`,
	age: sql`coalesce(device.in_use_on, device.bought_on)`,
	status: sql`device.status`,
	changed: sql`device.updated_at`,
};

const plain = (text: string) => text.replaceAll('\0', '').trim().slice(0, 200);
const unsupported = (today: string) =>
	sql`coalesce(device.supported_until, model.supported_until) < ${today}::date AND device.status <> 'left'`;

function conditionsOf(context: Context, filter: DeviceFilter) {
	const today = townDay(context.now());
	const text = plain(filter.text ?? '');
	const inUseBefore = (years: number) =>
		sql`(${today}::date - make_interval(months => ${Math.round(Math.min(Math.max(years, 0), 100) * 12)}))::date`;
	const conditions = [
		filter.status === 'any'
			? null
			: filter.status
				? sql`device.status = ${plain(filter.status)}`
				: sql`device.status <> 'left'`,
		filter.category ? sql`model.category = ${plain(filter.category)}` : null,
		filter.modelId ? sql`device.model_id = ${asId(filter.modelId)}` : null,
		filter.holderId ? sql`device.holder_id = ${asId(filter.holderId)}` : null,
		filter.service ? sql`lower(device.service) = lower(${plain(filter.service)})` : null,
		filter.site ? sql`lower(device.site) = lower(${plain(filter.site)})` : null,
		filter.condition ? sql`device.condition = ${plain(filter.condition)}` : null,
		filter.acquired ? sql`device.acquired = ${plain(filter.acquired)}` : null,
		filter.problem
			? sql`EXISTS (SELECT FROM equipment.device_problem problem
				WHERE problem.device_id = device.id AND problem.handled_at IS NULL)`
			: null,
		filter.unsupported ? unsupported(today) : null,
		filter.yearsFrom !== undefined && Number.isFinite(filter.yearsFrom)
			? sql`coalesce(device.in_use_on, device.bought_on) <= ${inUseBefore(filter.yearsFrom)}`
			: null,
		filter.yearsTo !== undefined && Number.isFinite(filter.yearsTo)
			? sql`coalesce(device.in_use_on, device.bought_on) > ${inUseBefore(filter.yearsTo)}`
			: null,
		filter.tagFrom ? sql`lower(device.tag) >= lower(${plain(filter.tagFrom)})` : null,
		filter.tagTo ? sql`lower(device.tag) <= lower(${plain(filter.tagTo)})` : null,
		filter.changedSince ? sql`device.updated_at >= ${filter.changedSince}::timestamptz` : null,
		text
			? sql`strpos(town.plain(concat_ws(' ', device.tag, device.serial, model.manufacturer, model.name, holder.name,
				device.service, device.site)), town.plain(${text})) > 0`
			: null,
	].filter((condition) => condition !== null);
	return conditions.length ? sql`WHERE ${sql.join(conditions, sql` AND `)}` : sql``;
}

/** @see Devices.list */
export async function listDevices(
	context: Context,
	actor: Actor,
	filter: DeviceFilter = {},
): Promise<Result<DevicePage>> {
	if (!maySee(actor)) return refuse('platform.not_allowed');
	const page = Math.min(Math.max(1, Math.trunc(filter.page ?? 1) || 1), 100_000);
	const pageSize = Math.min(Math.max(1, Math.trunc(filter.pageSize ?? 50) || 50), 500);
	const where = conditionsOf(context, filter);
	const by = orders[filter.sort ?? 'tag'] ?? orders.tag;
	// The oldest has the earliest day.
	const descending = (filter.sort === 'age') !== (filter.descending ?? false);
	const { rows } = await sql<{
		count: number;
	}>`SELECT count(*)::int AS count ${fromDevices} ${where}`.execute(context.db);
	const items = await readSummaries(
		context.db,
		sql`${where} ORDER BY ${by} ${descending ? sql`DESC` : sql`ASC`} NULLS LAST, device.id
			LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
	);
	return ok({ items, total: rows[0]?.count ?? 0, page, pageSize });
}

/** @see Devices.counts */
export async function countDevices(context: Context, actor: Actor): Promise<Result<DeviceCounts>> {
	if (!maySee(actor)) return refuse('platform.not_allowed');
	const { rows } = await sql<{
		status: DeviceStatus;
		category: Category;
		count: number;
		unsupported: number;
		problems: number;
	}>`
		SELECT device.status, model.category, count(*)::int AS count,
			(count(*) FILTER (WHERE ${unsupported(townDay(context.now()))}))::int AS unsupported,
			(count(*) FILTER (WHERE EXISTS (SELECT FROM equipment.device_problem problem
				WHERE problem.device_id = device.id AND problem.handled_at IS NULL)))::int AS problems
		${fromDevices} GROUP BY 1, 2`.execute(context.db);
	const byStatus: DeviceCounts['byStatus'] = {};
	const byCategory = new Map<Category, number>();
	let [present, problems, old] = [0, 0, 0];
	for (const row of rows) {
		byStatus[row.status] = (byStatus[row.status] ?? 0) + row.count;
		problems += row.problems;
		old += row.unsupported;
		if (row.status === 'left') continue;
		present += row.count;
		byCategory.set(row.category, (byCategory.get(row.category) ?? 0) + row.count);
	}
	return ok({
		present,
		byStatus,
		byCategory: [...byCategory]
			.map(([category, count]) => ({ category, count }))
			.sort((a, b) => b.count - a.count),
		problems,
		unsupported: old,
	});
}

/** @see Devices.choices */
export async function readChoices({ db }: Context, actor: Actor): Promise<Result<DeviceChoices>> {
	if (!maySee(actor)) return refuse('platform.not_allowed');
	const words = async (query: ReturnType<typeof sql<{ value: string }>>) =>
		(await query.execute(db)).rows.map(({ value }) => value);
	const [models, services, sites, holders] = await Promise.all([
		db
			.selectFrom('equipment.model')
			.select(['id', 'manufacturer', 'name', 'category'])
			.orderBy('category')
			.orderBy('manufacturer')
			.orderBy('name')
			.execute(),
		words(
			sql`SELECT DISTINCT service AS value FROM equipment.device WHERE service IS NOT NULL ORDER BY 1 LIMIT 500`,
		),
		words(
			sql`SELECT DISTINCT site AS value FROM equipment.device WHERE site IS NOT NULL ORDER BY 1 LIMIT 500`,
		),
		mayManage(actor)
			? words(
					sql`SELECT DISTINCT name AS value FROM equipment.holder WHERE name IS NOT NULL ORDER BY 1 LIMIT 2000`,
				)
			: [],
	]);
	return ok({ models, services, sites, holders });
}

/** @see Devices.history */
export async function readHistory(
	context: Context,
	actor: Actor,
	id: string,
): Promise<Result<DeviceEvent[]>> {
	if (!maySee(actor)) return refuse('platform.not_allowed');
	const { db } = context;
	const { rows } = await sql<{
		id: string;
		at: Date;
		recorded_at: Date;
		kind: DeviceEvent['kind'];
		by_person: string | null;
		changes: Record<string, [unknown, unknown]>;
		detail: Record<string, unknown>;
		note: string | null;
	}>`SELECT * FROM equipment.device_event WHERE device_id = ${asId(id)} ORDER BY at DESC, id DESC`.execute(
		db,
	);
	const idsOf = (field: string) => [
		...new Set(
			rows.flatMap(({ changes }) => (changes[field] ?? []).filter((one) => typeof one === 'string')),
		),
	];
	const [people, holders, models] = await Promise.all([
		context.identity.people.names(rows.flatMap(({ by_person }) => by_person ?? [])),
		sql<{ id: string; name: string | null }>`SELECT id, name FROM equipment.holder
			WHERE id::text = ANY(${idsOf('holderId')}::text[])`.execute(db),
		sql<{ id: string; name: string }>`SELECT id, manufacturer || ' ' || name AS name FROM equipment.model
			WHERE id::text = ANY(${idsOf('modelId')}::text[])`.execute(db),
	]);
	const holderNames = Object.fromEntries(holders.rows.map(({ id, name }) => [id, name]));
	const modelNames = Object.fromEntries(models.rows.map(({ id, name }) => [id, name]));
	return ok(
		rows.map((row) => ({
			id: row.id,
			at: row.at,
			recordedAt: row.recorded_at,
			kind: row.kind,
			by: (row.by_person && people.get(row.by_person)) || null,
			changes: Object.entries(row.changes).map(([field, [from, to]]) => ({
				field: field as DeviceField,
				from,
				to,
			})),
			detail: row.detail,
			note: row.note,
			holders: holderNames,
			models: modelNames,
		})),
	);
}
