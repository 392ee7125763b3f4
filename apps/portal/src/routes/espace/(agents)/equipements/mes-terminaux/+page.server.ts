import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	devices: expect(await locals.rooms.equipment.inventory.own.list(locals.actor)),
});

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const told = await event.locals.rooms.equipment.inventory.own.tellProblem(
			event.locals.actor,
			typed.device ?? '',
			{ kind: typed.kind ?? '', words: optional(typed.words) },
		);
		if (!told.ok) return refused(event.locals, told, typed, typed.device);
		done(event, '/espace/equipements/mes-terminaux', 'done.gear.problem');
	},
};
