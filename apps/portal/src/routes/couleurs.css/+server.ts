import type { RequestHandler } from './$types';

/** The town's colour, in a stylesheet of its own: its address changes with it, so it is kept for ever. */
export const GET: RequestHandler = async ({ locals }) => {
	const { accents } = await locals.rooms.town.settings.get();
	return new Response(`:root{--town-accent-light:${accents.light};--town-accent-dark:${accents.dark}}\n`, {
		headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=31536000, immutable' },
	});
};
