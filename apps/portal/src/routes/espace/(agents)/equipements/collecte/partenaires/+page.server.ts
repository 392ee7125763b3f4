import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	partners: expect(await locals.rooms.equipment.collection.partners.list(locals.actor)),
});

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const saved = await event.locals.rooms.equipment.collection.partners.save(
			event.locals.actor,
			{
				name: typed.nom ?? '',
				kind: typed.sorte ?? '',
				email: typed.email ?? '',
				phone: optional(typed.telephone),
				address: optional(typed.adresse),
				note: optional(typed.note),
				active: typed.actif !== undefined,
			},
			typed.id ? { id: typed.id, version: Number(typed.version) } : undefined,
		);
		if (!saved.ok) return refused(event.locals, saved, typed, typed.id || 'nouveau');
		done(event, event.url.pathname, 'done.saved');
	},
};
