import { byMonth } from '#lib/footprint.ts';
import { query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

const mostMonths = 24;
const mostCorrections = 50;

export const load: PageServerLoad = async ({ locals, url }) => {
	const { footprint } = locals.rooms;
	const [months, summary, factors] = await Promise.all([
		footprint.months(),
		footprint.summary(),
		footprint.factors.list(),
	]);
	const known = [...new Set(months.map(({ month }) => month))];
	const asked = query(url, 'mois');
	const month = asked && known.includes(asked) ? asked : (known[0] ?? null);
	const [lines, corrections] = month
		? await Promise.all([
				footprint.lines(month),
				footprint.entries({ month, corrections: true, pageSize: mostCorrections }),
			])
		: [[], { items: [], total: 0 }];
	return {
		month,
		known,
		measured: byMonth(months, false).slice(0, mostMonths),
		simulated: byMonth(months, true).slice(0, mostMonths),
		summary,
		lines,
		corrections: corrections.items,
		correctionCount: corrections.total,
		factors,
	};
};
