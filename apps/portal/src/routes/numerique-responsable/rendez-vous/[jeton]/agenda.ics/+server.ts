import { found } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params }) =>
	new Response(found(await locals.rooms.equipment.collection.bookings.calendar(params.jeton)), {
		headers: {
			'content-type': 'text/calendar; charset=utf-8',
			'content-disposition': 'attachment; filename="collecte.ics"',
			'cache-control': 'private, no-store',
		},
	});
