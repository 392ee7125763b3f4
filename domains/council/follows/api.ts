import { type FastifyPluginAsyncZod, type Platform, sendProblem } from '@parvis/platform';
import { z } from 'zod';
import type { CouncilFollows } from './face.ts';

/** /api/v1/council/follows/unsubscribe: the one click that ends letters. */
export function createFollowsApi(platform: Platform, follows: CouncilFollows): FastifyPluginAsyncZod {
	return async (api) => {
		// What a mail program posts at its reader's wish (RFC 8058): no session, no form token.
		api.addContentTypeParser(
			['application/x-www-form-urlencoded', 'multipart/form-data'],
			{ parseAs: 'string', bodyLimit: 10_000 },
			(_request, _body, done) => done(null, null),
		);
		api.post(
			'/council/follows/unsubscribe',
			{
				schema: {
					summary: 'End the letters about what one follows of the council, by the token in them',
					tags: ['council'],
					querystring: z.object({ token: z.string().max(200) }),
				},
			},
			async (request, reply) =>
				(await follows.unsubscribe(request.query.token))
					? reply.code(204).send()
					: sendProblem(platform, request, reply, 404, 'council.token_unknown'),
		);
	};
}
