import { type Actor, asId, changing, ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../../context.ts';
import { forgetPhotos } from '../../photos.ts';
import { mayWork } from '../../policies.ts';
import { lockIntervention, writeFields } from '../changing.ts';
import type { Reports } from '../face.ts';
import { recordEvent, type Trx } from '../recording.ts';
import { referredBy } from '../rows.ts';
import { isClosed, reportStatusOf } from '../rules/status.ts';
import { openForReport } from './receiving.ts';
import { readReportRows, toReport } from './rows.ts';
import { tellReporters } from './telling.ts';

const pageSize = 50;

/** What agents decide about reports. */
export function createDesk(
	context: Context,
): Pick<Reports, 'queue' | 'moderate' | 'accept' | 'discard' | 'merge'> {
	const { db, platform } = context;

	const locked = async (trx: Trx, id: string) =>
		(await readReportRows(trx, sql`WHERE report.id = ${asId(id)} FOR UPDATE OF report`))[0];

	const audit = (trx: Trx, actor: Actor, action: string, id: string) =>
		platform.audit.record(trx, { actor, action: `operations.report.${action}`, subject: `report:${id}` });

	/** Cancel, without a word to anybody, what no report stands behind any more. */
	async function cancelAlone(
		trx: Trx,
		actor: Actor,
		reportId: string,
		former: string | null,
		reason: string,
	) {
		const row = former ? await lockIntervention(trx, former) : null;
		if (!row || isClosed(row.status)) return;
		const { rows } = await sql`SELECT FROM operations.report WHERE intervention_id = ${row.id}
			AND status NOT IN ('held', 'spam') LIMIT 1`.execute(trx);
		const { rows: own } = await sql`SELECT FROM operations.intervention WHERE id = ${row.id}
			AND source_kind = 'report' AND source_key = ${reportId}`.execute(trx);
		if (rows.length || !own.length) return;
		await writeFields(context, trx, actor, row, { status: 'cancelled', reason }, { kind: 'changed' });
	}

	return {
		async queue(actor, { waiting = false, page: asked = 1 } = {}) {
			if (!mayWork(actor)) return refuse('platform.not_allowed');
			const page = Math.min(Math.max(1, Math.trunc(asked)), 10_000);
			const where = waiting
				? sql`WHERE report.status <> 'spam' AND (report.status = 'held' OR (report.moderated_at IS NULL
					AND (report.description <> '' OR EXISTS (SELECT FROM operations.photo
						WHERE subject_kind = 'report' AND subject_id = report.id))))`
				: sql`WHERE report.status <> 'spam'`;
			const { rows } = await sql<{ count: number }>`
				SELECT count(*)::int AS count FROM operations.report ${where}`.execute(db);
			const items = await readReportRows(
				db,
				sql`${where} ORDER BY report.status = 'held' DESC, report.moderated_at IS NOT NULL,
					report.created_at DESC, report.id LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
			);
			const ids = items.flatMap(({ intervention_id }) => intervention_id ?? []);
			const numbers = new Map(
				ids.length
					? (
							await db
								.selectFrom('operations.intervention')
								.select(['id', 'number'])
								.where('id', 'in', ids)
								.execute()
						).map(({ id, number }) => [id, number])
					: [],
			);
			return ok({
				items: items.map((row) => ({
					...toReport(row),
					interventionNumber: numbers.get(row.intervention_id ?? '') ?? null,
				})),
				total: rows[0]?.count ?? 0,
				page,
				pageSize,
			});
		},

		async moderate(actor, id, { textPublic, publicPhotoIds }) {
			if (!mayWork(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const row = await locked(trx, id);
				if (!row || row.status === 'spam') return refuse('operations.report_unknown');
				await trx
					.updateTable('operations.report')
					.set({
						text_public: textPublic,
						moderated_at: context.now(),
						moderated_by: actor.kind === 'person' ? actor.id : null,
					})
					.where('id', '=', row.id)
					.execute();
				await sql`UPDATE operations.photo SET public = id::text = ANY(${[...publicPhotoIds]}::text[])
					WHERE subject_kind = 'report' AND subject_id = ${row.id}`.execute(trx);
				await audit(trx, actor, 'moderated', row.id);
				return ok(null);
			});
		},

		async accept(actor, id) {
			if (!mayWork(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const row = await locked(trx, id);
				if (row?.status !== 'held') return refuse('operations.report_unknown');
				const opened = await openForReport(context, trx, row.id);
				if (!opened.ok) return opened;
				await audit(trx, actor, 'accepted', row.id);
				return ok(null);
			});
		},

		async discard(actor, id) {
			if (!mayWork(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const row = await locked(trx, id);
				if (!row || row.status === 'spam') return refuse('operations.report_unknown');
				await trx
					.updateTable('operations.report')
					.set({
						status: 'spam',
						description: '',
						email: null,
						email_confirmed_at: null,
						text_public: false,
						closed_at: context.now(),
						updated_at: context.now(),
					})
					.where('id', '=', row.id)
					.execute();
				const photos = await trx
					.deleteFrom('operations.photo')
					.where('subject_kind', '=', 'report')
					.where('subject_id', '=', row.id)
					.returning('id')
					.execute();
				await forgetPhotos(
					context,
					photos.map((photo) => photo.id),
					{ trx },
				);
				await cancelAlone(
					trx,
					actor,
					row.id,
					row.intervention_id,
					platform.messages.t('fr', 'operations.reason_discarded', { number: row.number }),
				);
				await audit(trx, actor, 'discarded', row.id);
				return ok(null);
			});
		},

		async merge(actor, id, reference) {
			if (!mayWork(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const row = await locked(trx, id);
				if (!row || row.status === 'spam') return refuse('operations.report_unknown');
				const { rows } = await sql<{ id: string }>`SELECT id FROM operations.intervention
					WHERE ${referredBy(reference)}`.execute(trx);
				const target = rows[0] ? await lockIntervention(trx, rows[0].id) : null;
				if (!target) return refuse('operations.intervention_unknown', { field: 'intervention' });
				if (target.id === row.intervention_id) return ok(null);
				const { rows: firsts } = await sql<{ id: string }>`SELECT id FROM operations.report
					WHERE intervention_id = ${target.id} AND same_as_id IS NULL AND status NOT IN ('held', 'spam')
					ORDER BY created_at LIMIT 1`.execute(trx);
				const first = firsts[0]?.id ?? null;
				await trx
					.updateTable('operations.report')
					.set({
						intervention_id: target.id,
						same_as_id: first,
						...(row.status === 'held' && { status: 'received' }),
					})
					.where('id', '=', row.id)
					.execute();
				// Those who said the same as this one come along.
				await trx
					.updateTable('operations.report')
					.set({ intervention_id: target.id, same_as_id: first ?? row.id })
					.where('same_as_id', '=', row.id)
					.execute();
				await recordEvent(context, trx, {
					interventionId: target.id,
					version: target.version,
					kind: 'report',
					actor,
					note: row.number,
				});
				await cancelAlone(
					trx,
					actor,
					row.id,
					row.intervention_id,
					platform.messages.t('fr', 'operations.reason_merged', { number: target.number }),
				);
				if (row.status !== reportStatusOf(target.status)) await tellReporters(context, trx, target.id);
				await audit(trx, actor, 'merged', row.id);
				return ok(null);
			});
		},
	};
}

/** Addresses that are not needed any more, and counts whose hour is over. Harmless when repeated. */
export async function forgetReporters(context: Context, retentionDays: number): Promise<void> {
	const now = context.now();
	const before = (days: number) => new Date(now.getTime() - days * 86_400_000);
	await sql`UPDATE operations.report SET email = NULL, email_confirmed_at = NULL WHERE email IS NOT NULL AND
		(closed_at < ${before(retentionDays)}::timestamptz
			OR (email_confirmed_at IS NULL AND created_at < ${before(unconfirmedDays)}::timestamptz))`.execute(
		context.db,
	);
	await sql`DELETE FROM operations.report_rate WHERE window_ends_at < ${now}::timestamptz`.execute(
		context.db,
	);
}

/** How long an address waits for its confirmation. */
const unconfirmedDays = 14;
