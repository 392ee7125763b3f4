import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { meeting } = await parent();
	const { sessions, meetings } = locals.rooms.council;
	const [state, record, proxies] = await Promise.all([
		sessions.state(locals.actor, meeting.id),
		sessions.record(locals.actor, meeting.id, locals.locale),
		meetings.proxies(meeting.id),
	]);
	return { state: found(state), record: record.toReversed().slice(0, 60), proxies };
};

const wholeNumber = (text: string | undefined) => ((text ?? '').trim() === '' ? Number.NaN : Number(text));

export const actions: Actions = {
	/** Every button of the desk is one action of the room. */
	async default(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.sessions.act(event.locals.actor, event.params.id, {
			kind: typed.acte,
			...(typed.membre && { seatId: typed.membre }),
			...(typed.distance && { remote: true }),
			...(typed.point && { itemId: typed.point }),
			...(typed.mode && { method: typed.mode }),
			...(typed.choix && { choice: typed.choix }),
			...(typed.vote && { voteId: typed.vote }),
			...(typed.texte !== undefined && { text: typed.texte }),
			...(typed.motif !== undefined && { reason: typed.motif }),
			...(typed.portes && { closed: typed.portes === 'closes' }),
			...('pour' in typed && {
				for: wholeNumber(typed.pour),
				against: wholeNumber(typed.contre),
				abstention: wholeNumber(typed.abstention),
			}),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'pupitre');
		done(event, event.url.pathname, 'done.noted');
	},
};
