import type { RequestEvent } from '@sveltejs/kit';
import { optional, readForm, refused } from '#lib/server/forms.ts';
import { centsOf } from '#lib/server/money.ts';
import { done } from '#lib/server/notice.ts';
import { expect, found } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const ideaOf = async ({
	locals,
	params,
}: Pick<RequestEvent<{ id: string; idee: string }>, 'locals' | 'params'>) =>
	found(await locals.rooms.participation.ideas.get(locals.actor, params.id, params.idee));

export const load: PageServerLoad = async (event) => {
	const { reviews } = event.locals.rooms.participation;
	const idea = await ideaOf(event);
	const [list, appeal, reviewers] = await Promise.all([
		reviews.of(event.locals.actor, idea.id),
		reviews.appealOf(event.locals.actor, idea.id),
		reviews.reviewers(event.locals.actor),
	]);
	return { idea, reviews: expect(list), appeal, reviewers: expect(reviewers) };
};

export const actions: Actions = {
	async demander(event) {
		const { typed } = await readForm(event.request);
		const idea = await ideaOf(event);
		const result = await event.locals.rooms.participation.reviews.assign(event.locals.actor, [idea.id], {
			service: typed.service ?? '',
			reviewerId: optional(typed.agent),
			dueOn: optional(typed.delai),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'demander');
		done(event, event.url.pathname, 'done.saved');
	},
	async retirer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.reviews.unassign(
			event.locals.actor,
			typed.avis ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'demander');
		done(event, event.url.pathname, 'done.saved');
	},
	async repondre(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.reviews.answer(
			event.locals.actor,
			typed.avis ?? '',
			{
				feasible: typed.realisable,
				investmentCents: centsOf(typed.investissement),
				yearlyCents: centsOf(typed.annuel),
				how: typed.comment ?? '',
				timing: typed.quand ?? '',
				privateNote: typed.note ?? '',
			},
		);
		if (!result.ok) return refused(event.locals, result, typed, `repondre-${typed.avis}`);
		done(event, event.url.pathname, 'done.saved');
	},
	async conclure(event) {
		const { typed } = await readForm(event.request);
		const idea = await ideaOf(event);
		const result = await event.locals.rooms.participation.reviews.conclude(event.locals.actor, idea.id, {
			verdict: typed.avis,
			text: typed.texte ?? '',
			investmentCents: centsOf(typed.investissement),
			yearlyCents: centsOf(typed.annuel),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'conclure');
		done(event, event.url.pathname, 'done.concluded');
	},
	async trancher(event) {
		const { typed } = await readForm(event.request);
		const idea = await ideaOf(event);
		const result = await event.locals.rooms.participation.reviews.settleAppeal(event.locals.actor, idea.id, {
			outcome: typed.issue === 'reopened' ? 'reopened' : 'upheld',
			answer: typed.texte ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed, 'trancher');
		done(event, event.url.pathname, 'done.saved');
	},
};
