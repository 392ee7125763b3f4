import { expect } from '#lib/server/pages.ts';
import { askedYear } from '#lib/server/policy-year.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, url }) => {
	const year = askedYear(url);
	const csv = expect(await locals.rooms.equipment.policy.orders.statementCsv(locals.actor, year));
	return new Response(csv, {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="declaration-agec-${year}.csv"`,
			'cache-control': 'private, no-store',
		},
	});
};
