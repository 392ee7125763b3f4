import { Readable } from 'node:stream';
import {
	anonymous,
	atomFeed,
	csvLine,
	type FastifyPluginAsyncZod,
	type FastifyReply,
	type FastifyRequest,
	type Platform,
	type Result,
	sendProblem,
} from '@parvis/platform';
import { z } from 'zod';
import type { Call, IdeaQuery, Participation, ProjectQuery } from './face.ts';
import type { IdeaImport } from './idea-import.ts';

const mostPageSize = 100;
const formats = z.enum(['json', 'geojson', 'csv']).default('json');
const paging = {
	page: z.coerce.number().int().min(1).max(100_000).default(1),
	pageSize: z.coerce.number().int().min(1).max(mostPageSize).default(24),
};
const callParams = z.object({ call: z.string().max(200) });
const numbered = callParams.extend({ number: z.string().max(40) });

const ideaColumns = [
	'number',
	'title',
	'excerpt',
	'author',
	'category',
	'envelope',
	'district',
	'longitude',
	'latitude',
	'supportCount',
	'commentCount',
	'publishedAt',
	'verdict',
	'url',
] as const;
const projectColumns = [
	'number',
	'code',
	'title',
	'excerpt',
	'costCents',
	'envelope',
	'category',
	'district',
	'longitude',
	'latitude',
	'status',
	'dueOn',
	'late',
	'url',
] as const;

type Cell = string | number | boolean | null;

function cellOf(value: unknown): Cell {
	if (value instanceof Date) return value.toISOString();
	if (typeof value === 'object' && value !== null && 'fr' in value) return String(value.fr);
	return (value ?? null) as Cell;
}

function csv<Item extends object>(columns: readonly (keyof Item & string)[], items: readonly Item[]): string {
	return (
		csvLine(columns) + items.map((item) => csvLine(columns.map((column) => cellOf(item[column])))).join('')
	);
}

function geojson(items: readonly { longitude: number | null; latitude: number | null }[]): string {
	return JSON.stringify({
		type: 'FeatureCollection',
		features: items.flatMap(({ longitude, latitude, ...properties }) =>
			longitude === null || latitude === null
				? []
				: [
						{
							type: 'Feature',
							properties,
							geometry: { type: 'Point', coordinates: [longitude, latitude] },
						},
					],
		),
	});
}

type Rooms = Pick<Participation, 'calls' | 'ideas' | 'projects' | 'counting' | 'follows'> & {
	ideaImport: IdeaImport;
};

