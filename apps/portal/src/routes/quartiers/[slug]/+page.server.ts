import { radiusOf } from '#lib/map/extent.ts';
import { found } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { town } = locals.rooms;
	const district = found(await town.areas.district(params.slug));
	const extent = radiusOf(district.geometry);
	const [places, streets, timeline, around] = await Promise.all([
		town.places.list({ district: district.slug, pageSize: 200 }),
		town.areas.streets({ district: district.slug, limit: 400 }),
		town.timeline.list({ districtId: district.id, limit: 10 }),
		town.map.around(extent.centre, extent.across * 0.6),
	]);
	return {
		district,
		extent,
		// Buildings of a whole district would weigh more than they show.
		around: around.filter(({ layer }) => layer !== 'buildings'),
		streets,
		timeline,
		kinds: Object.entries(Object.groupBy(places.items, ({ kind }) => kind))
			.map(([kind, items]) => ({
				kind,
				label: town.kinds[kind as keyof typeof town.kinds],
				items: items ?? [],
			}))
			.sort((a, b) => b.items.length - a.items.length),
		total: places.total,
	};
};
