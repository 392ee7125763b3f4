import { query } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** Meetings as a feed, of one body or all. */
export const GET: RequestHandler = async ({ locals, url }) => {
	const bodyId = query(url, 'assemblee');
	const text = await locals.rooms.council.feeds.meetings(bodyId ? { bodyId } : {}, url.pathname + url.search);
	return new Response(text, { headers: { 'content-type': 'application/atom+xml; charset=utf-8' } });
};
