import { lotCsv } from '#lib/server/lot-csv.ts';
import { expect } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params }) => {
	const lot = expect(await locals.rooms.equipment.collection.lots.get(locals.actor, params.numero));
	return lotCsv(locals, lot.number, lot.contents);
};
