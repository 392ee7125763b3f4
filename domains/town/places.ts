import { type Actor, newId, ok, type Platform, type Result, refuse } from '@parvis/platform';
import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { z } from 'zod';
import { contains, type Geometry, type Position } from './geometry.ts';
import { type PlaceKind, placeKinds, toPlaceKind } from './kinds.ts';
import { checkOpeningHours } from './opening-hours.ts';
import { mayEditPlaces } from './policies.ts';
import type { Search, SearchDocument } from './search.ts';
import { takeSlug } from './slug.ts';
import type { DB } from './tables.ts';

export interface PlaceSummary {
	id: string;
	slug: string;
	kind: PlaceKind;
	name: string;
	/** `12 rue du Pont`, or null. */
	address: string | null;
	longitude: number;
	latitude: number;
}

export interface Place extends PlaceSummary {
	externalId: string | null;
	description: string;
	houseNumber: string | null;
	streetName: string | null;
	postcode: string | null;
	city: string | null;
	district: { slug: string; name: string } | null;
	street: { slug: string; name: string } | null;
	/** OpenStreetMap `opening_hours` syntax. */
	openingHours: string | null;
	website: string | null;
	phone: string | null;
	email: string | null;
	/** People, cars or bicycles it holds. */
	capacity: number | null;
	archivedAt: Date | null;
}

/** A place near a position. */
export interface NearPlace extends PlaceSummary {
	distanceMeters: number;
}

export interface PlaceQuery {
	kind?: string;
	district?: string;
	street?: string;
	/** Part of the name. */
	text?: string;
	page?: number;
	pageSize?: number;
	/** Archived ones too, for editors. */
	archived?: boolean;
}

export interface PlaceList {
	items: PlaceSummary[];
	total: number;
	page: number;
	pageSize: number;
}

const optionalLine = (longest: number) =>
	z
		.string()
		.trim()
		.max(longest)
		.nullish()
		.transform((text) => text || null);

/** What a form, a file or another system says of a place. */
export const placeInput = z.object({
	kind: z.string().transform(toPlaceKind),
	name: z.string().trim().min(1, 'town.place_name_missing').max(200),
	description: z.string().trim().max(5000).default(''),
	longitude: z.coerce.number().min(-180).max(180),
	latitude: z.coerce.number().min(-90).max(90),
	houseNumber: optionalLine(20),
	streetName: optionalLine(200),
	postcode: optionalLine(10),
	city: optionalLine(100),
	openingHours: optionalLine(500),
	website: z
		.union([z.literal('').transform(() => null), z.url({ protocol: /^https?$/ })])
		.nullish()
		.transform((text) => text ?? null),
	phone: optionalLine(30),
	email: z
		.union([z.literal('').transform(() => null), z.email()])
		.nullish()
		.transform((text) => text ?? null),
	capacity: z
		.union([z.literal('').transform(() => null), z.coerce.number().int().min(0).max(1_000_000)])
		.nullish()
		.transform((value) => value ?? null),
});
export type PlaceInput = z.input<typeof placeInput>;
export type PlaceValues = z.output<typeof placeInput>;

export interface Places {
	get(slug: string): Promise<Place | null>;
	list(query?: PlaceQuery): Promise<PlaceList>;
	/** Nearest first, on the ground, 10 km at most. */
	nearest(
		at: Position,
		options?: { kind?: string; limit?: number; withinMeters?: number },
	): Promise<NearPlace[]>;
	/** Places by id, slug or external id; unknown references are absent from the answer. */
	find(references: readonly string[]): Promise<Map<string, PlaceSummary>>;
	/** How many of each kind there are, most first. */
	kinds(): Promise<{ kind: PlaceKind; count: number }[]>;
	create(actor: Actor, input: PlaceInput): Promise<Result<Place>>;
	change(actor: Actor, slug: string, input: PlaceInput): Promise<Result<Place>>;
	/** Off the lists, the map and the search; its page says so. */
	archive(actor: Actor, slug: string, archived: boolean): Promise<Result<null>>;
}

/** @returns what makes columns of a place's values; district and street are found from position and address */
export async function readPlaceColumns(db: Kysely<DB>) {
	const districts = await db.selectFrom('town.district').select(['id', 'geometry']).execute();
	const streets = new Map(
		(await db.selectFrom('town.street').select(['id', 'name']).execute()).map(({ id, name }) => [
			name.toLowerCase(),
			id,
		]),
	);
	return (values: PlaceValues) => {
		const at: Position = [values.longitude, values.latitude];
		return {
			kind: values.kind,
			name: values.name,
			description: values.description,
			longitude: values.longitude,
			latitude: values.latitude,
			house_number: values.houseNumber,
			street_name: values.streetName,
			postcode: values.postcode,
			city: values.city,
			opening_hours: values.openingHours,
			website: values.website,
			phone: values.phone,
			email: values.email,
			capacity: values.capacity,
			district_id: districts.find(({ geometry }) => contains(geometry as Geometry, at))?.id ?? null,
			street_id: streets.get(values.streetName?.toLowerCase() ?? '') ?? null,
		};
	};
}

