import type { RequestHandler } from './$types';

/** All meetings, for calendars that subscribe. */
export const GET: RequestHandler = async ({ locals }) =>
	new Response(await locals.rooms.council.meetings.wholeCalendar(), {
		headers: { 'content-type': 'text/calendar; charset=utf-8' },
	});
