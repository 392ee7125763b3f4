import { type FastifyPluginAsyncZod, type Platform, sendProblem } from '@parvis/platform';
import { z } from 'zod';
import type { VideoRoom } from './video.ts';

const statusOf: Record<string, number> = {
	'platform.not_allowed': 403,
	'council.link_unknown': 403,
	'council.room_recused': 403,
	'council.room_closed_doors': 403,
	'council.meeting_unknown': 404,
	'council.meeting_over': 409,
	'council.room_none': 503,
};

const entry = z.object({
	url: z.string().nullable().describe('Where LiveKit is; null: `/livekit` at this address'),
	token: z.string().describe('For ten minutes'),
	identity: z.string(),
	name: z.string(),
	kind: z.enum(['seat', 'clerk', 'hall', 'interpreter', 'guest', 'programme']),
});

/** /api/v1: to enter the room of a meeting, and what LiveKit tells of it. */
export function createRoomApi(platform: Platform, video: VideoRoom): FastifyPluginAsyncZod {
	return async (api) => {
		api.post(
			'/meetings/:meeting/room',
			{
				schema: {
					summary: 'Enter the room of a meeting',
					description:
						'For a member or the clerk by their session, for the hall, an interpreter or a guest by the secret of their link. The answer is for a LiveKit client.',
					tags: ['council'],
					params: z.object({ meeting: z.string().max(200) }),
					body: z.object({ link: z.string().max(200).optional() }),
					response: { 200: entry },
				},
			},
			async (request, reply) => {
				reply.header('cache-control', 'no-store');
				const result = await video.enter(request.actor, request.params.meeting, request.body);
				return result.ok
					? result.value
					: sendProblem(platform, request, reply, statusOf[result.error] ?? 422, result.error, result.detail);
			},
		);
		await api.register(async (webhooks) => {
			// The signature is of the text as it came.
			webhooks.removeAllContentTypeParsers();
			webhooks.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
			webhooks.post('/livekit/webhook', { schema: { hide: true } }, async (request, reply) => {
				const signed = await video.heard(String(request.body ?? ''), request.headers.authorization);
				return reply.code(signed ? 204 : 401).send();
			});
		});
	};
}
