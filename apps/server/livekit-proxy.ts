import proxy from '@fastify/http-proxy';
import type { FastifyInstance, Platform } from '@parvis/platform';

/**
 * Pass the signalling of meetings on to the embedded LiveKit at `/livekit`: one address and one certificate for
 * everything a browser asks. Only what participants need is passed on, and no cookie.
 */
export async function mountLivekit(http: FastifyInstance, { config }: Platform): Promise<void> {
	if (!config.livekit || config.livekit.clientUrl !== null) return;
	const withoutCookie = {
		perMessageDeflate: false,
		rewriteRequestHeaders: (headers: Record<string, unknown>) => ({ ...headers, cookie: undefined }),
	};
	await http.register(proxy, {
		upstream: config.livekit.url,
		prefix: '/livekit',
		httpMethods: ['GET'],
		websocket: true,
		preValidation: async (request, reply) => {
			if (!/^\/livekit\/rtc(\/v\d+)?(\/validate)?(\?|$)/.test(request.raw.url ?? ''))
				return reply.code(404).send();
		},
		replyOptions: { rewriteRequestHeaders: (_request, headers) => ({ ...headers, cookie: undefined }) },
		wsClientOptions: withoutCookie,
	});
}
