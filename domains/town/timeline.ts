import type { AnyTransaction, Platform } from '@parvis/platform';
import type { DB } from './tables.ts';

/** A public fact: what happened, when, where, and the page that tells more. */
export interface TimelineEntry {
	room: string;
	/** Unique in its room: `alarm:0193…`. Recording it again replaces it. */
	subject: string;
	placeId: string | null;
	happenedAt: Date;
	title: { fr: string; en: string };
	/** Path on the site. */
	url: string | null;
}

export interface TimelineItem extends TimelineEntry {
	place: { slug: string; name: string } | null;
}

export interface TimelineQuery {
	placeId?: string;
	districtId?: string;
	streetId?: string;
	before?: Date;
	limit?: number;
}

export interface Timeline {
	/** Put a fact in, in the transaction that made it true. */
	record(trx: AnyTransaction, entry: TimelineEntry): Promise<void>;
	/** Take a fact out again. */
	remove(trx: AnyTransaction, room: string, subject: string): Promise<void>;
	/** Newest first; of the whole town when nothing narrows it. */
	list(query?: TimelineQuery): Promise<TimelineItem[]>;
}

export function createTimeline(platform: Platform): Timeline {
	const db = platform.db<DB>();
	return {
		async record(trx, { room, subject, placeId, happenedAt, title, url }) {
			const values = {
				place_id: placeId,
				happened_at: happenedAt,
				title_fr: title.fr,
				title_en: title.en,
				url,
			};
			await trx
				.insertInto('town.timeline_entry')
				.values({ room, subject, ...values })
				.onConflict((conflict) => conflict.columns(['room', 'subject']).doUpdateSet(values))
				.execute();
		},

		async remove(trx, room, subject) {
			await trx
				.deleteFrom('town.timeline_entry')
				.where('room', '=', room)
				.where('subject', '=', subject)
				.execute();
		},

		async list({ placeId, districtId, streetId, before, limit = 20 } = {}) {
			const rows = await db
				.selectFrom('town.timeline_entry as entry')
				.leftJoin('town.place as place', 'place.id', 'entry.place_id')
				.select([
					'entry.room',
					'entry.subject',
					'entry.place_id',
					'entry.happened_at',
					'entry.title_fr',
					'entry.title_en',
					'entry.url',
					'place.slug',
					'place.name',
				])
				.$if(placeId !== undefined, (query) => query.where('entry.place_id', '=', placeId ?? null))
				.$if(districtId !== undefined, (query) => query.where('place.district_id', '=', districtId ?? null))
				.$if(streetId !== undefined, (query) => query.where('place.street_id', '=', streetId ?? null))
				.$if(before !== undefined, (query) => query.where('entry.happened_at', '<', before ?? new Date()))
				.orderBy('entry.happened_at', 'desc')
				.orderBy('entry.subject')
				.limit(Math.min(limit, 200))
				.execute();
			return rows.map((row) => ({
				room: row.room,
				subject: row.subject,
				placeId: row.place_id,
				happenedAt: row.happened_at,
				title: { fr: row.title_fr, en: row.title_en },
				url: row.url,
				place: row.slug !== null && row.name !== null ? { slug: row.slug, name: row.name } : null,
			}));
		},
	};
}
