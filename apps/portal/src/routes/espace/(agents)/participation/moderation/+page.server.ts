import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	cases: expect(await locals.rooms.participation.moderation.queue(locals.actor)),
	now: new Date(),
});

const subjectOf = (typed: Record<string, string>) => ({
	kind: typed.sorte === 'comment' ? ('comment' as const) : ('idea' as const),
	id: typed.id ?? '',
});

export const actions: Actions = {
	async decider(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.moderation.decide(
			event.locals.actor,
			subjectOf(typed),
			{
				decision: typed.decision === 'hidden' ? 'hidden' : 'published',
				reason: typed.raison || null,
				publicText: typed.texte ?? '',
			},
		);
		if (!result.ok) return refused(event.locals, result, typed, `cas-${typed.id}`);
		done(event, event.url.pathname, 'done.moderated');
	},
	async trancher(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.moderation.decideAppeal(
			event.locals.actor,
			subjectOf(typed),
			{ outcome: typed.issue === 'overturned' ? 'overturned' : 'upheld', answer: typed.texte ?? '' },
		);
		if (!result.ok) return refused(event.locals, result, typed, `cas-${typed.id}`);
		done(event, event.url.pathname, 'done.moderated');
	},
};
