import { pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

const kinds = ['speech', 'deliberation', 'item', 'document', 'minutes'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
	const { search, bodies } = locals.rooms.council;
	const text = query(url, 'mots') ?? '';
	const year = Number(query(url, 'annee'));
	const kind = kinds.find((one) => one === query(url, 'type'));
	const body = query(url, 'assemblee');
	const speaker = query(url, 'orateur');
	const [filters, all, answer] = await Promise.all([
		search.filters(),
		bodies.list(locals.actor),
		text
			? search.find({
					text,
					page: pageNumber(url),
					...(Number.isInteger(year) && year > 0 && { year }),
					...(kind && { kind }),
					...(body && { bodyId: body }),
					...(speaker && { speaker }),
				})
			: null,
	]);
	return {
		text,
		chosen: { year: year ? String(year) : '', kind: kind ?? '', body: body ?? '', speaker: speaker ?? '' },
		filters,
		bodies: all.map(({ id, name }) => ({ id, name })),
		kinds,
		answer,
	};
};
