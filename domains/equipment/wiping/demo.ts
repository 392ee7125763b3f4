import { type Actor, newId, system } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { townDay } from '../days.ts';
import type { Category } from '../kinds.ts';
import { createCertificates } from './certificates.ts';
import { itemHoldsData } from './gate.ts';
import { deviceContent, keepCertificates } from './issuing.ts';
import { seedOf } from './recording.ts';
import { revokeIn } from './revoking.ts';
import { drawOf } from './rules/sampling.ts';
import { holdsData, methodOf, type Technique, usual } from './rules/techniques.ts';

const hour = 3_600_000;

/** What the demonstration's bench uses. */
const tools: Partial<Record<Technique, readonly [string, string]>> = {
	factory_reset: ['Menu de réinitialisation', ''],
	crypto_erase: ['nvme-cli', '2.11'],
	sanitize_overwrite: ['hdparm', '9.65'],
	inspection: ['Tournevis', ''],
};

interface Waiting {
	/** Null: a device of the pool. */
	item_id: string | null;
	device_id: string | null;
	reference: string;
	category: Category;
	serial: string | null;
	gone: boolean;
	/** When it left, or now. */
	before: Date;
	/** When it was brought, or given back. */
	received_at: Date;
}

/**
 * Wipes of the demonstration: collected items that have left are wiped and certified, of those still here a third, of the
 * devices in the pool two of three; the samples of the last day wait, one certificate is revoked. Nothing happens where an item
 * has a wipe already.
 * @throws outside a demonstration
 */
