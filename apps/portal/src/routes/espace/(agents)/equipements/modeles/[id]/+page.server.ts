import { readForm, refused } from '#lib/server/forms.ts';
import { footprintOf, modelOf } from '#lib/server/model-form.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { equipment } = locals.rooms;
	const { catalogue } = equipment;
	const model = expect(await catalogue.models.get(locals.actor, params.id));
	const manage = equipment.may.manage(locals.actor);
	const [footprint, lines, others] = await Promise.all([
		catalogue.footprintOf({ modelId: model.id, category: model.category }),
		catalogue.footprints.lines({ modelId: model.id }),
		manage
			? catalogue.models.list(locals.actor, { category: model.category, search: model.manufacturer })
			: null,
	]);
	return {
		model,
		footprint,
		lines,
		manage,
		others: others?.ok
			? others.value.items
					.filter(({ id }) => id !== model.id)
					.map(({ id, manufacturer, name }) => ({ id, manufacturer, name }))
			: [],
	};
};

export const actions: Actions = {
	async modifier(event) {
		const { typed } = await readForm(event.request);
		const { models } = event.locals.rooms.equipment.catalogue;
		const saved = await models.save(event.locals.actor, { ...modelOf(typed), id: event.params.id });
		if (!saved.ok) return refused(event.locals, saved, typed, 'modifier');
		done(event, event.url.pathname, 'done.modelSaved');
	},
	async valeur(event) {
		const { typed } = await readForm(event.request);
		const { footprints } = event.locals.rooms.equipment.catalogue;
		const added = await footprints.add(event.locals.actor, footprintOf(typed, { modelId: event.params.id }));
		if (!added.ok) return refused(event.locals, added, typed, 'valeur');
		done(event, event.url.pathname, 'done.footprintAdded');
	},
	async fusionner(event) {
		const { typed } = await readForm(event.request);
		const { models } = event.locals.rooms.equipment.catalogue;
		const merged = await models.merge(event.locals.actor, event.params.id, typed.autre ?? '');
		if (!merged.ok) return refused(event.locals, merged, typed, 'fusionner');
		done(event, `/espace/equipements/modeles/${typed.autre}`, 'done.modelMerged', {
			count: merged.value.devices,
		});
	},
};
