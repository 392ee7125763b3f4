import { redirect } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { query } from '#lib/server/pages.ts';
import { safePath } from '#lib/server/paths.ts';
import { nextPage, visitOf } from '#lib/server/visit.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const prompt = await event.locals.rooms.identity.secondFactor.prompt(visitOf(event));
	if (!prompt.ok) redirect(303, '/connexion');
	return { prompt: prompt.value, returnTo: safePath(query(event.url, 'retour'), '/compte') };
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.secondFactor.verify(visitOf(event), typed.code ?? '');
		if (!result.ok) return refused(event.locals, result);
		redirect(303, nextPage(result.value.next, typed.retour ?? ''));
	},
};
