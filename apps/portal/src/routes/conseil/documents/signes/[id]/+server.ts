import { fileResponse } from '#lib/server/given-file.ts';
import { found } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** The scan of a signed act or of signed minutes. */
export const GET: RequestHandler = async ({ locals, params }) =>
	fileResponse(found(await locals.rooms.council.deliberations.scan(locals.actor, params.id)));
