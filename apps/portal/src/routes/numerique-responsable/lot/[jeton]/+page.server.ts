import { readForm, refused } from '#lib/server/forms.ts';
import { answersOf, csvOf } from '#lib/server/lot-answers.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, setHeaders }) => {
	setHeaders({ 'referrer-policy': 'same-origin', 'x-robots-tag': 'noindex' });
	return {
		lot: found(
			await locals.rooms.equipment.collection.answers.get(params.jeton, { address: locals.address }),
		),
		token: params.jeton,
	};
};

export const actions: Actions = {
	async dire(event) {
		const { typed } = await readForm(event.request);
		const told = await event.locals.rooms.equipment.collection.answers.answer(
			event.params.jeton,
			answersOf(typed),
			{ address: event.locals.address },
		);
		if (!told.ok) return refused(event.locals, told, typed, 'dire');
		done(event, event.url.pathname, 'collect.answersSaved', { count: told.value.told });
	},
	async fichier(event) {
		const { data } = await readForm(event.request);
		const told = await event.locals.rooms.equipment.collection.answers.answerCsv(
			event.params.jeton,
			await csvOf(data),
			{ address: event.locals.address },
		);
		if (!told.ok) return refused(event.locals, told, {}, 'fichier');
		done(event, event.url.pathname, 'collect.answersSaved', { count: told.value.told });
	},
};
