import { query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { town } = locals.rooms;
	const typed = query(url, 'rue') ?? '';
	// A house number or a comma and the town's name are how people write an address; streets are found by name.
	const name = typed
		.replace(/^\s*\d+\s*(bis|ter|quater)?[\s,]+/i, '')
		.replace(/,.*$/, '')
		.trim();
	const [longitude, latitude] = ['longitude', 'latitude'].map((part) =>
		Number(query(url, part) ?? Number.NaN),
	);
	const located =
		longitude !== undefined &&
		latitude !== undefined &&
		Math.abs(longitude) <= 180 &&
		Math.abs(latitude) <= 90;
	const streets = name ? await town.areas.streets({ text: name, limit: 8 }) : [];
	const street =
		streets.length === 1 || streets[0]?.name.toLowerCase() === name.toLowerCase() ? streets[0] : undefined;
	const at = located
		? ([longitude, latitude] as const)
		: street
			? ([street.longitude, street.latitude] as const)
			: null;
	const places = at ? await town.places.nearest(at, { limit: 18, withinMeters: 5000 }) : [];
	const walks =
		at && places.length
			? await town.roads.matrix([at, ...places.map((place) => [place.longitude, place.latitude] as const)], {
					profile: 'foot',
				})
			: null;
	return {
		typed,
		located,
		street: street ?? null,
		choices: at ? [] : streets,
		places: places.map((place, n) => ({
			...place,
			label: town.kinds[place.kind],
			walkSeconds: walks?.seconds[n + 1] ?? Number.POSITIVE_INFINITY,
		})),
		// As the crow flies, where no roads are known.
		roughly: walks?.provider === 'straight',
		asked: typed !== '' || located,
	};
};
