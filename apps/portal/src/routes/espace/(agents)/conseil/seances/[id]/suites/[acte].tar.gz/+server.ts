import { fileResponse } from '#lib/server/given-file.ts';
import { expect } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** What an approved device sends to the prefecture, to be kept. */
export const GET: RequestHandler = async ({ locals, params }) =>
	fileResponse(
		expect(await locals.rooms.council.deliberations.transmission(locals.actor, params.acte)),
		true,
	);
