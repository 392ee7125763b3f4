import { historyQuery, placeHistory } from '#lib/server/history.ts';
import { found } from '#lib/server/pages.ts';
import { groupValues } from '#lib/values.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const { town, sensing } = locals.rooms;
	const place = found(await town.places.get(params.slug));
	const now = new Date();
	const at = [place.longitude, place.latitude] as const;
	const [timeline, around, nearby, values, history] = await Promise.all([
		town.timeline.list({ placeId: place.id, limit: 12 }),
		town.map.around(at, 280),
		town.places.nearest(at, { limit: 7, withinMeters: 1000 }),
		sensing.reading.valuesAtPlace(locals.actor, place.id),
		placeHistory(locals, place.id, historyQuery(url), now),
	]);
	return {
		place,
		kind: town.kinds[place.kind],
		hours: town.openingHours.week(place.openingHours, now),
		opening: town.openingHours.state(place.openingHours, now),
		timeline,
		around,
		nearby: nearby
			.filter(({ id }) => id !== place.id)
			.slice(0, 6)
			.map((near) => ({ ...near, label: town.kinds[near.kind] })),
		values: groupValues(values),
		history,
		mayEdit: town.may.editPlaces(locals.actor),
	};
};
