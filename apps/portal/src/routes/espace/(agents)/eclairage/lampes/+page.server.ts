import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const text = query(url, 'nom') ?? '';
	const status = query(url, 'etat') ?? '';
	const list = await locals.rooms.operations.lighting.luminaires(locals.actor, {
		text,
		status,
		page: pageNumber(url),
	});
	return { list: expect(list), chosen: { text, status } };
};
