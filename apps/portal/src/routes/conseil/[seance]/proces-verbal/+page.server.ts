import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import { signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { meetings, minutes } = locals.rooms.council;
	const meeting = found(await meetings.get(locals.actor, params.seance));
	return { meeting, minutes: found(await minutes.get(locals.actor, meeting.id)) };
};

/** Who presided and the secretary sign by their account. */
export const actions: Actions = {
	async default(event) {
		signInFirst(event);
		const { typed } = await readForm(event.request);
		const { meetings, minutes } = event.locals.rooms.council;
		const meeting = found(await meetings.get(event.locals.actor, event.params.seance));
		const result = await minutes.sign(event.locals.actor, meeting.id, { capacity: typed.qualite });
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, 'done.signed', { count: 1 });
	},
};
