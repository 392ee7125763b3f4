import { type Actor, asId, changing, newId, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../../context.ts';
import { conditions, type DeviceStatus } from '../../kinds.ts';
import { mayUse } from '../../policies.ts';
import { changeDevice, type Trx } from '../changing.ts';
import { readSummaries } from '../devices/reading.ts';
import { batteryInput } from '../input.ts';
import { tagOf } from '../rules/kinds.ts';
import type { Scan } from './face.ts';
import { auditedOf, readAudit } from './reading.ts';

const scanInput = z.object({
	tag: z
		.string()
		.max(1000)
		.transform(tagOf)
		.pipe(z.string().min(1, 'equipment.tag_missing').max(120, 'equipment.tag_invalid')),
	condition: z.enum(conditions).nullish(),
	batteryHealthPercent: batteryInput.nullish(),
});

interface Found {
	id: string;
	status: DeviceStatus;
	holder_id: string | null;
	service: string | null;
}

/** By tag, else by a serial that only one device has. */
async function deviceOf(trx: Trx, tag: string): Promise<Found | null> {
	const { rows } = await sql<Found & { by_tag: boolean }>`
		SELECT id, status, holder_id, service, lower(tag) = lower(${tag}) AS by_tag FROM equipment.device
		WHERE lower(tag) = lower(${tag}) OR lower(serial) = lower(${tag}) ORDER BY by_tag DESC LIMIT 2`.execute(
		trx,
	);
	const [first, second] = rows;
	return first && (first.by_tag || !second) ? first : null;
}

/** @see Audits.scan */
export async function scanLabel(
	context: Context,
	actor: Actor,
	id: string,
	input: unknown,
): Promise<Result<Scan>> {
	if (!mayUse(actor)) return refuse('platform.not_allowed');
	const parsed = parseInput(scanInput, input);
	if (!parsed.ok) return parsed;
	const { tag, condition, batteryHealthPercent } = parsed.value;
	const done = await changing(
		context.db,
		async (
			trx,
		): Promise<Result<Omit<Scan, 'device' | 'expected' | 'seen'> & { deviceId: string | null }>> => {
			// Closing waits for scans under way, and scans for one another only on the same device.
			const { rows: audits } = await sql<{ closed_at: Date | null }>`SELECT closed_at FROM equipment.audit
			WHERE id = ${asId(id)} FOR SHARE`.execute(trx);
			if (!audits[0]) return refuse('equipment.audit_not_found');
			if (audits[0].closed_at) return refuse('equipment.audit_closed');
			const device = await deviceOf(trx, tag);
			const { rows } = await sql<{ result: Scan['outcome']; at: Date; fresh: boolean }>`
			WITH made AS (
				INSERT INTO equipment.audit_scan (id, audit_id, tag, device_id, result, at, by_person)
				VALUES (${newId()}, ${id}, ${tag}, ${device?.id ?? null}, ${
					device
						? sql`CASE WHEN EXISTS (SELECT FROM equipment.audit_device
							WHERE audit_id = ${id} AND device_id = ${device.id}) THEN 'expected' ELSE 'misplaced' END`
						: sql`'unknown'`
				}, ${context.now()}, ${actor.kind === 'person' ? actor.id : null})
				ON CONFLICT DO NOTHING RETURNING result, at)
			SELECT result, at, true AS fresh FROM made
			UNION ALL SELECT result, at, false FROM equipment.audit_scan WHERE audit_id = ${id}
				AND (device_id = ${device?.id ?? null} OR (device_id IS NULL AND lower(tag) = lower(${tag})))
			ORDER BY fresh DESC LIMIT 1`.execute(trx);
			// Two phones at the same instant: the other's scan is not yet to be seen by this statement.
			const scan = rows[0] ?? { result: 'already_seen' as const, at: context.now(), fresh: false };
			const told = {
				...(condition && { condition }),
				...(batteryHealthPercent != null && { batteryHealthPercent }),
			};
			if (device && (scan.fresh || Object.keys(told).length)) {
				const back: DeviceStatus | null =
					device.status !== 'missing' ? null : device.holder_id || device.service ? 'in_use' : 'in_stock';
				const changed = await changeDevice(
					context,
					trx,
					actor,
					device.id,
					{ ...(device.status === 'left' ? {} : told), ...(back && { status: back }) },
					{ kind: back ? 'found' : 'audited', detail: { auditId: id, result: scan.result } },
				);
				if (!changed.ok) return changed;
			}
			return ok({
				outcome: scan.fresh || scan.result === 'unknown' ? scan.result : 'already_seen',
				tag,
				firstAt: scan.at,
				deviceId: device?.id ?? null,
			});
		},
	);
	if (!done.ok) return done;
	const { deviceId, ...scan } = done.value;
	const [audit, devices] = await Promise.all([
		readAudit(context.db, id),
		deviceId ? readSummaries(context.db, sql`WHERE device.id = ${deviceId}`) : [],
	]);
	return ok({
		...scan,
		device: devices[0] ? auditedOf(devices[0]) : null,
		expected: audit?.expected ?? 0,
		seen: audit?.seen ?? 0,
	});
}
