import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import { signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { meetings, sessions, annexes, acts } = locals.rooms.council;
	const meeting = found(await meetings.get(locals.actor, params.seance));
	const [documents, state, record, proxies, mine] = await Promise.all([
		annexes.list(locals.actor, meeting.id),
		sessions.state(locals.actor, meeting.id),
		sessions.record(locals.actor, meeting.id, locals.locale),
		meetings.proxies(meeting.id),
		sessions.seatOf(locals.actor, meeting.id),
	]);
	return {
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
		const { typed } = await readForm(event.request);
		const { meetings, sessions } = event.locals.rooms.council;
		const meeting = found(await meetings.get(event.locals.actor, event.params.seance));
		const result = await sessions.act(event.locals.actor, meeting.id, {
			kind: typed.acte,
			seatId: typed.membre,
			...(typed.choix && { choice: typed.choix }),
		});
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, meeting.url, typed.acte === 'vote' ? 'done.voted' : 'done.saved');
	},
};