export function placeDocument(place: {
	id: string;
	slug: string;
	kind: string;
	name: string;
	description: string;
	street_name: string | null;
	house_number: string | null;
}): SearchDocument {
	const kind = placeKinds[toPlaceKind(place.kind)];
	const address = [place.house_number, place.street_name].filter(Boolean).join(' ');
	return {
		room: 'town',
		kind: 'place',
		id: place.id,
		title: place.name,
		body: [`${kind.fr}.`, place.description, address].filter(Boolean).join(' '),
		url: `/lieux/${place.slug}`,
	};
}

const summaryColumns = [
	'place.id',
	'place.slug',
	'place.kind',
	'place.name',
	'place.house_number',
	'place.street_name',
	'place.longitude',
	'place.latitude',
] as const;

interface SummaryRow {
	id: string;
	slug: string;
	kind: string;
	name: string;
	house_number: string | null;
	street_name: string | null;
	longitude: number;
	latitude: number;
}

function toSummary(row: SummaryRow): PlaceSummary {
	return {
		id: row.id,
		slug: row.slug,
		kind: toPlaceKind(row.kind),
		name: row.name,
		address: row.street_name ? [row.house_number, row.street_name].filter(Boolean).join(' ') : null,
		longitude: row.longitude,
		latitude: row.latitude,
	};
}

