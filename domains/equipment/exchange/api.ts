import { Readable } from 'node:stream';
import {
	type FastifyPluginAsyncZod,
	type FastifyReply,
	type FastifyRequest,
	type Platform,
	problem,
	type Result,
	sendProblem,
} from '@parvis/platform';
import { z } from 'zod';
import type { Exchange } from './face.ts';
import { importSystems } from './rules/fields.ts';

const tags = ['equipment'];

/** /api/v1/equipment: import a file, export all devices. */
export function createExchangeApi(platform: Platform, exchange: Exchange): FastifyPluginAsyncZod {
	const answer = <Value>(request: FastifyRequest, reply: FastifyReply, result: Result<Value>) => {
		if (result.ok) return reply.send(result.value);
		const status = result.error === 'platform.not_allowed' ? 403 : 422;
		return sendProblem(platform, request, reply, status, result.error, result.detail);
	};
	return async (api) => {
		// Bytes: the file says itself in which encoding it is.
		api.addContentTypeParser('text/csv', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

		api.post(
			'/equipment/import.csv',
			{
				bodyLimit: exchange.mostBytes,
				schema: {
					tags,
					summary: 'Import devices from the CSV of GLPI, Snipe-IT, Intune, Lansweeper, Parvis or any other',
					description:
						'Needs `equipment:write`. Headings tell which system wrote it; a mapping drawn in the portal is remembered. All in one transaction; lines that are refused are passed over. `dryRun=true` changes nothing.',
					consumes: ['text/csv'],
					querystring: z.object({
						dryRun: z.enum(['true', 'false']).default('false'),
						system: z.enum(importSystems).optional(),
					}),
					body: z.unknown(),
					response: { 200: z.record(z.string(), z.unknown()), 403: problem, 422: problem },
				},
			},
			async (request, reply) => {
				const { dryRun, system } = request.query;
				const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
				const report = await exchange.importFile(request.actor, bytes, { dryRun: dryRun === 'true', system });
				return answer(request, reply, report as Result<Record<string, unknown> & typeof report>);
			},
		);

		api.get(
			'/equipment/export',
			{
				schema: {
					tags,
					summary:
						'All devices with model and holder, as CSV that imports unchanged, or one JSON object a line',
					description: 'Needs `equipment:read`.',
					querystring: z.object({ format: z.enum(['csv', 'json']).default('csv') }),
				},
			},
			async (request, reply) => {
				const { format } = request.query;
				const csv = exchange.exportCsv(request.actor);
				const json = exchange.exportJson(request.actor);
				if (!csv || !json) return sendProblem(platform, request, reply, 403, 'platform.not_allowed');
				async function* lines(rows: AsyncIterable<unknown>) {
					for await (const row of rows) yield `${JSON.stringify(row)}\n`;
				}
				return reply
					.header('cache-control', 'private, no-store')
					.header(
						'content-disposition',
						`attachment; filename="equipment.${format === 'csv' ? 'csv' : 'ndjson'}"`,
					)
					.type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
					.send(Readable.from(format === 'csv' ? csv : lines(json)));
			},
		);
	};
}
