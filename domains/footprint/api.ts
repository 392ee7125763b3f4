import type { FastifyPluginAsyncZod } from '@parvis/platform';
import { z } from 'zod';
import type { Footprint } from './face.ts';

const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);

/** /api/v1/footprint: what is avoided by month and service, what explains it, and each entry. */
export function createFootprintApi(
	footprint: Pick<Footprint, 'months' | 'lines' | 'entries' | 'factors'>,
): FastifyPluginAsyncZod {
	return async (api) => {
		const tags = ['footprint'];
		api.get(
			'/footprint',
			{ schema: { summary: 'Carbon avoided by month and service, simulated apart; kg CO2e', tags } },
			async () => ({ items: await footprint.months() }),
		);
		api.get(
			'/footprint/months/:month',
			{
				schema: {
					summary: 'What explains the numbers of a month: quantity, factor, baseline, method',
					tags,
					params: z.object({ month }),
				},
			},
			async ({ params }) => ({ items: await footprint.lines(params.month) }),
		);
		api.get(
			'/footprint/entries',
			{
				schema: {
					summary: 'Entries of the ledger, newest day first',
					tags,
					querystring: z.object({
						month: month.optional(),
						service: z.string().max(60).optional(),
						simulated: z.stringbool().optional(),
						corrections: z.stringbool().optional(),
						page: z.coerce.number().int().min(1).max(100_000).default(1),
						pageSize: z.coerce.number().int().min(1).max(1000).default(100),
					}),
				},
			},
			async ({ query }) => footprint.entries(query),
		);
		api.get(
			'/footprint/factors',
			{ schema: { summary: 'Emission factors with source, year and the day they are used from', tags } },
			async () => ({ items: await footprint.factors.list() }),
		);
	};
}
