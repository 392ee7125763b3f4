import { publicMeasures } from '#lib/server/public-measures.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { town } = locals.rooms;
	const devices = await publicMeasures(locals);
	const values = devices.flatMap((device) =>
		device.values.map((value) => ({ ...value, where: device.name, placeId: device.placeId })),
	);
	const places = await town.places.find([...new Set(values.flatMap(({ placeId }) => placeId ?? []))]);
	const withPlaces = values.map((value) => {
		const place = value.placeId ? places.get(value.placeId) : undefined;
		return { ...value, where: place?.name ?? value.where, ...(place && { href: `/lieux/${place.slug}` }) };
	});
	const groups = Object.values(Object.groupBy(withPlaces, ({ series }) => series.property)).flatMap(
		(group) => {
			const first = group?.[0];
			if (!group || !first) return [];
			const fresh = group.filter(({ stale }) => !stale);
			return [
				{
					property: first.series.property,
					label: first.series.label,
					total: group.length,
					values: (fresh.length ? fresh : group).slice(0, mostValues),
				},
			];
		},
	);
	return { groups: groups.sort((a, b) => b.total - a.total) };
};

/** Beyond this many, the page would be a database; the map and the API show them all. */
const mostValues = 12;
