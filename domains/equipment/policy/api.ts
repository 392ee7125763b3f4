import {
	type FastifyPluginAsyncZod,
	type FastifyReply,
	type FastifyRequest,
	type Platform,
	type Result,
	sendProblem,
} from '@parvis/platform';
import { z } from 'zod';
import type { Policy } from './face.ts';

const tags = ['equipment'];
const security = [{ key: [] }];
const byNumber = z.object({ number: z.string().max(20) });
const byYear = z.object({ year: z.coerce.number().int().min(2000).max(2100) });
const statusOf: Readonly<Record<string, number>> = {
	'equipment.request_unknown': 404,
	'equipment.order_unknown': 404,
	'equipment.changed_meanwhile': 409,
};

/** /api/v1/equipment/policy, /requests and /orders: the policy and its years for everybody, the rest with a key. */
export function createPolicyApi(
	platform: Platform,
	policy: Policy,
	today: () => string,
): FastifyPluginAsyncZod {
	const answer = <T>(request: FastifyRequest, reply: FastifyReply, result: Result<T>) => {
		if (result.ok) return result.value;
		const status =
			result.error === 'platform.not_allowed'
				? request.actor.kind === 'anonymous'
					? 401
					: 403
				: (statusOf[result.error] ?? 400);
		return sendProblem(platform, request, reply, status, result.error, result.detail);
	};
	const missing = (request: FastifyRequest, reply: FastifyReply) =>
		sendProblem(platform, request, reply, 404, 'equipment.policy_unknown');

	return async (api) => {
		api.get(
			'/equipment/policy',
			{ schema: { tags, summary: 'The policy in force, as a document and as rules' } },
			async (request, reply) => {
				const inForce = await policy.inForce(today());
				return (inForce && (await policy.versions.get(inForce.number))) ?? missing(request, reply);
			},
		);
		api.get(
			'/equipment/policy/versions',
			{ schema: { tags, summary: 'Versions of the policy that the council voted' } },
			async () => ({
				items: (await policy.versions.voted()).map(
					({ number, title, votedOn, inForceFrom, inForceUntil, deliberation, simulated }) => ({
						number,
						title,
						votedOn,
						inForceFrom,
						inForceUntil,
						deliberation,
						simulated,
					}),
				),
			}),
		);
		api.get(
			'/equipment/policy/versions/:number',
			{ schema: { tags, summary: 'One version of the policy', params: byNumber } },
			async (request, reply) =>
				(await policy.versions.get(Number(request.params.number) || 0)) ?? missing(request, reply),
		);
		api.get(
			'/equipment/policy/years/:year',
			{
				schema: {
					tags,
					summary: 'A year of the policy: requests, exceptions, shares of the law',
					params: byYear,
				},
			},
			async (request) => {
				const { year } = request.params;
				const [requests, statement] = await Promise.all([
					policy.requests.year(year),
					policy.orders.statement(year),
				]);
				return { requests, statement };
			},
		);
		api.get(
			'/equipment/requests',
			{
				schema: {
					tags,
					security,
					summary: 'Needs and how they were answered; for keys with equipment:write and the IT officer',
					querystring: z.object({
						status: z.enum(['to_decide', 'decided', 'withdrawn']).optional(),
						page: z.coerce.number().int().min(1).max(100_000).default(1),
						pageSize: z.coerce.number().int().min(1).max(100).default(25),
					}),
				},
			},
			async (request, reply) =>
				answer(request, reply, await policy.requests.list(request.actor, request.query)),
		);
		api.get(
			'/equipment/requests/:number',
			{ schema: { tags, security, summary: 'One need', params: byNumber } },
			async (request, reply) =>
				answer(request, reply, await policy.requests.get(request.actor, request.params.number)),
		);
		api.get(
			'/equipment/orders',
			{
				schema: {
					tags,
					security,
					summary: 'Orders with their lines; for keys with equipment:write and the IT officer',
					querystring: z.object({
						year: z.coerce.number().int().min(2000).max(2100).optional(),
						page: z.coerce.number().int().min(1).max(100_000).default(1),
					}),
				},
			},
			async (request, reply) =>
				answer(request, reply, await policy.orders.list(request.actor, request.query)),
		);
	};
}
