import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	report: expect(await locals.rooms.equipment.inventory.audits.report(locals.actor, params.id)),
});

export const actions: Actions = {
	async manquants(event) {
		const { data } = await readForm(event.request);
		const marked = await event.locals.rooms.equipment.inventory.audits.markMissing(
			event.locals.actor,
			event.params.id,
			data.getAll('terminal').map(String),
		);
		if (!marked.ok) return refused(event.locals, marked);
		done(event, `/espace/equipements/recolements/${event.params.id}/bilan`, 'done.gear.marked', {
			count: marked.value,
		});
	},
	async ici(event) {
		const { data } = await readForm(event.request);
		const moved = await event.locals.rooms.equipment.inventory.audits.moveHere(
			event.locals.actor,
			event.params.id,
			data.getAll('terminal').map(String),
		);
		if (!moved.ok) return refused(event.locals, moved);
		done(event, `/espace/equipements/recolements/${event.params.id}/bilan`, 'done.gear.moved', {
			count: moved.value,
		});
	},
	async clore(event) {
		const closed = await event.locals.rooms.equipment.inventory.audits.close(
			event.locals.actor,
			event.params.id,
		);
		if (!closed.ok) return refused(event.locals, closed);
		done(event, `/espace/equipements/recolements/${event.params.id}/bilan`, 'done.gear.closed');
	},
};
