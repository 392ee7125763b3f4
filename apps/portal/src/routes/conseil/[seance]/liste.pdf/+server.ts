import { fileResponse } from '#lib/server/given-file.ts';
import { found } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** The list of what was deliberated, for the notice board. */
export const GET: RequestHandler = async ({ locals, params }) =>
	fileResponse(found(await locals.rooms.council.acts.listPdf(locals.actor, params.seance)));
