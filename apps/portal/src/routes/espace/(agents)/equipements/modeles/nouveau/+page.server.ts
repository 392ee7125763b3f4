import { error } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { modelOf } from '#lib/server/model-form.ts';
import { done } from '#lib/server/notice.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => {
	if (!locals.rooms.equipment.may.manage(locals.actor)) error(403, 'platform.not_allowed');
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const saved = await event.locals.rooms.equipment.catalogue.models.save(
			event.locals.actor,
			modelOf(typed),
		);
		if (!saved.ok) return refused(event.locals, saved, typed);
		done(event, `/espace/equipements/modeles/${saved.value.id}`, 'done.modelSaved');
	},
};
