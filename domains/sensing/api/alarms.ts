import type { FastifyPluginAsyncZod, Platform } from '@parvis/platform';
import { z } from 'zod';
import type { Alarms } from '../alarms/index.ts';
import { alarmRuleInput, severities } from '../alarms/rules.ts';
import { refusal } from './answer.ts';
import { paging } from './schemas.ts';

const tags = ['alarms'];
const security = [{ key: [] }];
const params = z.object({ id: z.string() });
const note = z.object({ note: z.string().max(2000).optional() });

/** Alarms and their rules. */
export function alarmsApi(platform: Platform, alarms: Alarms): FastifyPluginAsyncZod {
	return async (api) => {
		api.get(
			'/alarms',
			{
				schema: {
					tags,
					security,
					summary: 'Alarms, open ones first',
					querystring: z.object({
						status: z.enum(['open', 'raised', 'acknowledged', 'cleared']).optional(),
						severity: z.enum(severities).optional(),
						...paging,
					}),
				},
			},
			async (request, reply) => {
				const result = await alarms.list(request.actor, request.query);
				return result.ok ? reply.send(result.value) : refusal(platform, request, reply, result);
			},
		);
		for (const act of ['acknowledge', 'clear'] as const)
			api.post(
				`/alarms/:id/${act}`,
				{
					schema: {
						tags,
						security,
						summary: act === 'acknowledge' ? 'Somebody takes care of it' : 'End it by hand',
						params,
						body: note.nullish(),
					},
				},
				async (request, reply) => {
					const result = await alarms[act](request.actor, request.params.id, request.body?.note);
					return result.ok
						? reply.send(result.value)
						: refusal(platform, request, reply, result, ['sensing.alarm_unknown']);
				},
			);

		api.get(
			'/alarm-rules',
			{ schema: { tags, security, summary: 'Rules that raise alarms' } },
			async (request, reply) => {
				const result = await alarms.rules.list(request.actor);
				return result.ok ? reply.send({ items: result.value }) : refusal(platform, request, reply, result);
			},
		);
		api.post(
			'/alarm-rules',
			{ schema: { tags, security, summary: 'Add a rule (scope devices:write)', body: alarmRuleInput } },
			async (request, reply) => {
				const result = await alarms.rules.create(request.actor, request.body);
				return result.ok ? reply.code(201).send(result.value) : refusal(platform, request, reply, result);
			},
		);
		api.put(
			'/alarm-rules/:id',
			{
				schema: {
					tags,
					security,
					summary: 'Replace a rule (scope devices:write)',
					params,
					body: alarmRuleInput,
				},
			},
			async (request, reply) => {
				const result = await alarms.rules.update(request.actor, request.params.id, request.body);
				return result.ok
					? reply.send(result.value)
					: refusal(platform, request, reply, result, ['sensing.alarm_rule_unknown']);
			},
		);
		api.delete(
			'/alarm-rules/:id',
			{ schema: { tags, security, summary: 'Remove a rule and its alarms (scope devices:write)', params } },
			async (request, reply) => {
				const result = await alarms.rules.remove(request.actor, request.params.id);
				return result.ok
					? reply.code(204).send()
					: refusal(platform, request, reply, result, ['sensing.alarm_rule_unknown']);
			},
		);
	};
}
