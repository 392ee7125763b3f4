import { deviceChoices, deviceInput } from '#lib/server/device-form.ts';
import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	device: expect(await locals.rooms.sensing.devices.get(locals.actor, params.id)),
	choices: await deviceChoices(locals),
});

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.sensing.devices.update(
			event.locals.actor,
			event.params.id,
			deviceInput(typed),
		);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, `/espace/capteurs/${event.params.id}`, 'done.saved');
	},
};
