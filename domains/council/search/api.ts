import type { FastifyPluginAsyncZod } from '@parvis/platform';
import { z } from 'zod';
import type { CouncilSearch } from './face.ts';

/** /api/v1/council/search: what the council said and decided. */
export function createSearchApi(search: CouncilSearch): FastifyPluginAsyncZod {
	return async (api) => {
		api.get(
			'/council/search',
			{
				schema: {
					summary: 'What the council said and decided',
					description:
						'By a question or words, over agendas, documents, deliberations, minutes and transcripts that are public; grouped by item, with the second of the recording.',
					tags: ['council'],
					querystring: z.object({
						text: z.string().min(1).max(200),
						bodyId: z.uuid().optional(),
						year: z.coerce.number().int().min(1900).max(2200).optional(),
						speaker: z.string().max(200).optional(),
						kind: z.enum(['item', 'document', 'speech', 'deliberation', 'minutes']).optional(),
						page: z.coerce.number().int().min(1).max(1000).default(1),
						pageSize: z.coerce.number().int().min(1).max(50).default(10),
					}),
				},
			},
			async ({ query: { text, page, pageSize, ...rest } }) => {
				const filters = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
				return search.find({ text, page, pageSize, ...filters });
			},
		);
	};
}
