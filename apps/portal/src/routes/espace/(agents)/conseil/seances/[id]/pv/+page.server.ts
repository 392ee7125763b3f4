import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { meeting } = await parent();
	const { deliberations, meetings } = locals.rooms.council;
	const [draft, later] = await Promise.all([
		meeting.minutes ? null : deliberations.draftMinutes(locals.actor, meeting.id),
		meetings.list(locals.actor, { bodyId: meeting.bodyId, pageSize: 20 }),
	]);
	return {
		text: meeting.minutes?.text ?? (draft ? expect(draft).text : ''),
		later: later.items.filter(({ startsAt }) => startsAt > meeting.startsAt),
	};
};

export const actions: Actions = {
	async enregistrer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.deliberations.saveMinutes(
			event.locals.actor,
			event.params.id,
			typed.texte ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, 'done.saved');
	},
	async publier(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.deliberations.publishMinutes(
			event.locals.actor,
			event.params.id,
			optional(typed.adopte),
		);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, 'done.minutesPublished');
	},
};
