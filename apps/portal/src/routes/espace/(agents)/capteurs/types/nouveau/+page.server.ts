import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { typeInput } from '#lib/server/type-form.ts';
import type { Actions } from './$types';

export const actions: Actions = {
	async default(event) {
		const { data, typed } = await readForm(event.request);
		const result = await event.locals.rooms.sensing.types.create(
			event.locals.actor,
			await typeInput(data, typed),
		);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, `/espace/capteurs/types/${result.value.id}`, 'done.typeAdded');
	},
};
