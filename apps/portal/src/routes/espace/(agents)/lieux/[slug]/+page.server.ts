import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import { kindChoices, placeInput } from '#lib/server/place-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	place: found(await locals.rooms.town.places.get(params.slug)),
	kinds: kindChoices(locals),
});

export const actions: Actions = {
	async enregistrer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.town.places.change(
			event.locals.actor,
			event.params.slug,
			placeInput(typed),
		);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, `/lieux/${result.value.slug}`, 'done.saved');
	},
	async archiver(event) {
		const { typed } = await readForm(event.request);
		const archived = typed.archive === 'oui';
		const result = await event.locals.rooms.town.places.archive(
			event.locals.actor,
			event.params.slug,
			archived,
		);
		if (!result.ok) return refused(event.locals, result);
		done(event, '/espace/lieux', archived ? 'done.placeArchived' : 'done.placeRestored');
	},
};
