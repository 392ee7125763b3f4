import { error } from '@sveltejs/kit';
import { actInMeeting } from '#lib/server/desk-form.ts';
import { found } from '#lib/server/pages.ts';
import { signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const { locals, params, depends } = event;
	signInFirst(event);
	depends('council:meeting');
	const { meetings, sessions, may } = locals.rooms.council;
	const meeting = found(await meetings.get(locals.actor, params.seance));
	const [state, proxies, mine] = await Promise.all([
		sessions.state(locals.actor, meeting.id),
		meetings.proxies(meeting.id),
		sessions.seatOf(locals.actor, meeting.id),
	]);
	const session = found(state);
	if (mine === null) error(403, 'platform.not_allowed');
	return {
		meeting,
		state: session,
		proxies,
		mine,
		presides: may.runFloor(locals.actor, mine, session),
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
