import { type Actor, changing, ok, type Result, refuse } from '@parvis/platform';
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import type { Category } from '../kinds.ts';
import { mayCollect, mayManage } from '../policies.ts';
import { type CertificateRow, certificateColumns, shownCertificate } from './certificate-rows.ts';
import type { Standing, Subject, Wipe, Wiping, WorkItem } from './face.ts';
import { itemHoldsData } from './gate.ts';
import { about, findSubject } from './subjects.ts';

const pageSize = 50;

interface WorkRow {
	kind: 'item' | 'device';
	id: string;
	reference: string;
	category: Category;
	name: string | null;
	serial: string | null;
	lot: string | null;
	simulated: boolean;
	standing: Standing | null;
	total: number;
}

/** Worst first: what asks for work comes before what only waits. */
const worst = sql`array_position(ARRAY['impossible', 'failed', 'refuted', 'reopened', 'withdrawn', 'to_verify', 'waiting',
	'accepted', 'verified'], standing)`;

const standingOfThing = (item: RawBuilder<unknown>, device: RawBuilder<unknown>) =>
	sql`(SELECT standing FROM equipment.latest_wipes(${item}, ${device}) ORDER BY ${worst} LIMIT 1)`;

const work = sql`
	SELECT 'item' AS kind, item.id, item.number AS reference, item.category,
		coalesce(model.manufacturer || ' ' || model.name, item.description) AS name,
		coalesce(item.serial, device.serial) AS serial, lot.number AS lot, item.simulated, item.received_at AS since,
		item.device_id AS device_id, item.id AS item_id
	FROM equipment.collected_item item LEFT JOIN equipment.lot ON lot.id = item.lot_id
	LEFT JOIN equipment.device ON device.id = item.device_id LEFT JOIN equipment.model ON model.id = device.model_id
	WHERE item.state IN ('received', 'in_lot') AND ${itemHoldsData}
		AND NOT equipment.is_wiped(item.id, item.device_id, true)
	UNION ALL
	SELECT 'device', device.id, device.tag, model.category, model.manufacturer || ' ' || model.name, device.serial, NULL,
		device.simulated, device.updated_at, device.id, NULL
	FROM equipment.device JOIN equipment.model ON model.id = device.model_id
	WHERE device.status = 'leaving' AND model.category NOT IN ('monitor', 'projector')
		AND NOT EXISTS (SELECT FROM equipment.collected_item item
			WHERE item.device_id = device.id AND item.ended_as IS DISTINCT FROM 'returned')
		AND equipment.last_use(device.id) IS NOT NULL AND NOT equipment.is_wiped(NULL, device.id, true)`;

const shownWork = ({ kind, id, total: _total, ...row }: WorkRow): WorkItem => ({
	subject: { kind, id },
	...row,
});

interface WipeRow extends Omit<Wipe, 'subject' | 'gone'> {
	item_id: string | null;
	device_id: string | null;
	gone: boolean;
}

const wipeColumns = sql`
	wipe.id, wipe.item_id, wipe.device_id, coalesce(item.number, device.tag) AS reference, wipe.category, wipe.slot,
	wipe.medium, wipe.technique, wipe.method, wipe.asked, wipe.encrypted, wipe.sensitive, wipe.leaving, wipe.result,
	series.tool, series.tool_version AS "toolVersion", series.operator_id AS "operatorId", wipe.started_at AS "startedAt",
	wipe.ended_at AS "endedAt", wipe.recorded_at AS "recordedAt", wipe.serial, wipe.imei,
	wipe.medium_serial AS "mediumSerial", wipe.note, wipe.sampled, standing.standing, wipe.simulated,
	(item.state IS NOT NULL AND item.state IN ('handed_over', 'ended'))
		OR (device.status IS NOT NULL AND device.status = 'left') AS gone`;
const wipes = sql`equipment.wipe JOIN equipment.wipe_series series ON series.id = wipe.series_id
	JOIN equipment.wipe_standing standing ON standing.wipe_id = wipe.id
	LEFT JOIN equipment.collected_item item ON item.id = wipe.item_id
	LEFT JOIN equipment.device ON device.id = wipe.device_id`;

const shownWipe = ({ item_id, device_id, ...row }: WipeRow): Wipe => ({
	...row,
	subject: item_id ? { kind: 'item', id: item_id } : { kind: 'device', id: device_id ?? '' },
});

const settingsInput = z.object({
	samplePercent: z
		.number('equipment.wipe_share_invalid')
		.int('equipment.wipe_share_invalid')
		.min(0, 'equipment.wipe_share_invalid')
		.max(100, 'equipment.wipe_share_invalid'),
});

