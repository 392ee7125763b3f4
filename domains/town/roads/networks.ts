import type { Kysely } from 'kysely';
import type { DB } from '../tables.ts';
import type { RoadNetwork, RoadReport } from './face.ts';

export const fileKey = (id: string) => `town/roads/${id}`;

/** Networks, newest first. */
export async function readNetworks(db: Kysely<DB>, most: number): Promise<RoadNetwork[]> {
	const rows = await db
		.selectFrom('town.road_network')
		.selectAll()
		.orderBy('imported_at', 'desc')
		.orderBy('id', 'desc')
		.limit(most)
		.execute();
	return rows.map((row) => ({
		id: row.id,
		source: row.source,
		attribution: row.attribution,
		extractBytes: row.extract_bytes,
		graphBytes: row.graph_bytes,
		importedBy: row.imported_by,
		importedAt: row.imported_at,
		report: row.report as RoadReport,
	}));
}
