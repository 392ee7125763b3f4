import { pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const text = query(url, 'mots');
	return {
		list: await locals.rooms.council.deliberations.list({ page: pageNumber(url), ...(text && { text }) }),
		text: text ?? '',
	};
};
