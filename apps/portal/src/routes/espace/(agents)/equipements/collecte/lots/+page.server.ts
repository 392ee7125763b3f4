import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { collection } = locals.rooms.equipment;
	const [lots, partners] = await Promise.all([
		collection.lots.list(locals.actor),
		collection.partners.list(locals.actor),
	]);
	return { lots: expect(lots), partners: expect(partners).filter(({ active }) => active) };
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const made = await event.locals.rooms.equipment.collection.lots.create(event.locals.actor, {
			partnerId: typed.partenaire ?? '',
			note: optional(typed.note),
		});
		if (!made.ok) return refused(event.locals, made, typed);
		done(event, `/espace/equipements/collecte/lots/${made.value.number}`, 'collect.lotCreated');
	},
};
