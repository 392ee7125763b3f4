import { createHash } from 'node:crypto';
import type { Platform } from '@parvis/platform';
import { type Kysely, sql } from 'kysely';
import { boundsOf, type Geometry, type Position, positionsOf } from './geometry.ts';
import { placeKinds, toPlaceKind } from './kinds.ts';
import type { DB } from './tables.ts';

/** Layers of the drawing under the map, apart from streets, districts and places, which are the town's own tables. */
export const baseLayerNames = ['boundary', 'water', 'green', 'buildings'] as const;
export type BaseLayerName = (typeof baseLayerNames)[number];

export const mapLayerNames = [...baseLayerNames, 'streets', 'districts', 'places'] as const;
export type MapLayerName = (typeof mapLayerNames)[number];

export interface MapLayer {
	/** A GeoJSON FeatureCollection, as text. */
	geojson: string;
	/** Changes with the content: an ETag. */
	version: string;
}

export interface BaseMap {
	/** One layer; empty when nothing was imported. */
	layer(name: MapLayerName): Promise<MapLayer>;
	/** West, south, east, north of the town; null when it has nothing on the map. */
	bounds(): Promise<[number, number, number, number] | null>;
	/** Lines and shapes around a position, for a small drawing on a page. */
	around(
		at: Position,
		radiusMeters: number,
	): Promise<{ layer: MapLayerName; class: string | null; shape: Geometry }[]>;
}

/** About 10 cm: more digits than a town's map shows only weigh. */
const decimals = 6;

function rounded(coordinates: unknown): unknown {
	if (Array.isArray(coordinates)) return coordinates.map(rounded);
	return Number((coordinates as number).toFixed(decimals));
}

function collectionText(
	features: readonly { properties: Record<string, unknown>; geometry: Geometry }[],
): string {
	return JSON.stringify({
		type: 'FeatureCollection',
		features: features.map(({ properties, geometry }) => ({
			type: 'Feature',
			properties,
			geometry: { type: geometry.type, coordinates: rounded(geometry.coordinates) },
		})),
	});
}

const versionOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** @returns whether the layer is another than before */
export async function storeBaseLayer(
	trx: Kysely<DB>,
	name: BaseLayerName,
	features: readonly { shape: Geometry; name: string | null }[],
): Promise<boolean> {
	const geojson = collectionText(
		features.map(({ shape, name }) => ({ properties: name ? { name } : {}, geometry: shape })),
	);
	const version = versionOf(geojson);
	const written = await trx
		.insertInto('town.base_layer')
		.values({ name, geojson, version })
		.onConflict((conflict) =>
			conflict
				.column('name')
				.doUpdateSet({ geojson, version })
				.where('town.base_layer.version', '<>', version),
		)
		.returning('name')
		.executeTakeFirst();
	return written !== undefined;
}

export function createBaseMap(platform: Platform): BaseMap {
	const db = platform.db<DB>();
	/** Layers as last read, by the state of their table: a row count and its newest change. */
	const cache = new Map<
		MapLayerName,
		{ state: string; layer: MapLayer; shapes: { class: string | null; shape: Geometry }[] }
	>();

	async function stateOf(name: MapLayerName): Promise<string> {
		if (name === 'places') {
			const { rows } = await sql<{ state: string }>`
				SELECT count(*) || ' ' || coalesce(max(updated_at), 'epoch') || ' ' || count(archived_at) AS state FROM town.place`.execute(
				db,
			);
			return rows[0]?.state ?? '';
		}
		if (name === 'streets' || name === 'districts') {
			const table = sql.table(name === 'streets' ? 'town.street' : 'town.district');
			const { rows } = await sql<{
				state: string;
			}>`SELECT count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) AS state FROM ${table}`.execute(db);
			return rows[0]?.state ?? '';
		}
		const row = await db
			.selectFrom('town.base_layer')
			.select('version')
			.where('name', '=', name)
			.executeTakeFirst();
		return row?.version ?? '';
	}

	async function read(name: MapLayerName) {
		const state = await stateOf(name);
		const cached = cache.get(name);
		if (cached?.state === state) return cached;
		const geojson = await textOf(name);
		const { features } = JSON.parse(geojson) as {
			features: { properties: { class?: string }; geometry: Geometry }[];
		};
		const entry = {
			state,
			layer: { geojson, version: versionOf(geojson) },
			shapes: features.map(({ properties, geometry }) => ({
				class: properties.class ?? null,
				shape: geometry,
			})),
		};
		cache.set(name, entry);
		return entry;
	}

	async function textOf(name: MapLayerName): Promise<string> {
		if (name === 'places') {
			const rows = await db
				.selectFrom('town.place')
				.select(['id', 'slug', 'kind', 'name', 'longitude', 'latitude'])
				.where('archived_at', 'is', null)
				.orderBy('name')
				.execute();
			return collectionText(
				rows.map(({ id, slug, kind, name: title, longitude, latitude }) => ({
					properties: { id, slug, kind, theme: placeKinds[toPlaceKind(kind)].theme, name: title },
					geometry: { type: 'Point', coordinates: [longitude, latitude] },
				})),
			);
		}
		if (name === 'streets') {
			const rows = await db
				.selectFrom('town.street')
				.select(['slug', 'name', 'class', 'geometry'])
				.orderBy('slug')
				.execute();
			return collectionText(
				rows.map(({ geometry, ...properties }) => ({ properties, geometry: geometry as Geometry })),
			);
		}
		if (name === 'districts') {
			const rows = await db
				.selectFrom('town.district')
				.select(['slug', 'name', 'geometry'])
				.orderBy('slug')
				.execute();
			return collectionText(
				rows.map(({ geometry, ...properties }) => ({ properties, geometry: geometry as Geometry })),
			);
		}
		const row = await db
			.selectFrom('town.base_layer')
			.select('geojson')
			.where('name', '=', name)
			.executeTakeFirst();
		return row?.geojson ?? '{"type":"FeatureCollection","features":[]}';
	}

	return {
		layer: async (name) => (await read(name)).layer,

		async bounds() {
			const parts = await Promise.all((['boundary', 'districts', 'streets', 'places'] as const).map(read));
			const shapes = parts.find((part) => part.shapes.length)?.shapes ?? [];
			return boundsOf(shapes.flatMap(({ shape }) => positionsOf(shape)));
		},

		async around([longitude, latitude], radiusMeters) {
			const dy = radiusMeters / 111_320;
			const dx = dy / Math.cos((latitude * Math.PI) / 180);
			const near = (shape: Geometry) => {
				const box = boundsOf(positionsOf(shape));
				return (
					box !== null &&
					box[0] < longitude + dx &&
					box[2] > longitude - dx &&
					box[1] < latitude + dy &&
					box[3] > latitude - dy
				);
			};
			const found = [];
			for (const layer of ['water', 'green', 'buildings', 'streets'] as const)
				for (const { class: kind, shape } of (await read(layer)).shapes)
					if (near(shape)) found.push({ layer, class: kind, shape });
			return found;
		},
	};
}
