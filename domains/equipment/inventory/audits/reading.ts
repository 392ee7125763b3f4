import { asId } from '@parvis/platform';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../context.ts';
import { readSummaries } from '../devices/reading.ts';
import type { DeviceSummary } from '../face.ts';
import type { AuditedDevice, AuditReport, AuditSummary } from './face.ts';

/** Audits with what was counted. @param rest conditions, order and limit */
export async function readAudits(db: Db, rest: RawBuilder<unknown>): Promise<AuditSummary[]> {
	const { rows } = await sql<AuditSummary>`
		SELECT audit.id, audit.title, audit.scope, audit.scope_value AS "scopeValue", audit.started_at AS "startedAt",
			audit.closed_at AS "closedAt",
			(SELECT count(*)::int FROM equipment.audit_device expected WHERE expected.audit_id = audit.id) AS expected,
			coalesce(scanned.seen, 0) AS seen, coalesce(scanned.misplaced, 0) AS misplaced,
			coalesce(scanned.unknown, 0) AS unknown
		FROM equipment.audit
		LEFT JOIN LATERAL (SELECT (count(*) FILTER (WHERE result = 'expected'))::int AS seen,
				(count(*) FILTER (WHERE result = 'misplaced'))::int AS misplaced,
				(count(*) FILTER (WHERE result = 'unknown'))::int AS unknown
			FROM equipment.audit_scan scan WHERE scan.audit_id = audit.id) scanned ON true ${rest}`.execute(db);
	return rows;
}

export async function readAudit(db: Db, id: string): Promise<AuditSummary | null> {
	const [audit] = await readAudits(db, sql`WHERE audit.id = ${asId(id)}`);
	return audit ?? null;
}

export function auditedOf(device: DeviceSummary): AuditedDevice {
	const { id, tag, model, status, service, site, holder, condition, version } = device;
	return {
		id,
		tag,
		model: `${model.manufacturer} ${model.name}`,
		status,
		service,
		site,
		holder,
		condition,
		version,
	};
}

/** @see Audits.report */
export async function readReport(db: Db, id: string): Promise<AuditReport | null> {
	const audit = await readAudit(db, id);
	if (!audit) return null;
	const devices = async (which: RawBuilder<unknown>) =>
		(await readSummaries(db, sql`WHERE ${which} ORDER BY lower(device.tag)`)).map(auditedOf);
	const scanned = (result: string) =>
		sql`device.id IN (SELECT device_id FROM equipment.audit_scan WHERE audit_id = ${audit.id} AND result = ${result})`;
	const [missing, seenDevices, misplacedDevices, unknown] = await Promise.all([
		devices(sql`device.id IN (SELECT device_id FROM equipment.audit_device WHERE audit_id = ${audit.id})
			AND NOT ${scanned('expected')}`),
		devices(scanned('expected')),
		devices(scanned('misplaced')),
		sql<{ tag: string; at: Date }>`SELECT tag, at FROM equipment.audit_scan
			WHERE audit_id = ${audit.id} AND result = 'unknown' ORDER BY at`.execute(db),
	]);
	return { ...audit, missing, seenDevices, misplacedDevices, unknownTags: unknown.rows };
}
