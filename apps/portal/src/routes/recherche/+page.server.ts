import { pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

const pageSize = 15;

export const load: PageServerLoad = async ({ locals, url }) => {
	const text = query(url, 'q') ?? '';
	const kind = query(url, 'type');
	const page = Math.min(pageNumber(url), 50);
	const answer = text
		? await locals.rooms.town.search.find(text, {
				limit: pageSize,
				offset: (page - 1) * pageSize,
				...(kind && { kind }),
			})
		: null;
	return { text, kind: kind ?? '', page, pageSize, answer };
};
