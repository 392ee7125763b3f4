import type { DatasetSource, PersonalDataSource } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import type { Context } from '../context.ts';
import type { DB } from '../tables.ts';
import type { Interventions } from './face.ts';
import { forgetReporters } from './reports/desk.ts';

/** What interventions do by the clock. */
export function defineJobs(context: Context, face: Pick<Interventions, 'recurring'>): void {
	const { jobs, config } = context.platform;
	jobs.define('operations.recurring', { cron: '15 * * * *' }, async () => {
		await face.recurring.makeDue();
	});
	jobs.define('operations.forget-reporters', { cron: '20 3 * * *' }, () =>
		forgetReporters(context, config.reportEmailDays),
	);
}

/** What interventions keep of somebody: reports by a confirmed address of theirs, and what they did as an agent. */
export function createPersonalData({ db, identity }: Context): PersonalDataSource {
	const addressOf = async (personId: string) =>
		(await identity.people.addresses([personId])).get(personId)?.email ?? null;
	return {
		async export(personId) {
			const email = await addressOf(personId);
			const rows = async (query: ReturnType<typeof sql<Record<string, unknown>>>) =>
				(await query.execute(db)).rows;
			return {
				reports: email
					? await rows(sql`SELECT number, description, address, longitude, latitude, status, created_at
						FROM operations.report WHERE lower(email) = lower(${email}) AND email_confirmed_at IS NOT NULL`)
					: [],
				agent: await rows(sql`SELECT skills, hours, vehicle, start_label FROM operations.agent
					WHERE person_id = ${personId}`),
				interventions: await rows(sql`SELECT intervention.number, event.kind, event.at, event.note
					FROM operations.intervention_event event
					JOIN operations.intervention ON intervention.id = event.intervention_id
					WHERE event.actor_id = ${personId} ORDER BY event.recorded_at`),
				time: await rows(sql`SELECT intervention.number, time.started_at, time.ended_at FROM operations.intervention_time time
					JOIN operations.intervention ON intervention.id = time.intervention_id WHERE time.person_id = ${personId}`),
			};
		},

		async erase(within, personId) {
			const trx = within as Transaction<DB>;
			const email = await addressOf(personId);
			if (email)
				await sql`UPDATE operations.report SET email = NULL, email_confirmed_at = NULL
					WHERE lower(email) = lower(${email})`.execute(trx);
			await trx.deleteFrom('operations.agent').where('person_id', '=', personId).execute();
			// Open work is nobody's then; what was done keeps an id that names nobody any more.
			await sql`UPDATE operations.intervention SET assignee_ids = array_remove(assignee_ids, ${personId}::uuid)
				WHERE closed_at IS NULL AND assignee_ids @> ARRAY[${personId}::uuid]`.execute(trx);
		},
	};
}

/** Reports as open data: what everybody sees on the site, nothing of who reported. */
export function reportsDataset(face: Pick<Interventions, 'reports'>): DatasetSource {
	const pageSize = 500;
	return {
		name: 'signalements',
		title: { fr: 'Signalements des habitants', en: 'Residents’ reports' },
		columns: [
			'number',
			'category',
			'status',
			'address',
			'longitude',
			'latitude',
			'reported_by',
			'description',
			'answer',
			'created_at',
			'closed_at',
		],
		async *rows() {
			for (let page = 1; ; page++) {
				const { items, total } = await face.reports.list({ page, pageSize });
				for (const one of items)
					yield [
						one.number,
						one.category.code,
						one.status,
						one.address,
						one.longitude,
						one.latitude,
						one.count,
						one.description,
						one.publicAnswer,
						one.createdAt.toISOString(),
						one.closedAt?.toISOString() ?? null,
					];
				if (page * pageSize >= total) break;
			}
		},
	};
}
