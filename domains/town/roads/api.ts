import type { Readable } from 'node:stream';
import { type FastifyPluginAsyncZod, type Platform, sendProblem } from '@parvis/platform';
import { z } from 'zod';
import { mostExtractBytes, type Roads } from './face.ts';

const attributionOfOpenStreetMap = '© les contributeurs d’OpenStreetMap';

/** /api/v1/roads: what is loaded, and an import by key. The body is the file itself, and streams to disk. */
export function createRoadsApi(platform: Platform, roads: Roads): FastifyPluginAsyncZod {
	return async (api) => {
		api.removeAllContentTypeParsers();
		api.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

		api.get(
			'/roads',
			{
				schema: { summary: 'Which roads distances are reckoned on, and whose data they are', tags: ['town'] },
			},
			async () => {
				const { provider, network } = await roads.status();
				return {
					provider,
					network: network && {
						importedAt: network.importedAt.toISOString(),
						attribution: network.attribution || attributionOfOpenStreetMap,
						nodes: network.report.nodes,
						edges: network.report.edges,
						kilometers: network.report.kilometers,
						bounds: network.report.bounds,
					},
				};
			},
		);
		api.post(
			'/roads',
			{
				bodyLimit: mostExtractBytes,
				schema: {
					summary:
						'Take in an OpenStreetMap extract (.osm.pbf, .osm.gz or .osm as the body, at most 512 MB) in place of the roads that were there (scope places:write)',
					tags: ['town'],
					security: [{ key: [] }],
					querystring: z.object({
						source: z.string().trim().min(1).max(200).default('API'),
						attribution: z.string().trim().max(200).default(''),
					}),
				},
			},
			async (request, reply) => {
				const result = await roads.import(request.actor, request.body as Readable, request.query);
				if (result.ok) return { ...result.value, importedAt: result.value.importedAt.toISOString() };
				const status = {
					'platform.not_allowed': 403,
					'town.roads_busy': 409,
					'town.roads_file_too_large': 413,
				}[result.error];
				return sendProblem(platform, request, reply, status ?? 400, result.error, result.detail);
			},
		);
	};
}
