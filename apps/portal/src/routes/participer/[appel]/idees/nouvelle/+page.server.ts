import { redirect } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { ideaChoices, ideaInput, keepFiles, removeFile } from '#lib/server/idea-form.ts';
import { done } from '#lib/server/notice.ts';
import { found, query } from '#lib/server/pages.ts';
import { beginning, callOf, signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

/** First the form, then, with `etape=verifier`, what it will look like beside ideas that say the same. */
export const load: PageServerLoad = async (event) => {
	signInFirst(event, event.url.pathname + event.url.search);
	const { locals, url, parent } = event;
	const { call } = await parent();
	const { ideas } = locals.rooms.participation;
	const id = query(url, 'brouillon');
	const draft = id ? found(await ideas.get(locals.actor, call.id, id)) : null;
	if (draft && draft.status !== 'draft') redirect(303, draft.url);
	const checking = draft !== null && query(url, 'etape') === 'verifier';
	const similar =
		checking && draft
			? await ideas.similar(call.id, {
					title: draft.title,
					body: beginning(draft.body, 1000),
					longitude: draft.longitude,
					latitude: draft.latitude,
					exceptId: draft.id,
				})
			: [];
	return { draft, checking, similar: similar.slice(0, 5), choices: await ideaChoices(locals, call) };
};

export const actions: Actions = {
	async enregistrer(event) {
		const { locals, url } = event;
		signInFirst(event, url.pathname);
		const { data, typed } = await readForm(event.request);
		const call = await callOf(locals, event.params.appel);
		const known = typed.brouillon || undefined;
		const saved = await locals.rooms.participation.ideas.saveDraft(
			locals.actor,
			call.id,
			ideaInput(typed),
			known,
		);
		if (!saved.ok) return refused(locals, saved, typed, 'idee');
		const { id } = saved.value;
		const fault = await keepFiles(locals, { kind: 'idea', id }, data, typed);
		// The words are kept: only the files are asked for again.
		if (fault) return refused(locals, fault, { ...typed, brouillon: id }, 'idee');
		redirect(303, `${url.pathname}?brouillon=${id}&etape=verifier`);
	},
	async retirerPiece(event) {
		signInFirst(event);
		const { typed } = await readForm(event.request);
		const fault = await removeFile(event.locals, typed);
		if (fault) return fault;
		done(event, event.url.pathname + keptQuery(event.url), 'done.fileRemoved');
	},
	async publier(event) {
		signInFirst(event);
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.ideas.submit(
			event.locals.actor,
			typed.brouillon ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'publier');
		done(
			event,
			result.value.url,
			result.value.status === 'waiting' ? 'done.ideaWaits' : 'done.ideaPublished',
		);
	},
	/** Support what is there already instead, and let the draft go. */
	async rejoindre(event) {
		signInFirst(event);
		const { typed } = await readForm(event.request);
		const { ideas } = event.locals.rooms.participation;
		const call = await callOf(event.locals, event.params.appel);
		const other = found(await ideas.get(event.locals.actor, call.id, typed.idee ?? ''));
		const result = await ideas.support(event.locals.actor, other.id, true);
		if (!result.ok) return refused(event.locals, result, typed, 'publier');
		const withdrawn = await ideas.withdraw(event.locals.actor, typed.brouillon ?? '');
		if (!withdrawn.ok) return refused(event.locals, withdrawn, typed, 'publier');
		done(event, other.url, 'done.joined');
	},
};

/** The query without the name of the action. */
function keptQuery(url: URL): string {
	const kept = new URLSearchParams(
		[...url.searchParams].filter(([name]) => name === 'brouillon' || name === 'etape'),
	);
	return kept.size ? `?${kept}` : '';
}
