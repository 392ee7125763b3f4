import type { Answers, Call } from '@parvis/participation';
import { fail } from '@sveltejs/kit';
import { refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import { callOf, signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { call } = await parent();
	found(call.questions[0]);
	const { questionnaires } = locals.rooms.participation;
	const [mine, results] = await Promise.all([
		questionnaires.mine(locals.actor, call.id),
		questionnaires.results(locals.actor, call.id),
	]);
	return {
		mine,
		results: results.ok ? results.value : null,
		open: call.phases.some(({ kind, state }) => kind === 'answering' && state === 'open'),
	};
};

export const actions: Actions = {
	async default(event) {
		signInFirst(event);
		const data = await event.request.formData();
		const call = await callOf(event.locals, event.params.appel);
		const answers = answersOf(call, data);
		const result = await event.locals.rooms.participation.questionnaires.answer(
			event.locals.actor,
			call.id,
			answers,
		);
		if (!result.ok) {
			const { status, data: refusal } = refused(event.locals, result);
			return fail(status, { ...refusal, given: answers });
		}
		done(event, event.url.pathname, 'done.answered');
	},
};

/** What was ticked and written, as the room takes it; what cannot be read it refuses. */
function answersOf(call: Call, data: FormData): Answers {
	const answers: Answers = {};
	for (const { id, kind } of call.questions) {
		const given = data.getAll(id).filter((value) => typeof value === 'string' && value !== '');
		if (!given.length) continue;
		if (kind === 'text') answers[id] = String(given[0]);
		else if (kind === 'multiple') answers[id] = given.map(Number);
		else answers[id] = Number(given[0]);
	}
	return answers;
}