/** /api/v1: calls, ideas, projects, results, published ballots, feeds; calls and ideas by key. */
export function createParticipationApi(platform: Platform, rooms: Rooms): FastifyPluginAsyncZod {
	const { publicUrl } = platform.config;

	const unknown = (request: FastifyRequest, reply: FastifyReply, error = 'participation.call_unknown') =>
		sendProblem(platform, request, reply, 404, error);

	const answer = <Value>(request: FastifyRequest, reply: FastifyReply, result: Result<Value>, done = 200) => {
		if (result.ok) return reply.code(done).send(result.value as object);
		const status =
			result.error === 'platform.not_allowed' ? 403 : result.error.endsWith('_unknown') ? 404 : 400;
		return sendProblem(platform, request, reply, status, result.error, result.detail);
	};

	/** What everybody may see: a key sees no more here, so that a copied answer tells no secret. */
	const publicCall = (reference: string): Promise<Call | null> => rooms.calls.get(anonymous, reference);

	/** Next and previous page, as RFC 8288 has them. */
	function linkPages(
		request: FastifyRequest,
		reply: FastifyReply,
		list: { page: number; pageSize: number; total: number },
	) {
		const links = [
			['prev', list.page > 1 ? list.page - 1 : 0],
			['next', list.page * list.pageSize < list.total ? list.page + 1 : 0],
		] as const;
		const shown = links
			.filter(([, page]) => page > 0)
			.map(([rel, page]) => {
				const url = new URL(request.url, publicUrl);
				url.searchParams.set('page', String(page));
				return `<${url.href}>; rel="${rel}"`;
			});
		if (shown.length) reply.header('link', shown.join(', '));
	}

	return async (api) => {
		api.get(
			'/calls',
			{
				schema: {
					summary: 'Published calls, the open first',
					tags: ['participation'],
					querystring: z.object({ kind: z.enum(['ideas', 'budget', 'consultation', 'survey']).optional() }),
				},
			},
			async ({ query: { kind } }) => ({
				items: await rooms.calls.list(anonymous, { limit: 500, ...(kind && { kind }) }),
			}),
		);

		api.get(
			'/calls/:call',
			{ schema: { summary: 'One call, by slug or id', tags: ['participation'], params: callParams } },
			async (request, reply) => {
				const call = await publicCall(request.params.call);
				return call ? reply.send(call) : unknown(request, reply);
			},
		);

		api.get(
			'/calls/:call/ideas',
			{
				schema: {
					summary: 'Published ideas of a call',
					tags: ['participation'],
					params: callParams,
					querystring: z.object({
						...paging,
						text: z.string().max(200).optional(),
						category: z.string().max(40).optional(),
						envelope: z.string().max(40).optional(),
						district: z.string().max(40).optional(),
						verdict: z.enum(['feasible', 'amended', 'unfeasible', 'none']).optional(),
						sort: z.enum(['recent', 'supported', 'commented', 'random']).default('recent'),
						seed: z.string().max(100).optional(),
						format: formats,
					}),
				},
			},
			async (request, reply) => {
				const call = await publicCall(request.params.call);
				if (!call) return unknown(request, reply);
				const { format, category, envelope, district, text, verdict, seed, ...rest } = request.query;
				const query: IdeaQuery = {
					...rest,
					...(category && { categoryId: category }),
					...(envelope && { envelopeId: envelope }),
					...(district && { districtId: district }),
					...(text && { text }),
					...(verdict && { verdict }),
					...(seed && { seed }),
				};
				const list = await rooms.ideas.list(anonymous, call.id, query);
				linkPages(request, reply, list);
				if (format === 'csv') return reply.type('text/csv; charset=utf-8').send(csv(ideaColumns, list.items));
				if (format === 'geojson') return reply.type('application/geo+json').send(geojson(list.items));
				return reply.send(list);
			},
		);

		api.get(
			'/calls/:call/ideas/:number',
			{ schema: { summary: 'One idea', tags: ['participation'], params: numbered } },
			async (request, reply) => {
				const call = await publicCall(request.params.call);
				const idea = call && (await rooms.ideas.get(anonymous, call.id, request.params.number));
				if (!idea) return unknown(request, reply, call ? 'participation.idea_unknown' : undefined);
				const { authorId: _, mine: __, ...shown } = idea;
				return reply.send(shown);
			},
		);

		api.post(
			'/calls/:call/ideas',
			{
				bodyLimit: 16 * 1024 * 1024,
				schema: {
					summary:
						'Take in ideas from another system, published without an author, at most 2,000 at once (scope participation:write)',
					tags: ['participation'],
					security: [{ key: [] }],
					params: callParams,
					body: z.object({ ideas: z.array(z.looseObject({})).min(1).max(2000) }),
				},
			},
			async (request, reply) =>
				answer(
					request,
					reply,
					await rooms.ideaImport(request.actor, request.params.call, request.body.ideas),
					201,
				),
		);

		api.get(
			'/calls/:call/projects',
			{
				schema: {
					summary: 'Projects of a call',
					tags: ['participation'],
					params: callParams,
					querystring: z.object({
						...paging,
						text: z.string().max(200).optional(),
						status: z
							.enum(['candidate', 'not_selected', 'selected', 'started', 'done', 'abandoned'])
							.optional(),
						envelope: z.string().max(40).optional(),
						late: z.enum(['true', 'false']).optional(),
						format: formats,
					}),
				},
			},
			async (request, reply) => {
				const call = await publicCall(request.params.call);
				if (!call) return unknown(request, reply);
				const { format, text, status, envelope, late, page, pageSize } = request.query;
				const query: ProjectQuery = {
					callId: call.id,
					page,
					pageSize,
					...(text && { text }),
					...(status && { status: [status] }),
					...(envelope && { envelopeId: envelope }),
					...(late === 'true' && { late: true }),
				};
				const list = await rooms.projects.list(anonymous, query);
				linkPages(request, reply, list);
				if (format === 'csv')
					return reply.type('text/csv; charset=utf-8').send(csv(projectColumns, list.items));
				if (format === 'geojson') return reply.type('application/geo+json').send(geojson(list.items));
				return reply.send(list);
			},
		);

		api.get(
			'/calls/:call/projects/:number',
			{ schema: { summary: 'One project', tags: ['participation'], params: numbered } },
			async (request, reply) => {
				const call = await publicCall(request.params.call);
				const project = call && (await rooms.projects.get(anonymous, call.id, request.params.number));
				return project
					? reply.send(project)
					: unknown(request, reply, call ? 'participation.project_unknown' : undefined);
			},
		);

		api.get(
			'/calls/:call/result',
			{
				schema: {
					summary: 'The result of a vote, once it is counted',
					tags: ['participation'],
					params: callParams,
				},
			},
			async (request, reply) => {
				const call = await publicCall(request.params.call);
				const result = call && (await rooms.counting.result(call.id, request.locale));
				if (!result) return unknown(request, reply, call ? 'participation.result_unknown' : undefined);
				const { call: _, ...shown } = result;
				return reply.send(shown);
			},
		);

		api.get(
			'/calls/:call/ballots.pb',
			{
				schema: {
					summary: 'The published ballots of one envelope as a Pabulib file, once the vote is counted',
					tags: ['participation'],
					params: callParams,
					querystring: z.object({ envelope: z.string().max(40) }),
				},
			},
			async (request, reply) => {
				const call = await publicCall(request.params.call);
				const text = call && (await rooms.counting.pabulib(call.id, request.query.envelope));
				if (!text) return unknown(request, reply, call ? 'participation.result_unknown' : undefined);
				return reply
					.type('text/plain; charset=utf-8')
					.header('content-disposition', `inline; filename="${call.slug}.pb"`)
					.send(text);
			},
		);

		api.get(
			'/calls/:call/ballots',
			{
				schema: {
					summary: 'The published box, a JSON line a ballot, in the order of its Merkle tree',
					tags: ['participation'],
					params: callParams,
				},
			},
			async (request, reply) => {
				const call = await publicCall(request.params.call);
				if (!call?.hasResult)
					return unknown(request, reply, call ? 'participation.result_unknown' : undefined);
				async function* lines() {
					for await (const ballot of rooms.counting.box(call?.id ?? '')) yield `${JSON.stringify(ballot)}\n`;
				}
				return reply.type('application/x-ndjson').send(Readable.from(lines()));
			},
		);

		for (const [path, kind] of [
			['/calls/:call/feed.atom', 'call'],
			['/calls/:call/projects/:number/feed.atom', 'project'],
			['/calls/:call/ideas/:number/feed.atom', 'idea'],
		] as const)
			api.get(
				path,
				{
					schema: {
						summary: `What happened to a ${kind}, as an Atom feed`,
						tags: ['participation'],
						params: callParams.extend({ number: z.string().max(40).optional() }),
					},
				},
				async (request, reply) => {
					const call = await publicCall(request.params.call);
					if (!call) return unknown(request, reply);
					const { number = '' } = request.params;
					const subject =
						kind === 'project'
							? await rooms.projects.get(anonymous, call.id, number)
							: kind === 'idea'
								? await rooms.ideas.get(anonymous, call.id, number)
								: null;
					if (kind !== 'call' && !subject) return unknown(request, reply, `participation.${kind}_unknown`);
					const news = await rooms.follows.news({
						limit: 50,
						...(subject ? { subject: { kind, id: subject.id } } : { callId: call.id }),
					});
					return reply.type('application/atom+xml; charset=utf-8').send(
						atomFeed(
							{
								title: subject?.title ?? call.title[request.locale] ?? call.title.fr,
								author: new URL(publicUrl).hostname,
								self: publicUrl + request.url.split('?')[0],
								page: publicUrl + (subject?.url ?? `/participer/${call.slug}`),
								updated: call.phases[0]?.startsAt ?? new Date(0),
							},
							news.map(({ id, title, happenedAt, url }) => ({
								id,
								title: title[request.locale],
								at: happenedAt,
								url: publicUrl + url,
							})),
							request.locale,
						),
					);
				},
			);

		const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
		api.post(
			'/calls',
			{
				schema: {
					summary: 'Prepare a call as a draft (scope participation:write)',
					tags: ['participation'],
					security: [{ key: [] }],
					body: z.looseObject({
						phases: z.array(z.looseObject({ startsAt: instant, endsAt: instant.nullable().default(null) })),
					}),
				},
			},
			async (request, reply) =>
				answer(request, reply, await rooms.calls.create(request.actor, request.body), 201),
		);
		api.post(
			'/calls/:call/publish',
			{
				schema: {
					summary: 'Publish a call (scope participation:write)',
					tags: ['participation'],
					security: [{ key: [] }],
					params: callParams,
				},
			},
			async (request, reply) => {
				const call = await rooms.calls.get(request.actor, request.params.call);
				if (!call) return unknown(request, reply);
				return answer(request, reply, await rooms.calls.publish(request.actor, call.id));
			},
		);

		// What a mail program posts at its reader's wish (RFC 8058): no session, no form token.
		api.addContentTypeParser(
			['application/x-www-form-urlencoded', 'multipart/form-data'],
			{ parseAs: 'string', bodyLimit: 10_000 },
			(_request, _body, done) => done(null, null),
		);
		api.post(
			'/digests/unsubscribe',
			{
				schema: {
					summary: 'End the letters about what one follows, by the token in them',
					tags: ['participation'],
					querystring: z.object({ token: z.string().max(200) }),
				},
			},
			async (request, reply) =>
				(await rooms.follows.unsubscribe(request.query.token))
					? reply.code(204).send()
					: unknown(request, reply, 'participation.token_unknown'),
		);
	};
}
