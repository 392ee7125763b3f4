import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { kindChoices, placeInput } from '#lib/server/place-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => ({ kinds: kindChoices(locals) });

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.town.places.create(event.locals.actor, placeInput(typed));
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, `/lieux/${result.value.slug}`, 'done.placeAdded');
	},
};
