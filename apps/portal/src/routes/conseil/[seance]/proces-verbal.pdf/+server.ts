import { fileResponse } from '#lib/server/given-file.ts';
import { found } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** The minutes as an accessible PDF. */
export const GET: RequestHandler = async ({ locals, params }) =>
	fileResponse(found(await locals.rooms.council.minutes.pdf(locals.actor, params.seance)));
