import type { Actor, Platform, Result, Room } from '@parvis/platform';
import { createTownApi } from './api.ts';
import { type Areas, createAreas } from './areas.ts';
import { type BaseMap, createBaseMap } from './base-map.ts';
import { createImport, type ImportKind, type ImportOptions, type ImportReport } from './import.ts';
import { placeKinds, themes } from './kinds.ts';
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import { openingState, openingWeek } from './opening-hours.ts';
import { createPlaces, type Places } from './places.ts';
import { mayChangeSettings, mayEditPlaces } from './policies.ts';
import type { Roads } from './roads/face.ts';
import { createRoads } from './roads/index.ts';
import { createSearch, type Search } from './search.ts';
import { createSettings, type SettingsUseCases } from './settings.ts';
import type { DB } from './tables.ts';
import { createTimeline, type Timeline } from './timeline.ts';

export type { AreaSummary, Areas, District, Street } from './areas.ts';
export { type BaseMap, type MapLayer, type MapLayerName, mapLayerNames } from './base-map.ts';
export { type Accent, contrastRatio } from './contrast.ts';
export { distanceMeters, type Geometry, type Position } from './geometry.ts';
export { type ImportFault, type ImportKind, type ImportReport, importKinds } from './import.ts';
export { type PlaceKind, placeKinds, type Theme, themes } from './kinds.ts';
export { type OpeningDay, type OpeningState, openingState, openingWeek } from './opening-hours.ts';
export type { NearPlace, Place, PlaceInput, PlaceList, PlaceQuery, PlaceSummary } from './places.ts';
export { mayChangeSettings, mayEditPlaces } from './policies.ts';
export {
	mostExtractBytes,
	type RoadImportOptions,
	type RoadMatrix,
	type RoadNetwork,
	type RoadOptions,
	type RoadProfile,
	type RoadProvider,
	type RoadReport,
	type RoadRoute,
	type RoadStatus,
	type Roads,
	roadProfiles,
} from './roads/face.ts';
export {
	type Fragment,
	fragmentsOf,
	markEnd,
	markStart,
	type SearchAnswer,
	type SearchDocument,
	type SearchHit,
} from './search.ts';
export type { Settings, SettingsValues } from './settings.ts';
export type { TimelineEntry, TimelineItem, TimelineQuery } from './timeline.ts';

/** Where things are: places, streets, districts, and what is found and happens there. */
export interface Town {
	room: Room;
	settings: SettingsUseCases;
	places: Places;
	areas: Areas;
	map: BaseMap;
	/** Distances, durations and ways by car, truck, bicycle and on foot. */
	roads: Roads;
	search: Search;
	timeline: Timeline;
	/** Words and pure rules for pages, which import types only. */
	kinds: typeof placeKinds;
	themes: typeof themes;
	openingHours: { state: typeof openingState; week: typeof openingWeek };
	may: { editPlaces(actor: Actor): boolean; changeSettings(actor: Actor): boolean };
	import(
		actor: Actor,
		kind: ImportKind,
		text: string,
		options?: ImportOptions,
	): Promise<Result<ImportReport>>;
	/** Nothing was imported yet. */
	isEmpty(): Promise<boolean>;
}

export function createTown(platform: Platform): Town {
	const db = platform.db<DB>();
	const search = createSearch(platform);
	const town = {
		search,
		settings: createSettings(platform),
		places: createPlaces(platform, search),
		areas: createAreas(platform),
		map: createBaseMap(platform),
		roads: createRoads(platform),
		timeline: createTimeline(platform),
		import: createImport(platform, search),
		kinds: placeKinds,
		themes,
		openingHours: { state: openingState, week: openingWeek },
		may: { editPlaces: mayEditPlaces, changeSettings: mayChangeSettings },
		async isEmpty() {
			const { rows } = await platform.pool.query<{ empty: boolean }>(
				'SELECT NOT EXISTS (SELECT FROM town.place) AND NOT EXISTS (SELECT FROM town.street) AS empty',
			);
			return rows[0]?.empty ?? true;
		},
	};

	platform.datasets.offer('town', {
		name: 'lieux',
		title: { fr: 'Lieux de la commune', en: 'Places of the town' },
		columns: ['id', 'kind', 'name', 'address', 'longitude', 'latitude', 'openingHours', 'website'],
		async *rows() {
			const stream = db.selectFrom('town.place').selectAll().where('archived_at', 'is', null).orderBy('slug');
			for (const row of await stream.execute())
				yield [
					row.external_id ?? row.id,
					row.kind,
					row.name,
					row.street_name ? [row.house_number, row.street_name].filter(Boolean).join(' ') : null,
					row.longitude,
					row.latitude,
					row.opening_hours,
					row.website,
				];
		},
	});
	platform.datasets.offer('town', {
		name: 'rues',
		title: { fr: 'Rues de la commune', en: 'Streets of the town' },
		columns: ['id', 'name', 'class', 'oneWay', 'longitude', 'latitude'],
		async *rows() {
			for (const row of await db.selectFrom('town.street').selectAll().orderBy('slug').execute())
				yield [row.external_id, row.name, row.class, row.one_way, row.longitude, row.latitude];
		},
	});

	return {
		...town,
		room: {
			name: 'town',
			migrations: new URL('./migrations/', import.meta.url),
			messages: { fr, en },
			roles: ['town:editor', 'town:administrator'],
			scopes: ['places:write', 'settings:write'],
			api: createTownApi(platform, town),
			stop: town.roads.stop,
		},
	};
}
