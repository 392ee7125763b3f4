import { sql } from 'kysely';
import type { Db } from '../context.ts';
import type { Category } from '../kinds.ts';
import type { Campaign, CampaignMoment, CampaignSummary, DropOffPoint, ItemEnd, Opening } from './face.ts';
import { slotsOf } from './rules/slots.ts';

interface CampaignRow
	extends Pick<
		CampaignSummary,
		'id' | 'slug' | 'title' | 'why' | 'audience' | 'taken' | 'status' | 'simulated' | 'version'
	> {
	not_taken: string | null;
	starts_on: string;
	ends_on: string;
	published_at: Date | null;
	counts: { category: Category; end: ItemEnd | null; items: number }[];
}

const momentOf = ({ starts_on, ends_on }: CampaignRow, today: string): CampaignMoment =>
	today < starts_on ? 'coming' : today > ends_on ? 'over' : 'under_way';

export function toSummary(row: CampaignRow, today: string): CampaignSummary {
	const ends: Partial<Record<ItemEnd, number>> = {};
	let items = 0;
	for (const count of row.counts) {
		items += count.items;
		if (count.end) ends[count.end] = (ends[count.end] ?? 0) + count.items;
	}
	return {
		id: row.id,
		slug: row.slug,
		title: row.title,
		why: row.why,
		audience: row.audience,
		taken: row.taken,
		startsOn: row.starts_on,
		endsOn: row.ends_on,
		status: row.status,
		moment: momentOf(row, today),
		simulated: row.simulated,
		items,
		ends,
		version: row.version,
	};
}

/** Campaigns with what was brought, by category and end. */
export async function readCampaigns(
	db: Db,
	where: { slug?: string; published?: boolean } = {},
): Promise<CampaignRow[]> {
	const { rows } = await sql<CampaignRow>`
		SELECT campaign.id, slug, title, why, audience, taken, not_taken, starts_on::text, ends_on::text, status, simulated,
			version, published_at, coalesce(counts.list, '[]'::jsonb) AS counts
		FROM equipment.campaign
		LEFT JOIN LATERAL (
			SELECT jsonb_agg(jsonb_build_object('category', category, 'end', ended_as, 'items', n)
				ORDER BY category, ended_as) AS list
			FROM (SELECT category, ended_as, count(*)::int AS n FROM equipment.collected_item
				WHERE campaign_id = campaign.id GROUP BY category, ended_as) AS grouped
		) AS counts ON true
		WHERE (${where.slug ?? null}::text IS NULL OR slug = ${where.slug ?? null})
			AND (NOT ${where.published ?? false}::boolean OR status IN ('published', 'cancelled'))
		ORDER BY starts_on DESC, campaign.id`.execute(db);
	return rows;
}

interface PointRow {
	id: string;
	name: string;
	address: string | null;
	place_id: string | null;
	longitude: number;
	latitude: number;
	note: string | null;
}

/** Points of a campaign with their openings and what is free of each slot; places are left to the caller. */
export async function readPoints(
	db: Db,
	campaignId: string,
): Promise<(Omit<DropOffPoint, 'place'> & { placeId: string | null })[]> {
	const points = await db
		.selectFrom('equipment.drop_off_point')
		.select(['id', 'name', 'address', 'place_id', 'longitude', 'latitude', 'note'])
		.where('campaign_id', '=', campaignId)
		.orderBy('created_at')
		.orderBy('id')
		.execute();
	if (!points.length) return [];
	const openings = await db
		.selectFrom('equipment.opening')
		.selectAll()
		.where(
			'point_id',
			'in',
			points.map(({ id }) => id),
		)
		.orderBy('starts_at')
		.execute();
	const { rows: taken } = openings.length
		? await sql<{ opening_id: string; slot_starts_at: Date; count: number }>`
			SELECT opening_id, slot_starts_at, count(*)::int AS count FROM equipment.booking
			WHERE cancelled_at IS NULL AND opening_id = ANY(${openings.map(({ id }) => id)}::uuid[])
			GROUP BY opening_id, slot_starts_at`.execute(db)
		: { rows: [] };
	const key = (id: string, at: Date) => `${id} ${at.getTime()}`;
	const counts = new Map(taken.map((row) => [key(row.opening_id, row.slot_starts_at), row.count]));
	return points.map((point: PointRow) => ({
		id: point.id,
		name: point.name,
		address: point.address,
		placeId: point.place_id,
		longitude: point.longitude,
		latitude: point.latitude,
		note: point.note,
		openings: openings
			.filter(({ point_id }) => point_id === point.id)
			.map((row): Opening => {
				const capacity = row.slot_capacity ?? 0;
				return {
					id: row.id,
					startsAt: row.starts_at,
					endsAt: row.ends_at,
					slotMinutes: row.slot_minutes,
					slotCapacity: row.slot_capacity,
					bookings: taken.reduce((sum, one) => sum + (one.opening_id === row.id ? one.count : 0), 0),
					slots: slotsOf({
						startsAt: row.starts_at,
						endsAt: row.ends_at,
						slotMinutes: row.slot_minutes,
					}).map((slot) => ({
						...slot,
						openingId: row.id,
						capacity,
						free: Math.max(0, capacity - (counts.get(key(row.id, slot.startsAt)) ?? 0)),
					})),
				};
			}),
	}));
}

export const toCampaign = (row: CampaignRow, points: DropOffPoint[], today: string): Campaign => ({
	...toSummary(row, today),
	notTaken: row.not_taken,
	points,
	counts: row.counts,
});