export function createPlaces(platform: Platform, search: Search): Places {
	const db = platform.db<DB>();

	async function get(slug: string): Promise<Place | null> {
		const row = await db
			.selectFrom('town.place as place')
			.leftJoin('town.district as district', 'district.id', 'place.district_id')
			.leftJoin('town.street as street', 'street.id', 'place.street_id')
			.selectAll('place')
			.select(['district.slug as district_slug', 'district.name as district_name'])
			.select(['street.slug as street_slug', 'street.name as street_full_name'])
			.where('place.slug', '=', slug)
			.executeTakeFirst();
		if (!row) return null;
		return {
			...toSummary(row),
			externalId: row.external_id,
			description: row.description,
			houseNumber: row.house_number,
			streetName: row.street_name,
			postcode: row.postcode,
			city: row.city,
			district:
				row.district_slug && row.district_name ? { slug: row.district_slug, name: row.district_name } : null,
			street:
				row.street_slug && row.street_full_name
					? { slug: row.street_slug, name: row.street_full_name }
					: null,
			openingHours: row.opening_hours,
			website: row.website,
			phone: row.phone,
			email: row.email,
			capacity: row.capacity,
			archivedAt: row.archived_at,
		};
	}

	/** The input's values, or the first thing wrong with it. */
	function check(input: PlaceInput): Result<PlaceValues> {
		const parsed = placeInput.safeParse(input);
		if (!parsed.success) {
			const [issue] = parsed.error.issues;
			if (issue?.message.startsWith('town.')) return refuse(issue.message);
			return refuse('town.place_field_invalid', { field: String(issue?.path[0] ?? '') });
		}
		if (parsed.data.openingHours) {
			const hours = checkOpeningHours(parsed.data.openingHours);
			if (!hours.ok) return hours;
		}
		return ok(parsed.data);
	}

	async function saved(slug: string): Promise<Result<Place>> {
		const place = await get(slug);
		return place ? ok(place) : refuse('town.place_unknown');
	}

	return {
		get,

		async list({ kind, district, street, text, page = 1, pageSize = 24, archived = false } = {}) {
			const narrowed = <O>(query: SelectQueryBuilder<DB & { place: DB['town.place'] }, 'place', O>) =>
				query
					.$if(!archived, (q) => q.where('place.archived_at', 'is', null))
					.$if(kind !== undefined, (q) => q.where('place.kind', '=', kind ?? ''))
					.$if(text !== undefined && text !== '', (q) =>
						q.where(sql<boolean>`strpos(town.plain(place.name), town.plain(${text ?? ''})) > 0`),
					)
					.$if(district !== undefined, (q) =>
						q.where('place.district_id', 'in', (sub) =>
							sub
								.selectFrom('town.district')
								.select('id')
								.where('slug', '=', district ?? ''),
						),
					)
					.$if(street !== undefined, (q) =>
						q.where('place.street_id', 'in', (sub) =>
							sub
								.selectFrom('town.street')
								.select('id')
								.where('slug', '=', street ?? ''),
						),
					);
			const from = db.selectFrom('town.place as place');
			const { total } = await narrowed(
				from.select((e) => e.fn.countAll<number>().as('total')),
			).executeTakeFirstOrThrow();
			const size = Math.min(Math.max(pageSize, 1), 1000);
			const rows = await narrowed(from.select(summaryColumns))
				.orderBy(sql`town.plain(place.name)`)
				.orderBy('place.id')
				.limit(size)
				.offset((Math.max(page, 1) - 1) * size)
				.execute();
			return { items: rows.map(toSummary), total, page: Math.max(page, 1), pageSize: size };
		},

		async nearest([longitude, latitude], { kind, limit = 10, withinMeters = 10_000 } = {}) {
			const here = sql`ll_to_earth(${latitude}, ${longitude})`;
			const there = sql`ll_to_earth(place.latitude, place.longitude)`;
			const rows = await db
				.selectFrom('town.place as place')
				.select(summaryColumns)
				.select(sql<number>`earth_distance(${here}, ${there})`.as('distance'))
				.where('place.archived_at', 'is', null)
				.where(sql<boolean>`earth_box(${here}, ${withinMeters}) @> ${there}`)
				.where(sql<boolean>`earth_distance(${here}, ${there}) <= ${withinMeters}`)
				.$if(kind !== undefined, (query) => query.where('place.kind', '=', kind ?? ''))
				.orderBy('distance')
				.limit(Math.min(limit, 200))
				.execute();
			return rows.map((row) => ({ ...toSummary(row), distanceMeters: row.distance }));
		},

		async find(references) {
			if (!references.length) return new Map();
			const wanted = [...new Set(references)];
			const rows = await db
				.selectFrom('town.place as place')
				.select([...summaryColumns, 'place.external_id'])
				.where((e) =>
					e.or([
						e('place.slug', 'in', wanted),
						e('place.external_id', 'in', wanted),
						e(sql<string>`place.id::text`, 'in', wanted),
					]),
				)
				.execute();
			const found = new Map<string, PlaceSummary>();
			for (const row of rows)
				for (const reference of [row.external_id, row.slug, row.id])
					if (reference !== null && wanted.includes(reference)) found.set(reference, toSummary(row));
			return found;
		},

		async kinds() {
			const rows = await db
				.selectFrom('town.place')
				.select(['kind', (e) => e.fn.countAll<number>().as('count')])
				.where('archived_at', 'is', null)
				.groupBy('kind')
				.orderBy('count', 'desc')
				.execute();
			return rows.map(({ kind, count }) => ({ kind: toPlaceKind(kind), count }));
		},

		async create(actor, input) {
			if (!mayEditPlaces(actor)) return refuse('platform.not_allowed');
			const checked = check(input);
			if (!checked.ok) return checked;
			const slug = await db.transaction().execute(async (trx) => {
				const columns = (await readPlaceColumns(trx))(checked.value);
				const taken = await trx.selectFrom('town.place').select('slug').execute();
				const row = {
					id: newId(),
					slug: takeSlug(columns.name, new Set(taken.map((place) => place.slug))),
					...columns,
				};
				await trx.insertInto('town.place').values(row).execute();
				await search.index(trx, [placeDocument(row)]);
				await platform.audit.record(trx, { actor, action: 'town.place.created', subject: `place:${row.id}` });
				return row.slug;
			});
			return saved(slug);
		},

		async change(actor, slug, input) {
			if (!mayEditPlaces(actor)) return refuse('platform.not_allowed');
			const checked = check(input);
			if (!checked.ok) return checked;
			await db.transaction().execute(async (trx) => {
				const row = await trx
					.updateTable('town.place')
					.set({ ...(await readPlaceColumns(trx))(checked.value), updated_at: new Date() })
					.where('slug', '=', slug)
					.returningAll()
					.executeTakeFirst();
				if (!row) return;
				if (!row.archived_at) await search.index(trx, [placeDocument(row)]);
				await platform.audit.record(trx, { actor, action: 'town.place.changed', subject: `place:${row.id}` });
			});
			return saved(slug);
		},

		async archive(actor, slug, archived) {
			if (!mayEditPlaces(actor)) return refuse('platform.not_allowed');
			return db.transaction().execute(async (trx) => {
				const row = await trx
					.updateTable('town.place')
					.set({ archived_at: archived ? new Date() : null })
					.where('slug', '=', slug)
					.returningAll()
					.executeTakeFirst();
				if (!row) return refuse('town.place_unknown');
				if (archived) await search.remove(trx, 'town', 'place', [row.id]);
				else await search.index(trx, [placeDocument(row)]);
				await platform.audit.record(trx, {
					actor,
					action: archived ? 'town.place.archived' : 'town.place.restored',
					subject: `place:${row.id}`,
				});
				return ok(null);
			});
		},
	};
}
