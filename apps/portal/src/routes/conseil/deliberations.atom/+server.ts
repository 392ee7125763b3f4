import { query } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** Published deliberations as a feed, narrowed as their page is. */
export const GET: RequestHandler = async ({ locals, url }) => {
	const year = Number(query(url, 'annee'));
	const place = query(url, 'lieu');
	const known = place ? (await locals.rooms.town.places.find([place])).get(place) : undefined;
	const text = await locals.rooms.council.feeds.deliberations(
		{
			...(query(url, 'mots') && { text: query(url, 'mots') ?? '' }),
			...(query(url, 'assemblee') && { bodyId: query(url, 'assemblee') ?? '' }),
			...(query(url, 'matiere') && { matter: query(url, 'matiere') ?? '' }),
			...(Number.isInteger(year) && year > 0 && { year }),
			...(place && { placeId: known?.id ?? place }),
		},
		url.pathname + url.search,
	);
	return new Response(text, { headers: { 'content-type': 'application/atom+xml; charset=utf-8' } });
};
