import type { Platform } from '@parvis/platform';
import { sql } from 'kysely';
import { contains, type Geometry, type Position } from './geometry.ts';
import type { DB } from './tables.ts';

export interface AreaSummary {
	id: string;
	slug: string;
	name: string;
	longitude: number;
	latitude: number;
}

export interface District extends AreaSummary {
	population: number | null;
	geometry: Geometry;
}

export interface Street extends AreaSummary {
	/** OpenStreetMap `highway` class: `residential`, `pedestrian` … */
	class: string;
	oneWay: boolean;
	district: { slug: string; name: string } | null;
	geometry: Geometry;
}

export interface Areas {
	districts(): Promise<(AreaSummary & { population: number | null; placeCount: number })[]>;
	district(slug: string): Promise<District | null>;
	/** By name; of a district when its slug is given. */
	streets(query?: { district?: string; text?: string; limit?: number }): Promise<AreaSummary[]>;
	street(slug: string): Promise<Street | null>;
	/** The district around a position; null outside of all. */
	districtAt(at: Position): Promise<{ id: string; name: string } | null>;
	/** Whether a position is in the town or near it: at most 20 km from a district's centre; true where there are none. */
	isNear(at: Position): Promise<boolean>;
	/** Where an address or the name of a place or street is: `12 rue des Lilas`, `piscine`; null when nothing is like it. */
	findAddress(text: string): Promise<{ longitude: number; latitude: number; placeId: string | null } | null>;
}

const nearMeters = 20_000;

export function createAreas(platform: Platform): Areas {
	const db = platform.db<DB>();
	return {
		async districts() {
			const rows = await db
				.selectFrom('town.district as district')
				.select(['district.id', 'district.slug', 'district.name', 'district.population'])
				.select(['district.longitude', 'district.latitude'])
				.select((e) =>
					e
						.selectFrom('town.place as place')
						.select(e.fn.countAll<number>().as('count'))
						.whereRef('place.district_id', '=', 'district.id')
						.where('place.archived_at', 'is', null)
						.as('places'),
				)
				.orderBy(sql`town.plain(district.name)`)
				.execute();
			return rows.map(({ places, ...row }) => ({ ...row, placeCount: places ?? 0 }));
		},

		async district(slug) {
			const row = await db
				.selectFrom('town.district')
				.select(['id', 'slug', 'name', 'population', 'longitude', 'latitude', 'geometry'])
				.where('slug', '=', slug)
				.executeTakeFirst();
			return row ? { ...row, geometry: row.geometry as Geometry } : null;
		},

		async streets({ district, text, limit = 500 } = {}) {
			return db
				.selectFrom('town.street as street')
				.select(['street.id', 'street.slug', 'street.name', 'street.longitude', 'street.latitude'])
				.$if(district !== undefined, (query) =>
					query.where('street.district_id', 'in', (sub) =>
						sub
							.selectFrom('town.district')
							.select('id')
							.where('slug', '=', district ?? ''),
					),
				)
				.$if(text !== undefined && text !== '', (query) =>
					query.where(sql<boolean>`strpos(town.plain(street.name), town.plain(${text ?? ''})) > 0`),
				)
				.orderBy(sql`town.plain(street.name)`)
				.limit(Math.min(limit, 2000))
				.execute();
		},

		async street(slug) {
			const row = await db
				.selectFrom('town.street as street')
				.leftJoin('town.district as district', 'district.id', 'street.district_id')
				.select(['street.id', 'street.slug', 'street.name', 'street.class', 'street.one_way'])
				.select(['street.longitude', 'street.latitude', 'street.geometry'])
				.select(['district.slug as district_slug', 'district.name as district_name'])
				.where('street.slug', '=', slug)
				.executeTakeFirst();
			if (!row) return null;
			const { one_way, district_slug, district_name, geometry, ...rest } = row;
			return {
				...rest,
				oneWay: one_way,
				district: district_slug && district_name ? { slug: district_slug, name: district_name } : null,
				geometry: geometry as Geometry,
			};
		},

		async districtAt(at) {
			const rows = await db.selectFrom('town.district').select(['id', 'name', 'geometry']).execute();
			const found = rows.find(({ geometry }) => contains(geometry as Geometry, at));
			return found ? { id: found.id, name: found.name } : null;
		},

		async isNear([longitude, latitude]) {
			const { rows } = await sql<{ near: boolean }>`
				SELECT coalesce(min(earth_distance(ll_to_earth(latitude, longitude),
					ll_to_earth(${latitude}, ${longitude}))) <= ${nearMeters}, true) AS near
				FROM town.district`.execute(db);
			return rows[0]?.near ?? true;
		},

		async findAddress(text) {
			const name = text
				.slice(0, 200)
				.split(',')[0]
				?.replace(/^\s*\d+\s*(bis|ter|quater)?\s+/i, '')
				.trim();
			if (!name) return null;
			const { rows } = await sql<{ longitude: number; latitude: number; placeId: string | null }>`
				SELECT longitude, latitude, place_id AS "placeId" FROM (
					SELECT longitude, latitude, id AS place_id, name FROM town.place WHERE archived_at IS NULL
					UNION ALL SELECT longitude, latitude, NULL, name FROM town.street) AS named
				WHERE similarity(town.plain(name), town.plain(${name})) >= 0.5
				ORDER BY similarity(town.plain(name), town.plain(${name})) DESC, name LIMIT 1`.execute(db);
			return rows[0] ?? null;
		},
	};
}
