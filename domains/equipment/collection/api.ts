import {
	type FastifyPluginAsyncZod,
	type FastifyReply,
	type FastifyRequest,
	type Platform,
	type Result,
	sendProblem,
} from '@parvis/platform';
import { z } from 'zod';
import type { Collection } from './face.ts';
import { mostPhotoBytes } from './photos.ts';

const tags = ['equipment'];
const security = [{ key: [] }];

/** /api/v1/equipment: campaigns for everybody, items with a key, and what phones of a collection day speak with. */
export function createCollectionApi(platform: Platform, collection: Collection): FastifyPluginAsyncZod {
	/** A refusal as a phone needs it: a session that is over is no missing right. */
	const refused = (
		request: FastifyRequest,
		reply: FastifyReply,
		{ error, detail }: Extract<Result<unknown>, { ok: false }>,
	) => {
		const { actor } = request;
		if (error === 'platform.not_allowed') {
			if (actor.kind === 'anonymous')
				return sendProblem(platform, request, reply, 401, 'platform.not_signed_in');
			if (actor.kind === 'person' && actor.roles.length > 0 && !actor.secondFactor)
				return sendProblem(platform, request, reply, 401, 'identity.second_factor_needed');
			return sendProblem(platform, request, reply, 403, error);
		}
		const status = error === 'equipment.outbox_of_another' ? 409 : /unknown$/.test(error) ? 404 : 400;
		return sendProblem(platform, request, reply, status, error, detail);
	};

	return async (api) => {
		api.get(
			'/equipment/campaigns',
			{ schema: { tags, summary: 'Collection campaigns that are published' } },
			async (request) => ({ items: await collection.campaigns.list(request.actor) }),
		);
		api.get(
			'/equipment/campaigns/:slug',
			{
				schema: {
					tags,
					summary: 'A campaign with its drop-off points, hours and free slots',
					params: z.object({ slug: z.string().max(100) }),
				},
			},
			async (request, reply) => {
				const found = await collection.campaigns.get(request.actor, request.params.slug);
				return found.ok ? reply.send(found.value) : refused(request, reply, found);
			},
		);
		api.get(
			'/equipment/items',
			{
				schema: {
					tags,
					security,
					summary: 'Collected devices and what became of them (scope equipment:read)',
					querystring: z.object({
						state: z.string().max(20).optional(),
						category: z.string().max(20).optional(),
						campaignId: z.uuid().optional(),
						text: z.string().max(80).optional(),
						page: z.coerce.number().int().min(1).max(10_000).optional(),
						pageSize: z.coerce.number().int().min(1).max(200).optional(),
					}),
				},
			},
			async (request, reply) => {
				const asked = Object.fromEntries(
					Object.entries(request.query).filter(([, value]) => value !== undefined),
				);
				const found = await collection.items.list(request.actor, asked);
				return found.ok ? reply.send(found.value) : refused(request, reply, found);
			},
		);

		api.get(
			'/equipment/desk/day',
			{
				schema: {
					tags,
					summary: 'What a desk needs without the network',
					querystring: z.object({ device: z.uuid() }),
				},
			},
			async (request, reply) => {
				const found = await collection.desk.day(request.actor, request.query.device);
				if (!found.ok) return refused(request, reply, found);
				const etag = `"${found.value.version}"`;
				reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'cookie' });
				return request.headers['if-none-match'] === etag
					? reply.code(304).send()
					: reply.send(found.value.day);
			},
		);
		api.post(
			'/equipment/desk/sync',
			{
				schema: {
					tags,
					summary: 'What a desk received, in order; repeating it does nothing twice',
					body: z.object({
						personId: z.string(),
						deviceId: z.string(),
						sentAt: z.string(),
						actions: z.array(z.unknown()),
					}),
				},
			},
			async (request, reply) => {
				const report = await collection.desk.sync(request.actor, request.body);
				if (!report.ok) return refused(request, reply, report);
				const { answers, ...times } = report.value;
				return reply.send({
					...times,
					answers: answers.map(({ detail, ...answer }) => ({
						...answer,
						...(answer.error && { message: platform.messages.t(request.locale, answer.error, detail) }),
					})),
				});
			},
		);
		await api.register(async (photos) => {
			photos.addContentTypeParser(/^image\//, { parseAs: 'buffer' }, (_request, body, done) =>
				done(null, body),
			);
			photos.post(
				'/equipment/desk/photos/:id',
				{
					bodyLimit: mostPhotoBytes,
					schema: {
						tags,
						summary: 'A photo of what was received, by the id that the phone gave it; kept once',
						params: z.object({ id: z.uuid() }),
						querystring: z.object({ person: z.uuid(), subject: z.uuid() }),
					},
				},
				async (request, reply) => {
					const { params, query } = request as unknown as {
						params: { id: string };
						query: { person: string; subject: string };
					};
					if (!Buffer.isBuffer(request.body))
						return sendProblem(platform, request, reply, 415, 'platform.unsupported_media_type');
					const kept = await collection.desk.keepPhoto(request.actor, {
						id: params.id,
						personId: query.person,
						lineId: query.subject,
						content: request.body,
					});
					return kept.ok ? reply.send(kept.value) : refused(request, reply, kept);
				},
			);
		});
	};
}
