import type { ProjectQuery, ProjectStatus } from '@parvis/participation';
import { pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

const statuses: readonly ProjectStatus[] = [
	'candidate',
	'selected',
	'started',
	'done',
	'abandoned',
	'not_selected',
];
/** As many as the room gives at once, and more pages than a town ever fills. */
const [atOnce, mostPages] = [100, 20];

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	const { call } = await parent();
	const { projects } = locals.rooms.participation;
	const status = statuses.find((one) => one === query(url, 'etat'));
	const envelopeId = call.envelopes.find(({ id }) => id === query(url, 'enveloppe'))?.id;
	const categoryId = call.categories.find(({ id }) => id === query(url, 'categorie'))?.id;
	const text = query(url, 'mots');
	const late = query(url, 'retard') === 'on';
	const filters: ProjectQuery = {
		callId: call.id,
		...(status && { status: [status] }),
		...(envelopeId && { envelopeId }),
		...(categoryId && { categoryId }),
		...(text && { text }),
		...(late && { late }),
	};
	const onMap = query(url, 'vue') === 'carte';
	const [list, all, bounds] = await Promise.all([
		projects.list(locals.actor, { ...filters, page: pageNumber(url) }),
		onMap ? allOf((page) => projects.list(locals.actor, { ...filters, page, pageSize: atOnce })) : [],
		onMap ? locals.rooms.town.map.bounds() : null,
	]);
	const positions = all.flatMap(({ longitude, latitude }) =>
		longitude !== null && latitude !== null ? [{ longitude, latitude }] : [],
	);
	return {
		list,
		onMap,
		map: bounds && { bounds, positions },
		statuses,
		chosen: {
			status: status ?? '',
			envelope: envelopeId ?? '',
			category: categoryId ?? '',
			text: text ?? '',
			late,
		},
	};
};

/** Every page of a list, one after the other. */
async function allOf<T>(read: (page: number) => Promise<{ items: T[]; total: number }>): Promise<T[]> {
	const all: T[] = [];
	for (let page = 1; page <= mostPages; page++) {
		const { items, total } = await read(page);
		all.push(...items);
		if (!items.length || all.length >= total) break;
	}
	return all;
}
