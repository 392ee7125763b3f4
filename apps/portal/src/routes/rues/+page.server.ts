import { query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const text = query(url, 'nom');
	return {
		text: text ?? '',
		streets: await locals.rooms.town.areas.streets({ limit: 1000, ...(text && { text }) }),
	};
};
