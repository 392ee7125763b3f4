import { deviceCategories } from '#lib/equipment.ts';
import { readForm, refused } from '#lib/server/forms.ts';
import { footprintOf } from '#lib/server/model-form.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { equipment } = locals.rooms;
	const { catalogue } = equipment;
	// Who may read the models may read this.
	expect(await catalogue.models.list(locals.actor, { page: 1 }));
	const lines = await Promise.all(
		deviceCategories.map(async (category) => ({
			category,
			lines: await catalogue.footprints.lines({ category }),
		})),
	);
	return {
		categories: lines.filter(({ lines }) => lines.length),
		shippedModels: catalogue.footprints.shippedModels,
		manage: equipment.may.manage(locals.actor),
	};
};

export const actions: Actions = {
	async valeur(event) {
		const { typed } = await readForm(event.request);
		const { footprints } = event.locals.rooms.equipment.catalogue;
		const added = await footprints.add(
			event.locals.actor,
			footprintOf(typed, { category: typed.categorie ?? '' }),
		);
		if (!added.ok) return refused(event.locals, added, typed, 'valeur');
		done(event, event.url.pathname, 'done.footprintAdded');
	},
};
