import {
	type FastifyPluginAsyncZod,
	type FastifyReply,
	type FastifyRequest,
	type Platform,
	type Result,
	sendProblem,
} from '@parvis/platform';
import { z } from 'zod';
import type { Changed, Interventions } from './face.ts';
import { priorities, statuses } from './rules/status.ts';
import { isDay } from './rules/town-time.ts';

const tags = ['interventions'];
const security = [{ key: [] }];
const byReference = z.object({ reference: z.string().max(60) });
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const paging = {
	page: z.coerce.number().int().min(1).max(100_000).default(1),
	pageSize: z.coerce.number().int().min(1).max(500).default(50),
};

const changes = {
	title: z.string().optional(),
	description: z.string().optional(),
	categoryId: z.string().optional(),
	priority: z.enum(priorities).optional(),
	status: z.enum(statuses).optional(),
	dueAt: instant.optional(),
	plannedOn: z.string().nullish(),
	durationMinutes: z.number().optional(),
	assigneeIds: z.array(z.string()).optional(),
	placeId: z.string().nullish(),
	address: z.string().nullish(),
	longitude: z.number().optional(),
	latitude: z.number().optional(),
	reason: z.string().nullish(),
	publicAnswer: z.string().nullish(),
};

/** What an address or an id names; what a body names that there is not is a fault of the body. */
const statusOf: Readonly<Record<string, number>> = {
	'operations.intervention_unknown': 404,
	'operations.report_unknown': 404,
	'operations.action_id_taken': 409,
	'platform.too_many_requests': 429,
};

