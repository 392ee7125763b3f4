import { sql } from 'kysely';
import type { Context } from '../../context.ts';
import type { PublicReport, Reports } from '../face.ts';
import { readCategory } from '../settings/categories.ts';
import { readReportRows, toPublicReport } from './rows.ts';

const nearMeters = 80;
/** Words that say the same reach further. */
const wordsReachMeters = 200;
const leastSimilarity = 0.25;
const recentDays = 60;
const mostShown = 5;

/**
 * Open reports that may be about the same: of the same family of categories and within 80 m, or within 200 m when their
 * words are alike (trigram similarity, which the reader of the answer never sees). Likeliest first: nearness counts most,
 * then the same category, then the words.
 */
export async function findSimilar(
	context: Context,
	given: Parameters<Reports['similar']>[0],
): Promise<(PublicReport & { distanceMeters: number })[]> {
	const category = await readCategory(context.db, given.category.slice(0, 60));
	if (!category || !Number.isFinite(given.longitude) || !Number.isFinite(given.latitude)) return [];
	if (Math.abs(given.longitude) > 180 || Math.abs(given.latitude) > 90) return [];
	const family = category.parentId ?? category.id;
	const words = (given.description ?? '').replaceAll('\0', '').slice(0, 500);
	const { rows } = await sql<{ id: string; distance: number }>`
		WITH near AS (
			SELECT report.id, report.category_id, report.created_at,
				earth_distance(ll_to_earth(report.latitude, report.longitude),
					ll_to_earth(${given.latitude}::float8, ${given.longitude}::float8)) AS distance,
				similarity(town.plain(report.description), town.plain(${words})) AS likeness
			FROM operations.report JOIN operations.category ON category.id = report.category_id
			WHERE report.status IN ('received', 'planned') AND report.same_as_id IS NULL
				AND coalesce(category.parent_id, category.id) = ${family}
				AND report.created_at > ${new Date(context.now().getTime() - recentDays * 86_400_000)}::timestamptz
				AND earth_box(ll_to_earth(${given.latitude}::float8, ${given.longitude}::float8), ${wordsReachMeters})
					@> ll_to_earth(report.latitude, report.longitude)
		)
		SELECT id, distance FROM near
		WHERE distance <= ${nearMeters} OR (distance <= ${wordsReachMeters} AND likeness >= ${leastSimilarity})
		ORDER BY exp(-distance / ${nearMeters}::float8) + CASE WHEN category_id = ${category.id} THEN 0.3 ELSE 0 END
			+ likeness * 0.5 DESC, created_at DESC LIMIT ${mostShown}`.execute(context.db);
	const ids = rows.map(({ id }) => id);
	if (!ids.length) return [];
	const reports = new Map(
		(await readReportRows(context.db, sql`WHERE report.id = ANY(${ids}::uuid[])`)).map((row) => [
			row.id,
			row,
		]),
	);
	return rows.flatMap(({ id, distance }) => {
		const row = reports.get(id);
		return row ? [{ ...toPublicReport(row), distanceMeters: Math.round(distance) }] : [];
	});
}
