import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	const { may } = await parent();
	const { town } = locals.rooms;
	expect(may.editPlaces ? { ok: true, value: null } : { ok: false, error: 'platform.not_allowed' });
	const text = query(url, 'nom');
	const kind = query(url, 'type');
	const [list, kinds] = await Promise.all([
		town.places.list({
			page: pageNumber(url),
			pageSize: 40,
			archived: true,
			...(text && { text }),
			...(kind && { kind }),
		}),
		town.places.kinds(),
	]);
	return {
		list: { ...list, items: list.items.map((place) => ({ ...place, label: town.kinds[place.kind] })) },
		kinds: kinds.map(({ kind: name }) => ({ name, label: town.kinds[name] })),
		chosen: { text: text ?? '', kind: kind ?? '' },
	};
};
