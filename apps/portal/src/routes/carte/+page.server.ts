import type { Theme } from '@parvis/town';
import { query } from '#lib/server/pages.ts';
import { publicMeasures } from '#lib/server/public-measures.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { town } = locals.rooms;
	const theme = Object.hasOwn(town.themes, query(url, 'theme') ?? '') ? (query(url, 'theme') as Theme) : null;
	const measure = query(url, 'mesure') ?? null;
	const [bounds, chosen, measured, all, settings] = await Promise.all([
		town.map.bounds(),
		query(url, 'lieu') ? town.places.get(query(url, 'lieu') ?? '') : null,
		publicMeasures(locals),
		town.places.list({ pageSize: 1000 }),
		town.settings.get(),
	]);
	const kinds = new Set(all.items.map(({ kind }) => town.kinds[kind].theme));
	const properties = new Map(
		measured.flatMap(({ values }) => values.map(({ series }) => [series.property, series.label] as const)),
	);
	return {
		theme,
		measure: measure && properties.has(measure) ? measure : null,
		themes: Object.entries(town.themes).flatMap(([name, label]) =>
			kinds.has(name as Theme) ? [{ name, label }] : [],
		),
		measures: [...properties].map(([name, label]) => ({ name, label })),
		places: measure
			? []
			: all.items
					.filter(({ kind }) => !theme || town.kinds[kind].theme === theme)
					.map((place) => ({ ...place, label: town.kinds[place.kind] })),
		values: measure
			? measured.flatMap(({ deviceId, name, values }) => {
					const value = values.find(({ series }) => series.property === measure);
					return value ? [{ deviceId, name, value }] : [];
				})
			: [],
		bounds,
		chosen: chosen && { longitude: chosen.longitude, latitude: chosen.latitude, name: chosen.name },
		styleUrl: settings.mapStyleUrl || locals.platform.config.mapStyleUrl,
	};
};
