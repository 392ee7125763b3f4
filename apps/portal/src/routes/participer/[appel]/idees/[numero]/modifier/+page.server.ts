import { error } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { ideaChoices, ideaInput, keepFiles, removeFile } from '#lib/server/idea-form.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import { callOf, signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

async function ownIdea(event: Pick<RequestEvent, 'locals' | 'params' | 'url'>) {
	signInFirst(event);
	const call = await callOf(event.locals, event.params.appel);
	const idea = found(
		await event.locals.rooms.participation.ideas.get(event.locals.actor, call.id, event.params.numero),
	);
	if (!idea.mine.author) error(403, 'platform.not_allowed');
	return { call, idea };
}

export const load: PageServerLoad = async (event) => {
	const { call, idea } = await ownIdea(event);
	return { idea, choices: await ideaChoices(event.locals, call) };
};

export const actions: Actions = {
	async enregistrer(event) {
		const { idea } = await ownIdea(event);
		const { data, typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.ideas.edit(
			event.locals.actor,
			idea.id,
			ideaInput(typed),
		);
		if (!result.ok) return refused(event.locals, result, typed, 'idee');
		const fault = await keepFiles(event.locals, { kind: 'idea', id: idea.id }, data, typed);
		if (fault) return refused(event.locals, fault, typed, 'idee');
		done(event, idea.url, 'done.saved');
	},
	async retirerPiece(event) {
		await ownIdea(event);
		const { typed } = await readForm(event.request);
		const fault = await removeFile(event.locals, typed);
		if (fault) return fault;
		done(event, event.url.pathname, 'done.fileRemoved');
	},
};
