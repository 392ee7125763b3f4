import { query } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** What the council said and decided about some words, as a feed that needs no account. */
export const GET: RequestHandler = async ({ locals, url }) => {
	const text = await locals.rooms.council.follows.feed(
		(query(url, 'mots') ?? '').slice(0, 200),
		url.pathname + url.search,
		locals.locale,
	);
	return new Response(text, { headers: { 'content-type': 'application/atom+xml; charset=utf-8' } });
};
