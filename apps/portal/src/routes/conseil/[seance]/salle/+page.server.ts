import { deskAction } from '#lib/server/desk-form.ts';
import { readForm, refused } from '#lib/server/forms.ts';
import { found } from '#lib/server/pages.ts';
import { signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, setHeaders }) => {
	setHeaders({ 'referrer-policy': 'no-referrer' });
	const { meetings, sessions, annexes, may } = locals.rooms.council;
	const meeting = found(await meetings.get(locals.actor, params.seance));
	const state = found(await sessions.state(locals.actor, meeting.id));
	const [proxies, mine, documents] = await Promise.all([
		meetings.proxies(meeting.id),
		sessions.seatOf(locals.actor, meeting.id),
		annexes.list(locals.actor, meeting.id),
	]);
	return {
		meeting,
		state,
		proxies,
		mine,
		documents: documents.filter(({ withdrawnAt }) => withdrawnAt === null),
		clerk: may.prepare(locals.actor),
		installed: locals.platform.config.livekit !== null,
		now: new Date(),
	};
};

/** What is done without leaving the room: hands, votes, documents. */
export const actions: Actions = {
	async default(event) {
		signInFirst(event);
		const { data, typed } = await readForm(event.request);
		const { meetings, sessions } = event.locals.rooms.council;
		const meeting = found(await meetings.get(event.locals.actor, event.params.seance));
		const result = await sessions.act(event.locals.actor, meeting.id, {
			...deskAction(data, typed),
			...(typed.document && { annexId: typed.document, page: Number(typed.page) }),
		});
		if (!result.ok) return refused(event.locals, result, typed, typed.zone ?? 'salle');
		return { taken: true };
	},
};
