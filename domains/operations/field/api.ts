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
import { dayInput } from '../day-input.ts';
import { mostPhotoBytes } from '../photos.ts';
import type { Field, VehiclePosition } from './face.ts';
import { maySeePositions } from './policies.ts';

/** Connections are renewed this often, so that a right that was taken ends them too. */
const connectionMilliseconds = 5 * 60_000;
const tags = ['operations'];

/** /api/v1/field: what agents' phones speak with, and where vehicles are. */
export function createFieldApi(platform: Platform, field: Field, close: () => void): FastifyPluginAsyncZod {
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
		const status =
			error === 'operations.outbox_of_another'
				? 409
				: error === 'operations.round_not_yours'
					? 403
					: /unknown$/.test(error)
						? 404
						: 400;
		return sendProblem(platform, request, reply, status, error, detail);
	};

	return async (api) => {
		api.addHook('preClose', async () => close());

		api.post(
			'/field/sync',
			{
				schema: {
					tags,
					summary: 'What an agent did in the street, in order; repeating it does nothing twice',
					body: z.object({
						personId: z.string(),
						deviceId: z.string(),
						sentAt: z.string(),
						actions: z.array(z.unknown()),
					}),
				},
			},
			async (request, reply) => {
				const report = await field.sync(request.actor, request.body);
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

		api.get(
			'/field/day',
			{
				schema: {
					tags,
					summary: 'What the agent who asks has to do on a day; today unless told',
					querystring: z.object({ day: dayInput.optional() }),
				},
			},
			async (request, reply) => {
				const found = await field.day(request.actor, request.query.day);
				if (!found.ok) return refused(request, reply, found);
				const etag = `"${found.value.version}"`;
				reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'cookie' });
				return request.headers['if-none-match'] === etag
					? reply.code(304).send()
					: reply.send(found.value.day);
			},
		);

		const withPhotos: FastifyPluginAsyncZod = async (photos) => {
			photos.addContentTypeParser(/^image\//, { parseAs: 'buffer' }, (_request, body, done) =>
				done(null, body),
			);
			photos.post(
				'/field/photos/:id',
				{
					bodyLimit: mostPhotoBytes,
					schema: {
						tags,
						summary: 'A photo that an action names, by the id that the phone gave it; kept once',
						params: z.object({ id: z.uuid() }),
						querystring: z.object({
							person: z.uuid(),
							on: z.enum(['round', 'intervention', 'finding']),
							subject: z.uuid(),
							stop: z.uuid().optional(),
						}),
					},
				},
				async (request, reply) => {
					const { person, on, subject: id, stop } = request.query;
					if (!Buffer.isBuffer(request.body))
						return sendProblem(platform, request, reply, 415, 'platform.unsupported_media_type');
					const kept = await field.keepPhoto(request.actor, {
						id: request.params.id,
						personId: person,
						subject: on === 'round' ? { on, id, stopId: stop ?? '' } : { on, id },
						content: request.body,
					});
					return kept.ok ? reply.send(kept.value) : refused(request, reply, kept);
				},
			);
		};
		await api.register(withPhotos);

		api.post(
			'/field/rounds/:id/positions',
			{
				schema: {
					tags,
					summary: 'Where the vehicle of a running round was',
					params: z.object({ id: z.uuid() }),
					body: z.object({ positions: z.array(z.looseObject({})).max(1000) }),
				},
			},
			async (request, reply) => {
				const { positions } = request.body as unknown as {
					positions: Parameters<Field['report']>[2];
				};
				const kept = await field.report(request.actor, request.params.id, positions);
				return kept.ok ? reply.send(kept.value) : refused(request, reply, kept);
			},
		);

		api.get(
			'/field/positions',
			{ schema: { tags, summary: 'Last known position of each vehicle that is out' } },
			async (request, reply) =>
				maySeePositions(request.actor)
					? { items: await field.positions(request.actor) }
					: refused(request, reply, { ok: false, error: 'platform.not_allowed' }),
		);

		api.get(
			'/field/positions/live',
			{
				schema: {
					tags,
					summary: 'Positions as they come, as server-sent events',
					description: 'Each event `positions` carries a JSON array, one entry a round.',
				},
			},
			async (request, reply) => {
				const stream = createEventStream<VehiclePosition>(reply, {
					write: (values) => `event: positions\ndata: ${JSON.stringify(values)}`,
				});
				const leave = await field.follow(request.actor, {
					positions: (values) => stream.push(values.map((value) => [value.roundId, value])),
					end: stream.end,
				});
				if (!leave) return refused(request, reply, { ok: false, error: 'platform.not_allowed' });
				stream.open(connectionMilliseconds);
				reply.raw.once('close', leave);
			},
		);
	};
}
