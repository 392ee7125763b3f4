import { expect, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const asked = Number(query(url, 'remises') ?? 30);
	const mostMoves = Number.isInteger(asked) && asked >= 1 && asked <= 500 ? asked : 30;
	const proposal = expect(await locals.rooms.equipment.planning.assignment(locals.actor, { mostMoves }));
	return { proposal, mostMoves };
};
