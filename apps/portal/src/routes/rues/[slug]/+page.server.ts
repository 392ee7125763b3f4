import { radiusOf } from '#lib/map/extent.ts';
import { found } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { operations, town } = locals.rooms;
	const street = found(await town.areas.street(params.slug));
	const extent = radiusOf(street.geometry);
	const at = [street.longitude, street.latitude] as const;
	const [places, timeline, around, nearby, light] = await Promise.all([
		town.places.list({ street: street.slug, pageSize: 100 }),
		town.timeline.list({ streetId: street.id, limit: 10 }),
		town.map.around(extent.centre, extent.across * 0.6),
		town.places.nearest(at, { limit: 6, withinMeters: 800 }),
		operations.lighting.publicStreet(street.slug),
	]);
	return {
		street,
		extent,
		timeline,
		light,
		around: extent.across > 1200 ? around.filter(({ layer }) => layer !== 'buildings') : around,
		places: places.items.map((place) => ({ ...place, label: town.kinds[place.kind] })),
		nearby: nearby.map((place) => ({ ...place, label: town.kinds[place.kind] })),
	};
};
