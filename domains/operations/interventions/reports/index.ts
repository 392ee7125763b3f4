import { ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../../context.ts';
import { photoKey, toPhoto } from '../../photos.ts';
import type { FieldChange, InterventionStatus, Photos, PublicReport, Reports } from '../face.ts';
import { reportStatusOf } from '../rules/status.ts';
import { createDesk } from './desk.ts';
import { receiveReport } from './receiving.ts';
import { readReportRows, toPublicReport } from './rows.ts';
import { findSimilar } from './similar.ts';

const shownStatuses: readonly PublicReport['status'][] = ['received', 'planned', 'fixed', 'refused'];

/** What residents tell, and what they are told. */
export function createReports(context: Context, photos: Photos): Reports {
	const { db, platform } = context;

	const byToken = (token: string) =>
		db
			.selectFrom('operations.report')
			.selectAll()
			.where('token', '=', token.replaceAll('\0', '').slice(0, 60))
			.executeTakeFirst();

	/** What was made public of it so far, as its reporter may follow it. */
	async function steps(report: { created_at: Date; intervention_id: string | null }) {
		const shown: { status: PublicReport['status']; at: Date }[] = [
			{ status: 'received', at: report.created_at },
		];
		if (!report.intervention_id) return shown;
		const events = await db
			.selectFrom('operations.intervention_event')
			.select(['at', 'changes'])
			.where('intervention_id', '=', report.intervention_id)
			.where('late', '=', false)
			.orderBy('version')
			.orderBy('id')
			.execute();
		for (const { at, changes } of events)
			for (const { field, after } of changes as FieldChange[]) {
				if (field !== 'status') continue;
				const status = reportStatusOf(after as InterventionStatus);
				if (shown.at(-1)?.status !== status)
					shown.push({ status, at: new Date(Math.max(at.getTime(), report.created_at.getTime())) });
			}
		return shown;
	}

	return {
		create: (input, options) => receiveReport(context, photos, input, options),
		similar: (input) => findSimilar(context, input),

		async get(number) {
			const [row] = await readReportRows(
				db,
				sql`WHERE report.number = ${number.replaceAll('\0', '').slice(0, 40).toUpperCase()}
					AND report.status = ANY(${[...shownStatuses]}::text[])`,
			);
			return row ? toPublicReport(row) : null;
		},

		async follow(token) {
			const [row] = await readReportRows(
				db,
				sql`WHERE report.token = ${token.replaceAll('\0', '').slice(0, 60)} AND report.status <> 'spam'`,
			);
			if (!row) return null;
			const photo = (one: { url: string; id: string }) => ({
				...one,
				url: `/signalements/${row.token}/photos/${one.id}`,
			});
			const [intervention, closing] = row.intervention_id
				? await Promise.all([
						db
							.selectFrom('operations.intervention')
							.select(sql<string | null>`planned_on::text`.as('planned_on'))
							.where('id', '=', row.intervention_id)
							.executeTakeFirst(),
						db
							.selectFrom('operations.photo')
							.selectAll()
							.where('subject_kind', '=', 'intervention')
							.where('subject_id', '=', row.intervention_id)
							.where('public', '=', true)
							.orderBy('created_at')
							.execute(),
					])
				: [undefined, []];
			return {
				...toPublicReport(row),
				id: row.id,
				token: row.token,
				// One's own words and photos are one's own to see.
				description: row.description,
				photos: row.photos.map((one) =>
					photo(toPhoto({ ...one, created_at: new Date(one.created_at) })),
				) as PublicReport['photos'],
				following: row.email !== null && row.email_confirmed_at !== null,
				unconfirmed: row.email !== null && row.email_confirmed_at === null,
				held: row.status === 'held',
				steps: await steps(row),
				plannedOn: row.status === 'planned' ? (intervention?.planned_on ?? null) : null,
				closingPhotos: row.status === 'fixed' ? closing.map(toPhoto) : [],
			};
		},

		async confirm(token) {
			const row = await byToken(token);
			if (!row?.email || row.status === 'spam') return refuse('operations.report_unknown');
			await db
				.updateTable('operations.report')
				.set({ email_confirmed_at: context.now() })
				.where('id', '=', row.id)
				.where('email_confirmed_at', 'is', null)
				.execute();
			return ok(null);
		},

		async unsubscribe(token) {
			const row = await byToken(token);
			if (!row) return refuse('operations.report_unknown');
			await db
				.updateTable('operations.report')
				.set({ email: null, email_confirmed_at: null })
				.where('id', '=', row.id)
				.execute();
			return ok(null);
		},

		async photo(token, photoId) {
			const row = await byToken(token);
			if (!row || row.status === 'spam') return null;
			const photo = (await photos.of('report', row.id)).find(({ id }) => id === photoId);
			const content = photo && (await platform.files.get(photoKey(photo.id)));
			const stored = photo && (await platform.files.stat(photoKey(photo.id)));
			return photo && content && stored
				? { content, contentType: 'image/webp', sizeBytes: stored.size, public: photo.public }
				: null;
		},

		async list(filter = {}) {
			const page = Math.min(Math.max(1, Math.trunc(filter.page ?? 1)), 100_000);
			const pageSize = Math.min(Math.max(1, Math.trunc(filter.pageSize ?? 50)), 1000);
			const statuses = (filter.status ?? shownStatuses).filter((status) => shownStatuses.includes(status));
			const category = filter.category?.replaceAll('\0', '').slice(0, 60);
			const when = (column: string, from: Date | undefined, to: Date | undefined) =>
				sql`${from ? sql`AND report.${sql.ref(column)} >= ${from}::timestamptz` : sql``}
					${to ? sql`AND report.${sql.ref(column)} <= ${to}::timestamptz` : sql``}`;
			const where = sql`WHERE report.status = ANY(${[...statuses]}::text[]) AND report.same_as_id IS NULL
				${category ? sql`AND (category.code = ${category} OR category.parent_id = (SELECT id FROM operations.category top WHERE top.code = ${category}))` : sql``}
				${filter.numbers ? sql`AND report.number = ANY(${filter.numbers.map((number) => number.replaceAll('\0', '').slice(0, 40))}::text[])` : sql``}
				${when('created_at', filter.from, filter.to)} ${when('updated_at', filter.updatedFrom, filter.updatedTo)}
				${
					filter.near
						? sql`AND earth_distance(ll_to_earth(report.latitude, report.longitude),
							ll_to_earth(${filter.near.latitude}::float8, ${filter.near.longitude}::float8))
							<= ${filter.near.withinMeters}::float8`
						: sql``
				}`;
			const { rows } = await sql<{ count: number }>`SELECT count(*)::int AS count FROM operations.report
				JOIN operations.category ON category.id = report.category_id ${where}`.execute(db);
			const items = await readReportRows(
				db,
				sql`${where} ORDER BY report.created_at DESC, report.id LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
			);
			return { items: items.map(toPublicReport), total: rows[0]?.count ?? 0, page, pageSize };
		},

		...createDesk(context),
	};
}
