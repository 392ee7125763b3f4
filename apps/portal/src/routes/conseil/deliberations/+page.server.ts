import { pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { deliberations, bodies } = locals.rooms.council;
	const { places } = locals.rooms.town;
	const filters = {
		text: query(url, 'mots') ?? '',
		body: query(url, 'assemblee') ?? '',
		year: query(url, 'annee') ?? '',
		matter: query(url, 'matiere') ?? '',
		place: query(url, 'lieu') ?? '',
	};
	const place = filters.place ? (await places.find([filters.place])).get(filters.place) : undefined;
	const [list, years, all] = await Promise.all([
		deliberations.list({
			page: pageNumber(url),
			...(filters.text && { text: filters.text }),
			...(filters.body && { bodyId: filters.body }),
			...(filters.year && { year: Number(filters.year) }),
			...(filters.matter && { matter: filters.matter }),
			...(filters.place && { placeId: place?.id ?? filters.place }),
		}),
		deliberations.years(),
		bodies.list(locals.actor),
	]);
	return {
		list,
		years,
		bodies: all.map(({ id, name }) => ({ id, name })),
		matters: deliberations.matters,
		filters,
		place: place ? { slug: place.slug, name: place.name } : null,
	};
};