/** What the bench has to do, and what was done. */
export function createReading({
	db,
	platform,
}: Context): Pick<Wiping, 'waiting' | 'find' | 'subject' | 'samples' | 'settings' | 'saveSettings'> {
	const denied = (actor: Actor): Result<never> | null =>
		mayCollect(actor) ? null : refuse('platform.not_allowed');

	return {
		async waiting(actor, { search = '', page = 1 } = {}) {
			const no = denied(actor);
			if (no) return no;
			const text = `%${search
				.trim()
				.slice(0, 100)
				.replaceAll('\0', '')
				.replaceAll(/[\\%_]/g, '\\$&')}%`;
			const { rows } = await sql<WorkRow>`
				SELECT kind, id, reference, category, name, serial, lot, simulated,
					${standingOfThing(sql`item_id`, sql`device_id`)} AS standing, count(*) OVER ()::int AS total
				FROM (${work}) work
				WHERE reference ILIKE ${text} OR serial ILIKE ${text} OR name ILIKE ${text} OR lot ILIKE ${text}
				ORDER BY since, reference LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`.execute(db);
			return ok({ items: rows.map(shownWork), total: rows[0]?.total ?? 0, page, pageSize });
		},

		async find(actor, reference) {
			const no = denied(actor);
			if (no) return no;
			const named = reference.replaceAll('\0', '').trim();
			const { rows } = await sql<Subject>`
				SELECT 'item' AS kind, id FROM equipment.collected_item WHERE lower(number) = lower(${named})
				UNION ALL SELECT 'device', id FROM equipment.device WHERE lower(tag) = lower(${named})
				LIMIT 1`.execute(db);
			return ok(rows[0] ?? null);
		},

		async subject(actor, subject) {
			const no = denied(actor);
			if (no) return no;
			const found = await findSubject(db, subject);
			if (!found) return refuse('equipment.not_found');
			const { item_id, device_id, reference, category, name, serial, simulated } = found;
			const [{ rows }, { rows: certificates }, { rows: standings }, { rows: tools }] = await Promise.all([
				sql<WipeRow>`SELECT ${wipeColumns} FROM ${wipes}
					WHERE wipe.item_id = ${item_id} OR wipe.device_id = ${device_id}
					ORDER BY wipe.sequence DESC`.execute(db),
				sql<CertificateRow>`SELECT ${certificateColumns} FROM equipment.certificate
					WHERE kind = 'device' AND ${about(found)} ORDER BY issued_at DESC, number DESC`.execute(db),
				sql<{ standing: Standing | null; lot: string | null }>`
					SELECT ${standingOfThing(sql`${item_id}::uuid`, sql`${device_id}::uuid`)} AS standing,
						(SELECT lot.number FROM equipment.lot JOIN equipment.collected_item item ON item.lot_id = lot.id
							WHERE item.id = ${item_id}) AS lot`.execute(db),
				sql<{ tool: string; toolVersion: string }>`
					SELECT series.tool, series.tool_version AS "toolVersion" FROM equipment.wipe
					JOIN equipment.wipe_series series ON series.id = series_id
					WHERE series.operator_id = ${actor.kind === 'person' ? actor.id : null} AND series.tool <> ''
					ORDER BY sequence DESC LIMIT 1`.execute(db),
			]);
			return ok({
				item: {
					subject: item_id ? { kind: 'item', id: item_id } : { kind: 'device', id: device_id ?? '' },
					reference,
					category,
					name,
					serial,
					lot: standings[0]?.lot ?? null,
					simulated,
					standing: standings[0]?.standing ?? null,
				},
				wipes: rows.map(shownWipe),
				certificates: certificates.map(shownCertificate),
				mayRecord: found.here && found.holds_data,
				lastTool: tools[0] ?? null,
			});
		},

		async samples(actor) {
			const no = denied(actor);
			if (no) return no;
			const { rows } = await sql<WipeRow>`SELECT ${wipeColumns} FROM ${wipes}
				WHERE standing.standing IN ('to_verify', 'reopened')
				ORDER BY standing.standing, wipe.sequence LIMIT 500`.execute(db);
			return ok(
				rows.map((row) => ({
					...shownWipe(row),
					mayVerify: actor.kind === 'person' && row.operatorId !== actor.id,
				})),
			);
		},

		async settings(actor) {
			const no = denied(actor);
			if (no) return no;
			const row = await db
				.selectFrom('equipment.wiping_settings')
				.select('sample_percent')
				.executeTakeFirstOrThrow();
			return ok({ samplePercent: row.sample_percent });
		},

		async saveSettings(actor, given) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(settingsInput, given);
			if (!parsed.ok) return parsed;
			const { samplePercent } = parsed.value;
			return changing(db, async (trx) => {
				await trx.updateTable('equipment.wiping_settings').set({ sample_percent: samplePercent }).execute();
				await platform.audit.record(trx, {
					actor,
					action: 'equipment.wiping.settings_changed',
					detail: { samplePercent },
				});
				return ok(null);
			});
		},
	};
}
