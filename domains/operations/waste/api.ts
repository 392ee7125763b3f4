import {
	type FastifyPluginAsyncZod,
	type FastifyReply,
	type FastifyRequest,
	type Platform,
	type Result,
	sendProblem,
} from '@parvis/platform';
import { z } from 'zod';
import { dayInput } from '../day-input.ts';
import type { Waste } from './face.ts';
import {
	actionInput,
	containerInput,
	eventInput,
	fixedRoundInput,
	siteInput,
	vehicleInput,
} from './input.ts';

const tags = ['waste'];
const security = [{ key: [] }];
const byId = z.object({ id: z.string().max(100) });
const someDay = z.object({ day: dayInput.optional() });

/** /api/v1/waste: containers, trucks, sites and fixed rounds by external id; rounds of a day and what is done of them. */
export function createWasteApi(platform: Platform, waste: Waste): FastifyPluginAsyncZod {
	const answer = <Value>(
		request: FastifyRequest,
		reply: FastifyReply,
		result: Result<Value>,
		shown: (value: Value) => object = (value) => value as object,
		status = 200,
	) => {
		if (result.ok) return reply.code(status).send(shown(result.value));
		const { error, detail } = result;
		if (error === 'platform.not_allowed' && request.actor.kind === 'anonymous')
			return sendProblem(platform, request, reply, 401, 'platform.not_signed_in');
		// What the address names is not found; what the body names and is not there is a fault of the body.
		const named = 'id' in (request.params as object);
		const refusal =
			error === 'platform.not_allowed'
				? 403
				: /meanwhile$|_used$|_taken$/.test(error)
					? 409
					: named && /waste_(round|container)_unknown$/.test(error)
						? 404
						: 400;
		return sendProblem(platform, request, reply, refusal, error, detail);
	};
	const items = (list: object) => ({ items: list });

	return async (api) => {
		api.get(
			'/waste/containers',
			{
				schema: {
					tags,
					security,
					summary: 'Containers with their sensor, last pickup and forecast (scope operations:read)',
					querystring: z.object({ flow: z.string().max(40).optional(), doubtful: z.stringbool().optional() }),
				},
			},
			async (request, reply) =>
				answer(request, reply, await waste.containers.list(request.actor, request.query), items),
		);
		api.get(
			'/waste/containers/:id',
			{ schema: { tags, security, summary: 'One container with its pickups', params: byId } },
			async (request, reply) =>
				answer(request, reply, await waste.containers.get(request.actor, request.params.id)),
		);
		api.post(
			'/waste/containers/:id/pickups',
			{
				schema: {
					tags,
					security,
					summary: 'It was emptied outside a round (scope operations:write)',
					params: byId,
					body: z.object({
						at: z.iso.datetime({ offset: true }).optional(),
						fillPercent: z.number().nullish(),
						kilograms: z.number().nullish(),
					}),
				},
			},
			async (request, reply) =>
				answer(
					request,
					reply,
					await waste.containers.recordPickup(request.actor, request.params.id, request.body),
					() => ({ done: true }),
					201,
				),
		);
		api.post(
			'/waste/containers/import',
			{
				bodyLimit: 16 * 1024 * 1024,
				schema: {
					tags,
					security,
					summary: 'Add or change many containers; refused lines leave the others (scope operations:write)',
					body: z.object({
						containers: z.array(z.record(z.string(), z.unknown())).max(5000),
						dryRun: z.boolean().default(false),
					}),
				},
			},
			async (request, reply) =>
				answer(
					request,
					reply,
					await waste.containers.importMany(
						request.actor,
						request.body.containers.map((fields, n) => ({ line: n + 1, fields })),
						{ dryRun: request.body.dryRun },
					),
				),
		);
		for (const [path, summary, body, save] of [
			['containers', 'container', containerInput, waste.containers.save],
			['vehicles', 'truck', vehicleInput, waste.vehicles.save],
			['sites', 'depot or unloading site', siteInput, waste.sites.save],
			['fixed-rounds', 'fixed round, the baseline', fixedRoundInput, waste.fixedRounds.save],
		] as const)
			api.post(
				`/waste/${path}`,
				{
					schema: {
						tags,
						security,
						summary: `Add a ${summary}, or change that of the same externalId (scope operations:write)`,
						body: body as z.ZodType,
					},
				},
				async (request, reply) => {
					const saved = await save(request.actor, request.body);
					return answer(request, reply, saved, undefined, saved.ok && saved.value.created ? 201 : 200);
				},
			);
		api.post(
			'/waste/events',
			{
				schema: {
					tags,
					security,
					summary: 'Days on which more waste comes than usual (scope operations:write)',
					body: eventInput,
				},
			},
			async (request, reply) =>
				answer(request, reply, await waste.setup.addEvent(request.actor, request.body)),
		);
		api.get('/waste/vehicles', { schema: { tags, security, summary: 'Trucks' } }, async (request, reply) =>
			answer(request, reply, await waste.vehicles.list(request.actor), items),
		);
		api.get(
			'/waste/sites',
			{ schema: { tags, security, summary: 'Depots and unloading sites' } },
			async (request, reply) => answer(request, reply, await waste.sites.list(request.actor), items),
		);
		api.get(
			'/waste/fixed-rounds',
			{ schema: { tags, security, summary: 'Fixed rounds' } },
			async (request, reply) => answer(request, reply, await waste.fixedRounds.list(request.actor), items),
		);
		api.get(
			'/waste/rounds',
			{
				schema: {
					tags,
					security,
					summary: 'Rounds of a day with their stops in order; today unless told',
					querystring: someDay,
				},
			},
			async (request, reply) =>
				answer(
					request,
					reply,
					await waste.rounds.list(request.actor, request.query.day ?? waste.today()),
					items,
				),
		);
		api.get(
			'/waste/rounds/:id',
			{ schema: { tags, security, summary: 'One round', params: byId } },
			async (request, reply) =>
				answer(request, reply, await waste.rounds.get(request.actor, request.params.id)),
		);
		api.post(
			'/waste/rounds/:id/actions',
			{
				schema: {
					tags,
					security,
					summary: 'What was done; the same id is done once (scope operations:write)',
					params: byId,
					body: actionInput.omit({ roundId: true }).extend({ at: z.iso.datetime({ offset: true }) }),
				},
			},
			async (request, reply) =>
				answer(
					request,
					reply,
					await waste.rounds.act(request.actor, { ...request.body, roundId: request.params.id }),
				),
		);
		api.get(
			'/waste/plans/:day',
			{
				schema: {
					tags,
					security,
					summary: 'The plan of a day: rounds, and why each container is in or out',
					params: z.object({ day: dayInput }),
				},
			},
			async (request, reply) => {
				const plan = await waste.plans.get(request.actor, request.params.day);
				if (plan.ok && !plan.value)
					return sendProblem(platform, request, reply, 404, 'operations.waste_plan_unknown');
				return answer(request, reply, plan);
			},
		);
		api.post(
			'/waste/plans/:day',
			{
				schema: {
					tags,
					security,
					summary: 'Make the plan of a day, or make it anew (scope operations:write)',
					params: z.object({ day: dayInput }),
				},
			},
			async (request, reply) =>
				answer(request, reply, await waste.plans.make(request.actor, request.params.day, { cause: 'hand' })),
		);
	};
}
