import { lotCsv } from '#lib/server/lot-csv.ts';
import { found } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** The items of the lot, to be filled in and sent back. */
export const GET: RequestHandler = async ({ locals, params }) => {
	const lot = found(
		await locals.rooms.equipment.collection.answers.get(params.jeton, { address: locals.address }),
	);
	return lotCsv(locals, lot.number, lot.items);
};
