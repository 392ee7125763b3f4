import { actInMeeting } from '#lib/server/desk-form.ts';
import { deskBroadcast } from '#lib/server/desk-programme.ts';
import { found } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const newestEntries = 30;

export const load: PageServerLoad = async ({ locals, parent, depends }) => {
	depends('council:meeting');
	const { meeting } = await parent();
	const { bodies, sessions, meetings } = locals.rooms.council;
	const [state, record, proxies, all, broadcast] = await Promise.all([
		sessions.state(locals.actor, meeting.id),
		sessions.record(locals.actor, meeting.id, locals.locale),
		meetings.proxies(meeting.id),
		bodies.list(locals.actor),
		deskBroadcast(locals, meeting.id),
	]);
	return {
		state: found(state),
		record: record.toReversed().slice(0, newestEntries),
		proxies,
		broadcast,
		remoteCounts: all.find(({ id }) => id === meeting.bodyId)?.remoteCounts ?? false,
		now: new Date(),
	};
};

export const actions: Actions = {
	/** Every button of the desk is one action of the room. */
	default: (event) => actInMeeting(event, event.params.id, event.url.pathname),
};
