import type { FastifyPluginAsyncZod, Platform } from '@parvis/platform';
import { problem } from '@parvis/platform';
import { z } from 'zod';
import type { DeadLetters } from '../ingest/dead-letters.ts';
import { refusal } from './answer.ts';
import { page, paging, searchText } from './schemas.ts';

const tags = ['devices'];
const security = [{ key: [] }];
const refusals = { 400: problem, 401: problem, 403: problem, 404: problem };
const unknown = ['sensing.dead_letter_unknown'];
const status = z.enum(['waiting', 'replayed', 'discarded']);
const which = z
	.object({ id: z.uuid().optional(), reason: searchText(100).optional() })
	.describe('One letter, or all waiting ones of a reason, or with neither all that wait');

/** Messages that could not become observations. */
export function deadLettersApi(platform: Platform, letters: DeadLetters): FastifyPluginAsyncZod {
	return async (api) => {
		api.get(
			'/dead-letters',
			{
				schema: {
					tags,
					security,
					summary: 'Messages that could not become observations, newest first (scope devices:write)',
					querystring: z.object({
						status: status.optional(),
						reason: searchText(100).optional(),
						...paging,
					}),
					response: {
						200: page(
							z.object({
								id: z.uuid(),
								receivedAt: z.date(),
								source: z.string(),
								topic: z.string().nullable(),
								deviceId: z.uuid().nullable(),
								identifier: z.string().nullable(),
								reason: z.string(),
								detail: z.string(),
								payload: z.string(),
								status,
							}),
						),
						...refusals,
					},
				},
			},
			async (request, reply) => {
				const { status: wanted, reason, ...rest } = request.query;
				const result = await letters.list(request.actor, {
					...rest,
					...(wanted && { status: wanted }),
					...(reason !== undefined && { reason }),
				});
				return result.ok ? reply.send(result.value) : refusal(platform, request, reply, result);
			},
		);

		api.post(
			'/dead-letters/replay',
			{
				schema: {
					tags,
					security,
					summary: 'Take dead letters in again (scope devices:write)',
					body: which,
					response: { 200: z.object({ replayed: z.int(), failed: z.int() }), ...refusals },
				},
			},
			async (request, reply) => {
				const result = await letters.replay(request.actor, defined(request.body));
				return result.ok ? reply.send(result.value) : refusal(platform, request, reply, result, unknown);
			},
		);

		api.post(
			'/dead-letters/discard',
			{
				schema: {
					tags,
					security,
					summary: 'Put dead letters aside for good (scope devices:write)',
					body: which,
					response: { 200: z.object({ discarded: z.int() }), ...refusals },
				},
			},
			async (request, reply) => {
				const result = await letters.discard(request.actor, defined(request.body));
				return result.ok ? reply.send(result.value) : refusal(platform, request, reply, result, unknown);
			},
		);
	};
}

function defined({ id, reason }: z.output<typeof which>): { id?: string; reason?: string } {
	return { ...(id !== undefined && { id }), ...(reason !== undefined && { reason }) };
}
