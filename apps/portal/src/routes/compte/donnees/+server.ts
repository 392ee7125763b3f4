import { error } from '@sveltejs/kit';
import { visitOf } from '#lib/server/visit.ts';
import type { RequestHandler } from './$types';

/** A copy of all that the town keeps about the person who asks. */
export const GET: RequestHandler = async (event) => {
	const result = await event.locals.rooms.identity.profile.exportData(visitOf(event));
	if (!result.ok) error(403, result.error);
	return new Response(JSON.stringify(result.value, null, '\t'), {
		headers: {
			'content-type': 'application/json; charset=utf-8',
			'content-disposition': 'attachment; filename="mes-donnees.json"',
			'cache-control': 'no-store',
		},
	});
};
