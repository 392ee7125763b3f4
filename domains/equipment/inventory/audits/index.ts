import { type Actor, asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../../context.ts';
import { mayManage, mayUse } from '../../policies.ts';
import { changeDevices } from '../changing.ts';
import type { AuditSummary, Audits } from './face.ts';
import { readAudit, readAudits, readReport } from './reading.ts';
import { scanLabel } from './scanning.ts';

const startInput = z
	.object({
		title: textInput(120, 'equipment.audit_title_missing'),
		scope: z.enum(['all', 'service', 'site'], 'equipment.audit_scope_missing'),
		scopeValue: textInput(120).nullish(),
	})
	.refine(({ scope, scopeValue }) => scope === 'all' || scopeValue, {
		message: 'equipment.audit_scope_missing',
		path: ['scopeValue'],
	});

/** What the inventory says is there: not what is only ordered, on its way out or gone. */
const shouldBeThere = sql`device.status IN ('in_stock', 'in_use', 'on_loan', 'in_repair', 'missing')`;

/** Going round with a phone; several people at once. */
export function createAudits(context: Context): Audits {
	const whole = async (id: string): Promise<Result<AuditSummary>> => {
		const audit = await readAudit(context.db, id);
		return audit ? ok(audit) : refuse('equipment.audit_not_found');
	};

	/** Change what an audit found of some devices. @param of the devices it may be done to, as conditions on `device` and `audit` */
	async function settleFound(
		actor: Actor,
		id: string,
		deviceIds: readonly string[] | 'all',
		kind: 'missing' | 'moved',
	): Promise<Result<number>> {
		if (!mayManage(actor)) return refuse('platform.not_allowed');
		const chosen = deviceIds === 'all' ? null : [...deviceIds].slice(0, 10_000).map(asId);
		return changing(context.db, async (trx) => {
			const { rows: audits } = await sql<{ scope: 'all' | 'service' | 'site'; scope_value: string | null }>`
				SELECT scope, scope_value FROM equipment.audit WHERE id = ${asId(id)} FOR UPDATE`.execute(trx);
			const [audit] = audits;
			if (!audit) return refuse('equipment.audit_not_found');
			if (kind === 'moved' && audit.scope === 'all') return refuse('equipment.audit_scope_missing');
			const { rows } = await sql<{ id: string }>`SELECT device.id FROM equipment.device WHERE ${
				kind === 'missing'
					? sql`device.id IN (SELECT device_id FROM equipment.audit_device WHERE audit_id = ${id})
						AND device.id NOT IN (SELECT device_id FROM equipment.audit_scan
							WHERE audit_id = ${id} AND device_id IS NOT NULL)
						AND device.status IN ('in_stock', 'in_use')`
					: sql`device.id IN (SELECT device_id FROM equipment.audit_scan WHERE audit_id = ${id} AND result = 'misplaced')
						AND device.status <> 'left' AND ${sql.ref(`device.${audit.scope}`)} IS DISTINCT FROM ${audit.scope_value}`
			} AND (${chosen}::uuid[] IS NULL OR device.id = ANY(${chosen}::uuid[]))`.execute(trx);
			const done = await changeDevices(
				context,
				trx,
				actor,
				rows.map((row) => ({
					deviceId: row.id,
					changes: kind === 'missing' ? { status: 'missing' } : { [audit.scope]: audit.scope_value },
				})),
				{ kind, detail: { auditId: id } },
			);
			return done.ok ? ok(done.value.length) : done;
		});
	}

	return {
		async list(actor) {
			if (!mayUse(actor)) return refuse('platform.not_allowed');
			return ok(
				await readAudits(
					context.db,
					sql`ORDER BY audit.closed_at IS NOT NULL, audit.started_at DESC LIMIT 100`,
				),
			);
		},

		async get(actor, id) {
			if (!mayUse(actor)) return refuse('platform.not_allowed');
			return whole(id);
		},

		async start(actor, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(startInput, input);
			if (!parsed.ok) return parsed;
			const { title, scope } = parsed.value;
			const value = scope === 'all' ? null : (parsed.value.scopeValue ?? '');
			const id = newId();
			const done = await changing(context.db, async (trx) => {
				await sql`INSERT INTO equipment.audit (id, title, scope, scope_value, started_at, started_by)
					VALUES (${id}, ${title}, ${scope}, ${value}, ${context.now()},
						${actor.kind === 'person' ? actor.id : null})`.execute(trx);
				const { numAffectedRows } = await sql`INSERT INTO equipment.audit_device (audit_id, device_id)
					SELECT ${id}, id FROM equipment.device WHERE ${shouldBeThere}
						${scope === 'all' ? sql`` : sql`AND lower(${sql.ref(`device.${scope}`)}) = lower(${value})`}`.execute(
					trx,
				);
				return Number(numAffectedRows) ? ok(null) : refuse('equipment.audit_empty', { field: 'scopeValue' });
			});
			return done.ok ? whole(id) : done;
		},

		scan: (actor, id, input) => scanLabel(context, actor, id, input),

		async report(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const report = await readReport(context.db, id);
			return report ? ok(report) : refuse('equipment.audit_not_found');
		},

		markMissing: (actor, id, deviceIds) => settleFound(actor, id, deviceIds, 'missing'),
		moveHere: (actor, id, deviceIds) => settleFound(actor, id, deviceIds, 'moved'),

		async close(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			await sql`UPDATE equipment.audit SET closed_at = ${context.now()},
				closed_by = ${actor.kind === 'person' ? actor.id : null}
				WHERE id = ${asId(id)} AND closed_at IS NULL`.execute(context.db);
			return whole(id);
		},
	};
}
