import { found } from '#lib/server/pages.ts';
import { photoResponse } from '#lib/server/photo-response.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params, request }) => {
	const photo = found(await locals.rooms.equipment.collection.items.photo(locals.actor, params.id));
	return photoResponse(params.id, { ...photo, contentType: 'image/webp', public: false }, request);
};
