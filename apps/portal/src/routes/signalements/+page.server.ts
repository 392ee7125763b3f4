import { pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

const views = {
	ouverts: ['received', 'planned'],
	traites: ['fixed'],
	refuses: ['refused'],
} as const;

/** What residents reported, without anything of who did. */
export const load: PageServerLoad = async ({ locals, url }) => {
	const { operations, town } = locals.rooms;
	const { categories, reports } = operations.interventions;
	const view =
		(Object.keys(views) as (keyof typeof views)[]).find((name) => name === query(url, 'etat')) ?? 'ouverts';
	const category = query(url, 'categorie');
	const filter = { status: views[view], ...(category && { category }) };
	const [list, dots, tree, bounds] = await Promise.all([
		reports.list({ ...filter, page: pageNumber(url), pageSize: 24 }),
		reports.list({ ...filter, pageSize: 500 }),
		categories.publicTree(),
		town.map.bounds(),
	]);
	return {
		view,
		category: category ?? '',
		list,
		categories: tree.map(({ code, name }) => ({ code, name })),
		map:
			bounds && dots.items.length
				? {
						bounds,
						positions: dots.items.map(({ longitude, latitude }) => ({ longitude, latitude })),
					}
				: null,
	};
};
