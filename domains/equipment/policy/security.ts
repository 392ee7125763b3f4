import { asId, changing, ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { addDays, dayInput, daysBetween, today } from '../days.ts';
import { changeDevice } from '../inventory/changing.ts';
import type { Category } from '../kinds.ts';
import { mayManage } from '../policies.ts';
import type { Security, SecurityFinding } from './face.ts';
import { floorProposal } from './rules/floor.ts';
import { readInForce } from './versions.ts';

const actInput = z.discriminatedUnion('action', [
	z.object({ action: z.literal('reinstall'), supportedUntil: dayInput }),
	z.object({ action: z.literal('safe_use') }),
	z.object({ action: z.literal('leave') }),
]);

interface Below {
	id: string;
	category: Category;
	supported_until: string;
	since: string | null;
}

/** The floor below which no device works: without security updates for longer than the policy allows. */
export function createSecurity(context: Context): Security {
	const { db, platform } = context;

	return {
		async look() {
			const day = today(context);
			const policy = await readInForce(context, day);
			const limit = policy ? addDays(day, -policy.rules.securityGraceDays) : '1970-01-01';
			const { rows: below } = await sql<Below>`
				SELECT device.id, model.category, coalesce(device.supported_until, model.supported_until) AS supported_until,
					coalesce(device.in_use_on, device.bought_on) AS since
				FROM equipment.device JOIN equipment.model ON model.id = device.model_id
				WHERE device.status IN ('in_use', 'on_loan', 'in_stock', 'in_repair')
					AND coalesce(device.supported_until, model.supported_until) < ${limit}
					AND NOT coalesce(device.need, '') = ANY(${[...(policy?.rules.safeNeeds ?? [])]}::text[])`.execute(
				db,
			);
			const found = below.map(({ id, category, supported_until, since }) => ({
				device_id: id,
				found_on: day,
				supported_until,
				proposal: floorProposal(
					policy?.rules ?? null,
					category,
					since ? daysBetween(since, day) / 365.25 : null,
				),
			}));
			await db.transaction().execute(async (trx) => {
				await sql`UPDATE equipment.security_finding SET closed_at = ${context.now()}, closed_as = 'solved'
					WHERE closed_at IS NULL AND NOT device_id = ANY(${found.map(({ device_id }) => device_id)}::uuid[])`.execute(
					trx,
				);
				// One that came back below the floor is found anew.
				await sql`INSERT INTO equipment.security_finding (device_id, found_on, supported_until, proposal)
					SELECT device_id, found_on, supported_until, proposal
					FROM jsonb_populate_recordset(NULL::equipment.security_finding, ${JSON.stringify(found)}::jsonb)
					ON CONFLICT (device_id) DO UPDATE SET supported_until = excluded.supported_until,
						proposal = excluded.proposal,
						found_on = CASE WHEN security_finding.closed_at IS NULL THEN security_finding.found_on
							ELSE excluded.found_on END,
						closed_at = NULL, closed_as = NULL`.execute(trx);
			});
			return found.length;
		},

		async list(actor) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const { rows } = await sql<Omit<SecurityFinding, 'days'>>`
				SELECT finding.device_id AS "deviceId", device.tag, concat(model.manufacturer, ' ', model.name) AS model,
					model.category, device.service, device.need, finding.supported_until AS "supportedUntil",
					finding.proposal, finding.found_on AS "foundOn", device.simulated
				FROM equipment.security_finding finding JOIN equipment.device ON device.id = finding.device_id
				JOIN equipment.model ON model.id = device.model_id
				WHERE finding.closed_at IS NULL AND device.status NOT IN ('leaving', 'left')
				ORDER BY finding.supported_until, device.tag LIMIT 500`.execute(db);
			const day = today(context);
			return ok(rows.map((row) => ({ ...row, days: daysBetween(row.supportedUntil, day) })));
		},

		async act(actor, deviceId, given) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(actInput, given);
			if (!parsed.ok) return parsed;
			const { value } = parsed;
			const day = today(context);
			const policy = await readInForce(context, day);
			const [safeNeed] = policy?.rules.safeNeeds ?? [];
			if (value.action === 'reinstall' && value.supportedUntil <= day)
				return refuse('equipment.support_in_past', { field: 'supportedUntil' });
			if (value.action === 'safe_use' && !safeNeed) return refuse('equipment.no_safe_need');
			return changing(db, async (trx) => {
				const finding = await trx
					.selectFrom('equipment.security_finding')
					.select('device_id')
					.where('device_id', '=', asId(deviceId))
					.where('closed_at', 'is', null)
					.forUpdate()
					.executeTakeFirst();
				if (!finding) return refuse('equipment.not_found');
				const detail = { securityFloor: value.action };
				const changed =
					value.action === 'reinstall'
						? await changeDevice(
								context,
								trx,
								actor,
								deviceId,
								{ supportedUntil: value.supportedUntil },
								{ kind: 'repaired', detail: { ...detail, costCents: 0 } },
							)
						: value.action === 'safe_use'
							? await changeDevice(
									context,
									trx,
									actor,
									deviceId,
									{ need: safeNeed ?? null },
									{ kind: 'moved', detail },
								)
							: await changeDevice(
									context,
									trx,
									actor,
									deviceId,
									{ status: 'leaving' },
									{ kind: 'status_changed', detail },
								);
				if (!changed.ok) return changed;
				await trx
					.updateTable('equipment.security_finding')
					.set({ closed_at: context.now(), closed_as: value.action })
					.where('device_id', '=', deviceId)
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: `equipment.security_floor.${value.action}`,
					subject: `device:${deviceId}`,
				});
				return ok(null);
			});
		},
	};
}
