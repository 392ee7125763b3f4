import { found } from '#lib/server/pages.ts';
import { photoResponse } from '#lib/server/photo-response.ts';
import type { RequestHandler } from './$types';

/** A photo of work in the town, for who may see it. */
export const GET: RequestHandler = async ({ locals, params, request }) =>
	photoResponse(
		params.id,
		found(await locals.rooms.operations.photos.read(locals.actor, params.id)),
		request,
	);