export async function fillDemo(context: Context): Promise<void> {
	const { platform, identity } = context;
	if (!platform.config.demo) throw new Error('a demonstration only');
	const [operator, verifier] = [
		...(await identity.people.holdersOf('equipment:collector')),
		...(await identity.people.holdersOf('equipment:manager')),
	].map(({ id, name }): Actor & { id: string } => ({ ...system, kind: 'person', id, displayName: name }));
	if (!operator || !verifier || operator.id === verifier.id) return;
	const now = context.now();
	const { rows: waiting } = await sql<Waiting>`
		SELECT item.id AS item_id, item.device_id, item.number AS reference, item.category, item.serial,
			item.state IN ('handed_over', 'ended') AS gone, item.received_at,
			least(coalesce(lot.handed_over_at, item.ended_on::timestamptz, ${now}::timestamptz), ${now}::timestamptz) AS before
		FROM equipment.collected_item item LEFT JOIN equipment.lot ON lot.id = item.lot_id
		WHERE item.simulated AND ${itemHoldsData} AND item.ended_as IS DISTINCT FROM 'returned'
			AND item.ended_as IS DISTINCT FROM 'missing'
			AND NOT EXISTS (SELECT FROM equipment.wipe WHERE wipe.item_id = item.id)
		UNION ALL SELECT NULL, item.id, item.tag, model.category, item.serial, false, returned.at, ${now}::timestamptz
		FROM equipment.device item JOIN equipment.model ON model.id = item.model_id
		JOIN LATERAL (SELECT max(at) AS at FROM equipment.device_event
			WHERE device_id = item.id AND kind = 'returned') returned ON returned.at >= equipment.last_use(item.id)
		WHERE item.simulated AND item.status = 'in_stock'
			AND NOT EXISTS (SELECT FROM equipment.wipe WHERE wipe.device_id = item.id)
		ORDER BY received_at, item_id, device_id`.execute(context.db);
	const { rows: before } = await sql`SELECT FROM equipment.wipe WHERE simulated LIMIT 1`.execute(context.db);
	const chosen = waiting.filter(
		({ gone, item_id, category }, n) =>
			gone || (!before.length && (item_id ? n % 3 === 0 : n % 3 !== 0 && holdsData(category) !== 'no')),
	);
	if (!chosen.length) return;

	const batches = new Set<string>();
	const planned = chosen
		.map((item, n) => {
			// Of what is still here every other one was wiped the day before.
			const wanted = item.item_id ? item.before.getTime() - (item.gone || n % 2 ? 2 : 26) * hour : 0;
			const ended = new Date(Math.max(item.received_at.getTime() + hour / 2, wanted));
			return { item, endedAt: ended > item.before ? item.before : ended };
		})
		.toSorted((a, b) => a.endedAt.getTime() - b.endedAt.getTime());
	const made = planned.map(({ item, endedAt }) => {
		const { medium, technique } = usual(item.category);
		const method = methodOf(technique, medium, true);
		const day = townDay(endedAt);
		const [tool = '', version = ''] = tools[technique] ?? [];
		const batch = `${day} ${tool}`;
		const first = !batches.has(batch);
		batches.add(batch);
		return {
			item,
			medium,
			technique,
			method: method.ok ? method.value : null,
			endedAt,
			day,
			tool,
			version,
			first,
		};
	});
	await context.db.transaction().execute(async (trx) => {
		const series = new Map<string, string>();
		for (const { tool, version } of made) {
			if (series.has(tool)) continue;
			const { rows } = await sql<{ id: string }>`
				INSERT INTO equipment.wipe_series (id, operator_id, tool, tool_version)
				VALUES (${newId()}, ${operator.id}, ${tool}, ${version})
				ON CONFLICT (operator_id, tool, tool_version) DO UPDATE SET tool = EXCLUDED.tool RETURNING id`.execute(
				trx,
			);
			series.set(tool, rows[0]?.id ?? '');
		}
		const seeds = new Map<string, Buffer>();
		for (const { day } of made) if (!seeds.has(day)) seeds.set(day, await seedOf(trx, day));
		const rows = made.map(({ item, medium, technique, method, endedAt, day, tool, first }) => {
			const id = newId();
			const draw = drawOf(seeds.get(day) ?? Buffer.alloc(32), id);
			return {
				id,
				item_id: item.item_id,
				device_id: item.device_id,
				category: item.category,
				series_id: series.get(tool) ?? '',
				day,
				slot: 'main' as const,
				medium,
				technique,
				encrypted: true,
				sensitive: false,
				leaving: item.item_id !== null,
				asked: 'purge' as const,
				method,
				result: 'done' as const,
				started_at: new Date(endedAt.getTime() - hour / 4),
				ended_at: endedAt,
				draw,
				sampled: first || draw < 0.1,
				simulated: true,
				recorded_at: endedAt,
			};
		});
		await trx.insertInto('equipment.wipe').values(rows).execute();
		// Those of the newest day wait for somebody; the others were looked at the same day.
		const gone = new Set(chosen.filter((one) => one.gone).map(({ item_id }) => item_id));
		const newest = rows
			.map(({ day }) => day)
			.sort()
			.at(-1);
		const behind = new Set(
			rows.filter((row) => gone.has(row.item_id)).map(({ series_id, day }) => `${series_id} ${day}`),
		);
		const verified = rows.filter(
			({ sampled, day, series_id }) => sampled && (day !== newest || behind.has(`${series_id} ${day}`)),
		);
		if (verified.length)
			await trx
				.insertInto('equipment.wipe_verification')
				.values(
					verified.map(({ id, ended_at, medium }) => ({
						id: newId(),
						wipe_id: id,
						verifier_id: verifier.id,
						means: medium === 'none' ? ('opened' as const) : ('starts_as_new' as const),
						passed: true,
						simulated: true,
						recorded_at: ended_at,
					})),
				)
				.execute();
		const isVerified = new Set(verified.map(({ id }) => id));
		const waitsFor = new Set(
			rows
				.filter((row) => row.sampled && !isVerified.has(row.id))
				.map(({ series_id, day }) => `${series_id} ${day}`),
		);
		const certified = rows.flatMap((row, n) => {
			const one = made[n];
			if (!one?.method || waitsFor.has(`${row.series_id} ${row.day}`)) return [];
			const standing = isVerified.has(row.id) ? 'verified' : 'accepted';
			const covered = { ...row, method: one.method, tool: one.tool, tool_version: one.version, standing };
			const content = deviceContent({ ...one.item, model: null }, [
				{ ...covered, serial: null, imei: null, medium_serial: null },
			]);
			const { item_id, device_id, ended_at } = row;
			return [
				{
					...{ kind: 'device' as const, item_id, device_id, lot_id: null, simulated: true },
					...{ wipes: [row.id], content, at: ended_at },
				},
			];
		});
		await keepCertificates(context, trx, certified);
		const mistaken = certified.find(({ item_id }) => item_id && !gone.has(item_id));
		if (mistaken)
			await revokeIn(context, trx, verifier, mistaken.wipes, {
				why: 'mistaken',
				note: 'Démonstration : deux appareils du même modèle avaient été confondus à l’établi.',
			});
	});
	const certificates = createCertificates(context);
	const lots = await certificates.lotsReady(system);
	for (const lot of lots.ok ? lots.value : []) await certificates.issueLot(system, lot.id);
}
