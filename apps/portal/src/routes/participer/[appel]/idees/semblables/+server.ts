import { json } from '@sveltejs/kit';
import { beginning, callOf } from '#lib/server/participation.ts';
import type { RequestHandler } from './$types';

/** Ideas like the one being typed, for `similar.js`. */
export const GET: RequestHandler = async ({ locals, params, url }) => {
	const title = beginning(url.searchParams.get('titre'), 150).trim();
	if (title.length < 4) return json([]);
	const call = await callOf(locals, params.appel);
	const similar = await locals.rooms.participation.ideas.similar(call.id, {
		title,
		body: beginning(url.searchParams.get('texte')),
	});
	return json(
		similar.slice(0, 4).map(({ title: name, url: href }) => ({ title: name, url: href })),
		{ headers: { 'cache-control': 'private, max-age=30' } },
	);
};
