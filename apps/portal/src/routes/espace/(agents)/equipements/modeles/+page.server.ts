import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { equipment } = locals.rooms;
	const { catalogue } = equipment;
	const chosen = { q: query(url, 'q') ?? '', category: query(url, 'categorie') ?? '' };
	const list = expect(
		await catalogue.models.list(locals.actor, {
			search: chosen.q,
			category: chosen.category,
			page: pageNumber(url),
		}),
	);
	const footprints = await catalogue.footprintsOf(
		list.items.map(({ id, category }) => ({ modelId: id, category })),
	);
	return {
		chosen,
		list: {
			...list,
			items: list.items.map((model) => ({ ...model, footprint: footprints.get(model.id) ?? null })),
		},
		manage: equipment.may.manage(locals.actor),
	};
};
