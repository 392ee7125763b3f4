import { filterOf } from '#lib/server/interventions.ts';
import { expect } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** Interventions as the filters have them, for a spreadsheet. */
export const GET: RequestHandler = async ({ locals, url }) => {
	const { interventions } = locals.rooms.operations;
	const text = expect(await interventions.csv(locals.actor, await filterOf(locals, url)));
	return new Response(`\uFEFF${text}`, {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': 'attachment; filename="interventions.csv"',
		},
	});
};
