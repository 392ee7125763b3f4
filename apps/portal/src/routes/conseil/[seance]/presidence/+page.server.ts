import { error } from '@sveltejs/kit';
import { actInMeeting } from '#lib/server/desk-form.ts';
import { deskBroadcast } from '#lib/server/desk-programme.ts';
import { found } from '#lib/server/pages.ts';
import { signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

const newestEntries = 30;

/** The desk of who presides, where they have no place in the agents' work space. */
export const load: PageServerLoad = async (event) => {
	const { locals, params, depends } = event;
	signInFirst(event);
	depends('council:meeting');
	const { bodies, meetings, sessions, may } = locals.rooms.council;
	const meeting = found(await meetings.get(locals.actor, params.seance));
	const [state, record, proxies, mine, all, broadcast] = await Promise.all([
		sessions.state(locals.actor, meeting.id),
		sessions.record(locals.actor, meeting.id, locals.locale),
		meetings.proxies(meeting.id),
		sessions.seatOf(locals.actor, meeting.id),
		bodies.list(locals.actor),
		deskBroadcast(locals, meeting.id),
	]);
	const session = found(state);
	if (!may.runFloor(locals.actor, mine, session)) error(403, 'platform.not_allowed');
	return {
		meeting,
		state: session,
		record: record.toReversed().slice(0, newestEntries),
		proxies,
		broadcast,
		clerk: may.prepare(locals.actor),
		remoteCounts: all.find(({ id }) => id === meeting.bodyId)?.remoteCounts ?? false,
		now: new Date(),
	};
};

export const actions: Actions = {
	async default(event) {
		signInFirst(event);
		const meeting = found(
			await event.locals.rooms.council.meetings.get(event.locals.actor, event.params.seance),
		);
		return actInMeeting(event, meeting.id, event.url.pathname);
	},
};
