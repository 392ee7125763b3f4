import { expect } from '#lib/server/pages.ts';
import { callOf } from '#lib/server/participation.ts';
import type { RequestHandler } from './$types';

/** The reviews as a table; with a byte order mark, so that spreadsheets read its accents. */
export const GET: RequestHandler = async ({ locals, params }) => {
	const { reviews } = locals.rooms.participation;
	const call = await callOf(locals, params.id);
	const csv = expect(await reviews.exportCsv(locals.actor, call.id));
	return new Response(`\uFEFF${csv}`, {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="analyse-${call.slug}.csv"`,
			'cache-control': 'no-store',
		},
	});
};
