import { pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { town } = locals.rooms;
	const kind = query(url, 'type');
	const district = query(url, 'quartier');
	const text = query(url, 'nom');
	const [list, kinds, districts] = await Promise.all([
		town.places.list({
			page: pageNumber(url),
			...(kind && { kind }),
			...(district && { district }),
			...(text && { text }),
		}),
		town.places.kinds(),
		town.areas.districts(),
	]);
	return {
		list: { ...list, items: list.items.map((place) => ({ ...place, label: town.kinds[place.kind] })) },
		kinds: kinds.map(({ kind: name, count }) => ({ name, count, label: town.kinds[name] })),
		districts,
		chosen: { kind: kind ?? '', district: district ?? '', text: text ?? '' },
	};
};
