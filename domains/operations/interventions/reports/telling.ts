import { sql } from 'kysely';
import type { Context } from '../../context.ts';
import { publish, type Trx } from '../recording.ts';
import { reportStatusOf } from '../rules/status.ts';
import { writeLetter } from './letters.ts';
import { readReportRows } from './rows.ts';

/** Bring the reports of an intervention to where it stands, and tell those who wait for news. */
export async function tellReporters(context: Context, trx: Trx, interventionId: string): Promise<void> {
	const intervention = await trx
		.selectFrom('operations.intervention')
		.select(['id', 'status', 'public_answer', 'reason', 'place_id'])
		.select(sql<string | null>`planned_on::text`.as('planned_on'))
		.where('id', '=', interventionId)
		.executeTakeFirst();
	if (!intervention) return;
	const status = reportStatusOf(intervention.status);
	const now = context.now();
	const rows = await readReportRows(
		trx,
		sql`WHERE report.intervention_id = ${interventionId} AND report.status NOT IN ('held', 'spam', ${status})
			ORDER BY report.id FOR UPDATE OF report`,
	);
	const ends = status === 'fixed' || status === 'refused';
	const answer =
		status === 'fixed'
			? intervention.public_answer
			: status === 'refused'
				? (intervention.public_answer ?? intervention.reason)
				: null;
	for (const row of rows) {
		await trx
			.updateTable('operations.report')
			.set({ status, public_answer: answer, updated_at: now, closed_at: ends ? now : null })
			.where('id', '=', row.id)
			.execute();
		if (ends) await publish(context, trx, 'report.closed', { reportId: row.id, number: row.number, status });
		if (row.email && row.email_confirmed_at && status !== 'received')
			await writeLetter(context, trx, { ...row, email: row.email }, status, {
				category: row.category_name[row.locale],
				answer,
				plannedOn: intervention.planned_on,
			});
	}
	const first = rows.find(({ same_as_id }) => same_as_id === null);
	if (status === 'fixed' && first && intervention.place_id)
		await context.town.timeline.record(trx, {
			room: 'operations',
			subject: `report:${first.id}`,
			placeId: intervention.place_id,
			happenedAt: now,
			title: {
				fr: context.platform.messages.t('fr', 'operations.timeline_fixed', {
					category: first.category_name.fr,
				}),
				en: context.platform.messages.t('en', 'operations.timeline_fixed', {
					category: first.category_name.en,
				}),
			},
			url: `/signalements/${first.number}`,
		});
}
