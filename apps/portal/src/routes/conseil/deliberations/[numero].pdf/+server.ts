import { fileResponse } from '#lib/server/given-file.ts';
import { found } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** A deliberation as an accessible PDF. */
export const GET: RequestHandler = async ({ locals, params, url }) =>
	fileResponse(
		found(await locals.rooms.council.deliberations.pdf(locals.actor, params.numero)),
		url.searchParams.has('telecharger'),
	);
