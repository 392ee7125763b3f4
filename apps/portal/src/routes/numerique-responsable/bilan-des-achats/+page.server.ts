import { askedYear, yearsWith } from '#lib/server/policy-year.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { requests, orders, retirement } = locals.rooms.equipment.policy;
	const year = askedYear(url);
	const [report, statement, retired, years] = await Promise.all([
		requests.year(year),
		orders.statement(year),
		retirement(year),
		requests.years(),
	]);
	return { year, years: yearsWith(years, year), report, statement, retired };
};
