import {
	createEventStream,
	type FastifyPluginAsyncZod,
	type FastifyReply,
	type FastifyRequest,
	type Platform,
	type Result,
	sendProblem,
} from '@parvis/platform';
import { z } from 'zod';
import type { Lighting, SegmentLevel } from './face.ts';

const id = z.string().max(100);
const tags = ['lighting'];
const longestMilliseconds = 5 * 60_000;
const largestReportBytes = 512 * 1024;
const largestImportBytes = 32 * 1024 * 1024;

/** /api/v1/lighting: what stands where, what it does, profiles, overrides, imports; live levels for agents' pages. */
export function createLightingApi(platform: Platform, lighting: Lighting): FastifyPluginAsyncZod {
	const answer = <Value>(request: FastifyRequest, reply: FastifyReply, result: Result<Value>, done = 200) => {
		if (result.ok) return reply.code(done).send(result.value ?? {});
		const status =
			result.error === 'platform.not_allowed'
				? 403
				: result.error.endsWith('_unknown')
					? 404
					: result.error.endsWith('_changed')
						? 409
						: 400;
		return sendProblem(platform, request, reply, status, result.error, result.detail);
	};

	return async (api) => {
		const streams = new Set<() => void>();
		// Open connections would otherwise hold the server up when it stops.
		api.addHook('preClose', async () => {
			for (const end of streams) end();
		});

		api.post(
			'/lighting/import',
			{
				bodyLimit: largestImportBytes,
				schema: {
					tags,
					summary: 'Add or change cabinets, segments, luminaires and presence sensors by their external ids',
					querystring: z.object({ dryRun: z.enum(['true', 'false']).default('false') }),
					body: z.record(z.string(), z.unknown()),
				},
			},
			async (request, reply) =>
				answer(
					request,
					reply,
					await lighting.importMany(request.actor, request.body, { dryRun: request.query.dryRun === 'true' }),
				),
		);

		api.post(
			'/lighting/talq/:gateway/log-reports',
			{
				bodyLimit: largestReportBytes,
				schema: {
					tags,
					summary:
						'What a gateway logged of its lamps, as LogReport of TALQ 2, with the token of the gateway',
					params: z.object({ gateway: id }),
					body: z.unknown(),
				},
				// Before the body is read.
				onRequest: async (request, reply) => {
					const { gateway } = request.params as { gateway: string };
					const token = /^Bearer (.{1,200})$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
					if (!(await lighting.gateways.holds(gateway, token)))
						return sendProblem(platform, request, reply, 401, 'operations.light_gateway_unauthorised');
				},
			},
			async (request, reply) => {
				const received = await lighting.gateways.receive(request.params.gateway, request.body);
				if (received.ok) return reply.code(201).send({});
				const busy = received.error === 'operations.light_reports_too_many';
				return sendProblem(platform, request, reply, busy ? 429 : 400, received.error, received.detail);
			},
		);

		api.get(
			'/lighting/overview',
			{ schema: { tags, summary: 'How many lamps follow, differ, failed' } },
			async (request, reply) => answer(request, reply, await lighting.overview(request.actor)),
		);

		api.get(
			'/lighting/segments',
			{ schema: { tags, summary: 'Segments of streets with their levels' } },
			async (request, reply) => answer(request, reply, await lighting.segments(request.actor)),
		);

		api.get(
			'/lighting/luminaires',
			{
				schema: {
					tags,
					summary: 'Luminaires, 50 a page',
					querystring: z.object({
						text: z.string().max(100).optional(),
						status: z.enum(['never_heard', 'follows', 'differs', 'failed']).optional(),
						page: z.coerce.number().int().min(1).max(100_000).optional(),
					}),
				},
			},
			async (request, reply) => {
				const { text, status, page } = request.query;
				return answer(
					request,
					reply,
					await lighting.luminaires(request.actor, {
						...(text && { text }),
						...(status && { status }),
						...(page && { page }),
					}),
				);
			},
		);

		api.get(
			'/lighting/luminaires/:id',
			{
				schema: {
					tags,
					summary: 'One luminaire with its set-points, by id or external id',
					params: z.object({ id }),
				},
			},
			async (request, reply) =>
				answer(request, reply, await lighting.luminaire(request.actor, request.params.id)),
		);

		api.get(
			'/lighting/faults',
			{
				schema: {
					tags,
					summary: 'Faults, the open ones first',
					querystring: z.object({ open: z.enum(['true', 'false']).default('false') }),
				},
			},
			async (request, reply) =>
				answer(request, reply, await lighting.faults(request.actor, { open: request.query.open === 'true' })),
		);

		api.get('/lighting/profiles', { schema: { tags, summary: 'LightProfiles' } }, async (request, reply) =>
			answer(request, reply, await lighting.profiles.list(request.actor)),
		);

		api.post(
			'/lighting/profiles',
			{
				schema: {
					tags,
					summary: 'A new profile; refused with the article where the arrêté of 27 December 2018 forbids it',
					body: z.record(z.string(), z.unknown()),
				},
			},
			async (request, reply) =>
				answer(request, reply, await lighting.profiles.create(request.actor, request.body), 201),
		);

		api.put(
			'/lighting/profiles/:id',
			{
				schema: {
					tags,
					summary: 'Change a profile that nobody changed since the version given',
					params: z.object({ id }),
					querystring: z.object({ version: z.coerce.number().int() }),
					body: z.record(z.string(), z.unknown()),
				},
			},
			async (request, reply) =>
				answer(
					request,
					reply,
					await lighting.profiles.change(
						request.actor,
						request.params.id,
						request.query.version,
						request.body,
					),
				),
		);

		api.get(
			'/lighting/overrides',
			{ schema: { tags, summary: 'Events, emergencies and tests, now, to come, and of the last 30 days' } },
			async (request, reply) => answer(request, reply, await lighting.overrides.list(request.actor)),
		);

		api.post(
			'/lighting/overrides',
			{
				schema: {
					tags,
					summary: 'Hold an area at a level until a time',
					body: z.record(z.string(), z.unknown()),
				},
			},
			async (request, reply) =>
				answer(request, reply, await lighting.overrides.create(request.actor, request.body), 201),
		);

		api.delete(
			'/lighting/overrides/:id',
			{ schema: { tags, summary: 'End or cancel an override', params: z.object({ id }) } },
			async (request, reply) =>
				answer(request, reply, await lighting.overrides.cancel(request.actor, request.params.id)),
		);

		api.get(
			'/lighting/effect',
			{
				schema: {
					tags,
					summary: 'Energy by day against the full night',
					querystring: z.object({ days: z.coerce.number().int().min(1).max(400).default(30) }),
				},
			},
			async (request, reply) =>
				answer(request, reply, await lighting.effect(request.actor, request.query.days)),
		);

		api.get(
			'/lighting/streets',
			{ schema: { tags, summary: 'For everybody: what the light of each street does tonight, and why' } },
			async () => ({ items: await lighting.publicStreets() }),
		);

		api.get(
			'/lighting/live',
			{ schema: { tags, summary: 'Levels of segments as they change, as server-sent events `levels`' } },
			async (request, reply) => {
				const stream = createEventStream<SegmentLevel>(reply, {
					write: (levels) => `event: levels\ndata: ${JSON.stringify(levels)}`,
				});
				const followed = lighting.follow(request.actor, (levels) =>
					stream.push(levels.map((level) => [level.id, level])),
				);
				if (!followed.ok) return answer(request, reply, followed);
				streams.add(stream.end);
				reply.raw.on('close', () => {
					followed.value();
					streams.delete(stream.end);
				});
				stream.open(longestMilliseconds);
			},
		);
	};
}
