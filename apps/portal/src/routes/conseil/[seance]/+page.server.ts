import { actInMeeting } from '#lib/server/desk-form.ts';
import { found } from '#lib/server/pages.ts';
import { signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const now = new Date();
	const { meetings, sessions, annexes, acts, programme } = locals.rooms.council;
	const meeting = found(await meetings.get(locals.actor, params.seance));
	const [documents, state, record, proxies, mine, videos] = await Promise.all([
		annexes.list(locals.actor, meeting.id),
		sessions.state(locals.actor, meeting.id),
		sessions.record(locals.actor, meeting.id, locals.locale),
		meetings.proxies(meeting.id),
		sessions.seatOf(locals.actor, meeting.id),
		programme.videos([meeting.id]),
	]);
	return {
		now,
		video: videos.get(meeting.id) ?? null,
		meeting,
		annexes: documents,
		state,
		record,
		proxies,
		mine,
		toSign: mine ? await acts.toSign(locals.actor, meeting.id) : [],
		clerk: locals.rooms.council.may.prepare(locals.actor),
	};
};

/** What a member does for themselves: hands and votes. */
export const actions: Actions = {
	async default(event) {
		signInFirst(event);
		const { meetings } = event.locals.rooms.council;
		const meeting = found(await meetings.get(event.locals.actor, event.params.seance));
		return actInMeeting(event, meeting.id, meeting.url);
	},
};