/** /api/v1: interventions for keys (operations:read, operations:write), reports for everybody. */
export function createInterventionsApi(platform: Platform, face: Interventions): FastifyPluginAsyncZod {
	const refused = (
		request: FastifyRequest,
		reply: FastifyReply,
		{ error, detail }: Extract<Result<unknown>, { ok: false }>,
	) => {
		const status =
			error === 'platform.not_allowed'
				? request.actor.kind === 'anonymous'
					? 401
					: 403
				: (statusOf[error] ?? 400);
		return sendProblem(platform, request, reply, status, error, detail);
	};
	const answer = <Value>(request: FastifyRequest, reply: FastifyReply, result: Result<Value>, done = 200) =>
		result.ok ? reply.code(done).send(result.value as object) : refused(request, reply, result);

	/** `"7"` or `7`; null: no version was named; NaN when it is no version. */
	const versionOf = (request: FastifyRequest): number | null => {
		const header = request.headers['if-match'];
		if (header === undefined || header === '*') return null;
		const found = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header);
		return found ? Number(found[1]) : Number.NaN;
	};

	return async (api) => {
		api.get(
			'/interventions',
			{
				schema: {
					summary: 'Interventions, those due first (scope operations:read)',
					tags,
					security,
					querystring: z.object({
						...paging,
						status: z
							.string()
							.max(100)
							.transform((text) => text.split(','))
							.pipe(z.array(z.enum(statuses)))
							.optional(),
						open: z.enum(['true', 'false']).optional(),
						serviceId: z.string().max(60).optional(),
						priority: z.enum(priorities).optional(),
						assigneeId: z.string().max(60).optional(),
						plannedOn: z.string().refine(isDay).optional(),
						sourceKind: z.string().max(40).optional(),
						text: z.string().max(200).optional(),
						changedSince: instant.optional(),
						sort: z.enum(['due', 'recent', 'changed']).optional(),
					}),
				},
			},
			async (request, reply) => {
				const { open, ...filter } = request.query;
				return answer(request, reply, await face.list(request.actor, { ...filter, open: open === 'true' }));
			},
		);

		api.get(
			'/interventions/:reference',
			{
				schema: {
					summary: 'One intervention by id or number; its ETag is its version (scope operations:read)',
					tags,
					security,
					params: byReference,
				},
			},
			async (request, reply) => {
				const result = await face.get(request.actor, request.params.reference);
				if (result.ok) reply.header('etag', `"${result.value.version}"`);
				return answer(request, reply, result);
			},
		);

		api.get(
			'/interventions/:reference/history',
			{ schema: { summary: 'Who did what (scope operations:read)', tags, security, params: byReference } },
			async (request, reply) => {
				const found = await face.get(request.actor, request.params.reference);
				if (!found.ok) return refused(request, reply, found);
				const history = await face.history(request.actor, found.value.id);
				return history.ok ? reply.send({ items: history.value }) : refused(request, reply, history);
			},
		);

		api.post(
			'/interventions',
			{
				schema: {
					summary:
						'Open an intervention, once for each key: the second time answers the first one (scope operations:write)',
					tags,
					security,
					body: z.object({
						key: z.string().min(1).max(160).describe('What it is in the calling system, unique there'),
						title: z.string(),
						description: z.string().optional(),
						category: z.string().describe('Id or code'),
						placeId: z.string().nullish(),
						longitude: z.number().optional(),
						latitude: z.number().optional(),
						address: z.string().nullish(),
						priority: z.enum(priorities).optional(),
						dueAt: instant.optional(),
						plannedOn: z.string().nullish(),
						durationMinutes: z.number().optional(),
						assigneeIds: z.array(z.string()).optional(),
						checklist: z.array(z.string()).optional(),
					}),
				},
			},
			async (request, reply) => {
				const { key, ...input } = request.body;
				const owner = request.actor.id ?? 'system';
				const result = await face.open(request.actor, {
					...input,
					source: { kind: 'api', key: `${owner}/${key}` },
				});
				if (result.ok) reply.header('etag', `"${result.value.version}"`);
				return answer(request, reply, result, 201);
			},
		);

		api.patch(
			'/interventions/:reference',
			{
				schema: {
					summary:
						'Change fields. If-Match names the version that was seen: 409 says who was first and what changed when both changed the same field (scope operations:write)',
					tags,
					security,
					params: byReference,
					body: z.object(changes),
				},
			},
			async (request, reply) => {
				const version = versionOf(request);
				if (Number.isNaN(version))
					return sendProblem(platform, request, reply, 400, 'platform.invalid_input');
				const found = await face.get(request.actor, request.params.reference);
				if (!found.ok) return refused(request, reply, found);
				// A version that is not yet cannot have been seen.
				if (version !== null && version > found.value.version)
					return sendProblem(platform, request, reply, 400, 'platform.invalid_input');
				const result: Result<Changed> = await face.change(
					request.actor,
					found.value.id,
					version,
					request.body,
				);
				if (!result.ok) return refused(request, reply, result);
				reply.header('etag', `"${result.value.intervention.version}"`);
				return reply.code(result.value.saved ? 200 : 409).send(result.value);
			},
		);

		api.post(
			'/interventions/:reference/actions',
			{
				schema: {
					summary:
						'What was done on the spot, once for each id: start, pause, check, material, note, done, could_not (scope operations:write)',
					tags,
					security,
					params: byReference,
					body: z.looseObject({ id: z.uuid(), kind: z.string(), at: z.string() }),
				},
			},
			async (request, reply) => {
				const found = await face.get(request.actor, request.params.reference);
				if (!found.ok) return refused(request, reply, found);
				const action = { ...request.body, interventionId: found.value.id } as unknown as Parameters<
					Interventions['act']
				>[1];
				return answer(request, reply, await face.act(request.actor, action));
			},
		);

		api.get(
			'/reports',
			{
				schema: {
					summary: 'What residents reported, as everybody may see it',
					tags: ['reports'],
					querystring: z.object({
						...paging,
						status: z.enum(['received', 'planned', 'fixed', 'refused']).optional(),
						category: z.string().max(60).optional(),
					}),
				},
			},
			async ({ query: { status, ...filter } }) =>
				face.reports.list({ ...filter, ...(status && { status: [status] }) }),
		);

		api.get(
			'/reports/:number',
			{
				schema: {
					summary: 'One report, by its number',
					tags: ['reports'],
					params: z.object({ number: z.string().max(40) }),
				},
			},
			async (request, reply) => {
				const report = await face.reports.get(request.params.number);
				return report
					? reply.send(report)
					: sendProblem(platform, request, reply, 404, 'operations.report_unknown');
			},
		);

		// Mail programs send the one-click form of RFC 8058; its body says nothing that the address does not.
		api.addContentTypeParser(
			'application/x-www-form-urlencoded',
			{ parseAs: 'string', bodyLimit: 10_000 },
			(_request, _body, done) => done(null, null),
		);
		api.post(
			'/reports/unsubscribe',
			{
				schema: {
					summary: 'End the letters about a report, by the token in them',
					tags: ['reports'],
					querystring: z.object({ token: z.string().max(200) }),
				},
			},
			async (request, reply) => {
				const result = await face.reports.unsubscribe(request.query.token);
				return result.ok ? reply.code(204).send() : refused(request, reply, result);
			},
		);
	};
}
