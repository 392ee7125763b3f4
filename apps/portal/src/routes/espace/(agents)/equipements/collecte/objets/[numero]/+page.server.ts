import { optional, optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	item: expect(await locals.rooms.equipment.collection.items.get(locals.actor, params.numero)),
});

export const actions: Actions = {
	async modifier(event) {
		const { typed } = await readForm(event.request);
		const kilograms = optionalNumber(typed.poids);
		const saved = await event.locals.rooms.equipment.collection.items.edit(
			event.locals.actor,
			event.params.numero,
			{
				category: typed.sorte ?? '',
				condition: typed.etat ?? '',
				holdsData: typed.donnees !== undefined,
				description: optional(typed.description),
				serial: optional(typed.serie),
				weightGrams: kilograms === null ? null : Math.round(kilograms * 1000),
				tag: optional(typed.etiquette),
				reason: optional(typed.raison),
			},
			Number(typed.version),
		);
		if (!saved.ok) return refused(event.locals, saved, typed, 'modifier');
		done(event, event.url.pathname, 'done.saved');
	},
	async fin(event) {
		const { typed } = await readForm(event.request);
		const ended = await event.locals.rooms.equipment.collection.items.end(
			event.locals.actor,
			event.params.numero,
			typed.fin ?? '',
			optional(typed.note),
		);
		if (!ended.ok) return refused(event.locals, ended, typed, 'fin');
		done(event, event.url.pathname, 'done.saved');
	},
};
