import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const asked = {
		text: query(url, 'q') ?? '',
		state: query(url, 'etat') ?? '',
		category: query(url, 'sorte') ?? '',
	};
	return {
		asked,
		list: expect(
			await locals.rooms.equipment.collection.items.list(locals.actor, {
				text: asked.text,
				page: pageNumber(url),
				...(asked.state && { state: asked.state }),
				...(asked.category && { category: asked.category }),
			}),
		),
	};
};
