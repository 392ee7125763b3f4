import { randomUUID } from 'node:crypto';
import { priorityNames } from '#lib/interventions.ts';
import { optional, optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { officeChoices } from '#lib/server/interventions.ts';
import { done } from '#lib/server/notice.ts';
import { parisInstant } from '#lib/server/paris-time.ts';
import { chosenPlace, placeChoices } from '#lib/server/place-choice.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	choices: await officeChoices(locals),
	places: await placeChoices(locals),
	// A form sent twice opens one.
	key: randomUUID(),
});

export const actions: Actions = {
	async default(event) {
		const { locals } = event;
		const { data, typed } = await readForm(event.request);
		const address = optional(typed.address);
		const placeId = await chosenPlace(locals, typed.place);
		const at = !placeId && address ? await locals.rooms.town.areas.findAddress(address) : null;
		if (!placeId && address && !at)
			return refused(
				locals,
				{ ok: false, error: 'operations.address_unknown', detail: { field: 'address' } },
				typed,
			);
		const dueAt = parisInstant(typed.dueAt);
		const result = await locals.rooms.operations.interventions.open(locals.actor, {
			source: { kind: 'agent', key: typed.key || randomUUID() },
			title: typed.title ?? '',
			description: typed.description,
			category: typed.categoryId ?? '',
			placeId,
			address,
			...(at && { longitude: at.longitude, latitude: at.latitude }),
			priority: priorityNames.find((name) => name === typed.priority),
			...(dueAt && { dueAt }),
			plannedOn: optional(typed.plannedOn),
			durationMinutes: optionalNumber(typed.durationMinutes) ?? undefined,
			assigneeIds: data.getAll('assigneeIds').map(String),
		});
		if (!result.ok) return refused(locals, result, typed);
		done(event, result.value.url, 'done.interventionOpened', { number: result.value.number });
	},
};
