import {
	type FastifyPluginAsyncZod,
	type FastifyReply,
	type FastifyRequest,
	type Platform,
	type Result,
	sendProblem,
} from '@parvis/platform';
import { z } from 'zod';
import type { Carbon } from '../carbon/face.ts';
import { categories } from '../kinds.ts';
import type { Planning } from './face.ts';

const tags = ['equipment'];
const security = [{ key: [] }];

/** /api/v1/equipment/carbon, /fleet: for everybody; /equipment/plan…: for whoever may see the inventory. */
export function createPlanningApi(
	platform: Platform,
	planning: Planning,
	carbon: Carbon,
): FastifyPluginAsyncZod {
	return async (api) => {
		const answer = <T>(request: FastifyRequest, reply: FastifyReply, result: Result<T>) => {
			if (result.ok) return result.value;
			const forbidden = request.actor.kind === 'anonymous' ? 401 : 403;
			const status = result.error === 'platform.not_allowed' ? forbidden : 400;
			return sendProblem(platform, request, reply, status, result.error, result.detail);
		};
		api.get(
			'/equipment/carbon',
			{
				schema: {
					summary:
						'Carbon avoided by keeping, refurbishing and reusing devices, with ranges; simulated apart; kg CO2e',
					tags,
				},
			},
			() => carbon.summary(),
		);
		api.get(
			'/equipment/fleet',
			{ schema: { summary: 'Devices in service: ages and share refurbished', tags } },
			() => planning.pyramid(),
		);
		api.get(
			'/equipment/plan',
			{
				schema: {
					summary: 'When each device is best replaced, and why; money in cents',
					tags,
					security,
					querystring: z.object({
						category: z.enum(categories).optional(),
						service: z.string().max(200).optional(),
						year: z.coerce.number().int().min(2000).max(2100).optional(),
						reason: z.enum(['cost', 'policy', 'security', 'broken']).optional(),
						page: z.coerce.number().int().min(1).max(100_000).default(1),
					}),
				},
			},
			async (request, reply) => answer(request, reply, await planning.plan(request.actor, request.query)),
		);
		api.get(
			'/equipment/plan/budget',
			{ schema: { summary: 'Purchases, money and carbon by year, with ranges', tags, security } },
			async (request, reply) => answer(request, reply, await planning.budget(request.actor)),
		);
		api.get(
			'/equipment/plan/what-if',
			{
				schema: {
					summary: 'What keeping devices some years longer or shorter changes',
					tags,
					security,
					querystring: z.object({
						category: z.enum(categories).optional(),
						years: z.coerce.number().int().min(-3).max(5),
						reinstall: z.stringbool().optional(),
					}),
				},
			},
			async (request, reply) => answer(request, reply, await planning.whatIf(request.actor, request.query)),
		);
		api.get(
			'/equipment/plan/assignment',
			{
				schema: {
					summary: 'Who gets which of the free devices',
					tags,
					security,
					querystring: z.object({ mostMoves: z.coerce.number().int().min(1).max(500).default(50) }),
				},
			},
			async (request, reply) =>
				answer(request, reply, await planning.assignment(request.actor, request.query)),
		);
		api.get(
			'/equipment/assumptions',
			{ schema: { summary: 'What is supposed in all of it, with sources', tags, security } },
			async (request, reply) => answer(request, reply, await carbon.assumptions.list(request.actor)),
		);
	};
}
