import { found } from '#lib/server/pages.ts';
import { photoResponse } from '#lib/server/photo-response.ts';
import type { RequestHandler } from './$types';

/** A reporter's own photo, for who has the link of the report. */
export const GET: RequestHandler = async ({ locals, params, request }) =>
	photoResponse(
		params.id,
		found(await locals.rooms.operations.interventions.reports.photo(params.reference, params.id)),
		request,
	);
