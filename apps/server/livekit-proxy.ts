import proxy from '@fastify/http-proxy';
import type { FastifyInstance, Platform } from '@parvis/platform';

/**
 * Pass the signalling of meetings on to the embedded LiveKit at `/livekit`: one address and one certificate for
 * everything a browser asks. Only what participants need is passed on, and no cookie.
 */
export async function mountLivekit(
	http: FastifyInstance,
	{ config, log }: Pick<Platform, 'config' | 'log'>,
): Promise<void> {
	const { livekit } = config;
	if (!livekit || livekit.clientUrl !== null) return;
	// By default the visitor's cookie goes along, and at the level debug the address with the token is logged.
	const passedOn = {
		perMessageDeflate: false,
		rewriteRequestHeaders: (headers: Record<string, string>) => headers,
	};
	await http.register(async (scope) => {
		scope.log = log.child({}, { level: 'warn' });
		await scope.register(proxy, {
			upstream: livekit.url,
			prefix: '/livekit',
			httpMethods: ['GET'],
			websocket: true,
			preValidation: async (request, reply) => {
				if (!/^\/livekit\/rtc(\/v\d+)?(\/validate)?(\?|$)/.test(request.raw.url ?? ''))
					return reply.code(404).send();
			},
			replyOptions: {
				rewriteRequestHeaders: (_request, headers) =>
					Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'cookie')),
			},
			wsClientOptions: passedOn,
		});
	});
}
