import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import { chosenPlace, placeChoices } from '#lib/server/place-choice.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { deliberations } = locals.rooms.council;
	const [act, places] = await Promise.all([
		deliberations.get(params.acte, locals.actor),
		placeChoices(locals),
	]);
	return { act: found(act), places, matters: deliberations.matters };
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const { deliberations } = event.locals.rooms.council;
		const act = found(await deliberations.get(event.params.acte, event.locals.actor));
		const result = await deliberations.change(event.locals.actor, act.id, {
			title: typed.titre ?? '',
			text: typed.texte ?? '',
			matterCode: typed.matiere ?? '',
			budgetYear: (typed.annee ?? '').trim(),
			budgetName: typed.budget ?? '',
			placeId: await chosenPlace(event.locals, typed.lieuConcerne),
		});
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, `/espace/conseil/seances/${event.params.id}/suites#acte-${act.id}`, 'done.saved');
	},
};
