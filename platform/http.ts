import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import Fastify, {
	type FastifyBaseLogger,
	type FastifyInstance,
	type FastifyReply,
	type FastifyRequest,
	LogController,
} from 'fastify';
import {
	createJsonSchemaTransform,
	createJsonSchemaTransformObject,
	type FastifyPluginAsyncZod,
	hasZodFastifySchemaValidationErrors,
	serializerCompiler,
	validatorCompiler,
} from 'fastify-type-provider-zod';
import { Histogram } from 'prom-client';
import { z } from 'zod';
import { type Actor, anonymous } from './actor.ts';
import type { Platform } from './index.ts';
import type { Locale } from './messages.ts';

export type { FastifyInstance, FastifyPluginAsyncZod, FastifyReply, FastifyRequest };

declare module 'fastify' {
	interface FastifyRequest {
		/** Who asks; `anonymous` until the session or API key was read. */
		actor: Actor;
		locale: Locale;
	}
}

/** Body of every refusal of the API (RFC 9457): `type` is the message key, `detail` the sentence in the asked language. */
export const problem = z.object({
	type: z.string(),
	title: z.string(),
	status: z.int(),
	detail: z.string().optional(),
	errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

const statusTitles: Record<number, string> = {
	400: 'Bad request',
	401: 'Not signed in',
	403: 'Not allowed',
	404: 'Not found',
	409: 'Conflict',
	413: 'Too large',
	415: 'Unsupported media type',
	429: 'Too many requests',
	503: 'Not available now',
};

/**
 * Answer a refusal as problem+json, worded in the request's language.
 * @param error message key, `room.key`
 */
export function sendProblem(
	platform: Platform,
	request: FastifyRequest,
	reply: FastifyReply,
	status: number,
	error: string,
	detail?: Record<string, string | number>,
): FastifyReply {
	return reply
		.code(status)
		.type('application/problem+json')
		.serializer((payload: unknown) => JSON.stringify(payload))
		.send({
			type: error,
			title: statusTitles[status] ?? 'Error',
			status,
			detail: platform.messages.t(request.locale, error, detail),
		});
}

export interface HttpOptions {
	/** Reads the session cookie or the API key of a request. */
	authenticate(headers: Headers): Promise<Actor>;
	/** Largest JSON body in bytes outside routes that say otherwise. Default 1 MiB. */
	bodyLimit?: number;
	/** Requests a minute for one visitor or key on /api; pages and assets are not counted. Default 600. */
	apiRequestsPerMinute?: number;
}

/**
 * The HTTP server without pages: Zod-validated API under /api/v1 with its OpenAPI 3.1 document, health, metrics,
 * security headers, same-origin rule for cookies, rate limit.
 */
export async function createHttp(platform: Platform, options: HttpOptions): Promise<FastifyInstance> {
	const { config, log } = platform;
	const http = Fastify({
		loggerInstance: log as FastifyBaseLogger,
		logController: new LogController({ disableRequestLogging: true }),
		trustProxy: (_address, hop) => hop < config.trustProxy,
		bodyLimit: options.bodyLimit ?? 1024 * 1024,
		requestTimeout: 120_000,
		forceCloseConnections: 'idle',
		routerOptions: { maxParamLength: 200 },
	});
	http.setValidatorCompiler(validatorCompiler);
	http.setSerializerCompiler(serializerCompiler);
	http.decorateRequest('actor');
	http.decorateRequest('locale', 'fr');

	const duration = new Histogram({
		name: 'parvis_http_request_duration_seconds',
		help: 'Time to answer, by method, route and status',
		labelNames: ['method', 'route', 'status'],
		buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
		registers: [platform.metrics],
	});

	http.addHook('onRequest', async (request, reply) => {
		request.actor = anonymous;
		request.locale = preferredLocale(request);
		setSecurityHeaders(platform, reply);
		if (!mayChangeState(platform, request))
			return sendProblem(platform, request, reply, 403, 'platform.cross_site_request');
		request.actor = await options.authenticate(toHeaders(request));
	});
	http.addHook('onResponse', async (request, reply) => {
		const route = request.routeOptions.url ?? 'unknown';
		duration.observe(
			{ method: request.method, route, status: String(reply.statusCode) },
			reply.elapsedTime / 1000,
		);
		log.debug(
			{ method: request.method, route, status: reply.statusCode, milliseconds: reply.elapsedTime },
			'request',
		);
	});

	http.setErrorHandler((error, request, reply) => {
		if (hasZodFastifySchemaValidationErrors(error)) {
			return reply
				.code(400)
				.type('application/problem+json')
				.send({
					type: 'platform.invalid_input',
					title: statusTitles[400],
					status: 400,
					detail: platform.messages.t(request.locale, 'platform.invalid_input'),
					errors: error.validation.map((issue) => ({
						path: issue.instancePath,
						message: issue.message ?? '',
					})),
				});
		}
		const status = (error as { statusCode?: number }).statusCode ?? 500;
		if (status < 500) return sendProblem(platform, request, reply, status, clientErrorKey(status));
		const unavailable = isDatabaseOutage(error);
		log.error({ err: error, route: request.routeOptions.url }, 'request failed');
		if (unavailable) reply.header('retry-after', '5');
		return sendProblem(
			platform,
			request,
			reply,
			unavailable ? 503 : 500,
			unavailable ? 'platform.unavailable' : 'platform.unexpected',
		);
	});

	await http.register(rateLimit, {
		global: false,
		max: options.apiRequestsPerMinute ?? 600,
		timeWindow: '1 minute',
		keyGenerator: (request) => request.actor.id ?? request.ip,
		errorResponseBuilder: () => Object.assign(new Error('rate limit'), { statusCode: 429 }),
	});
	const openApi = {
		openapi: {
			openapi: '3.1.0',
			info: {
				title: 'Parvis',
				version: '1',
				description:
					'The town’s public data and, with a key, its sensors. Times are UTC (ISO 8601); units are UCUM.',
			},
			servers: [{ url: config.publicUrl }],
			components: {
				securitySchemes: { key: { type: 'http' as const, scheme: 'bearer', description: 'An API key' } },
			},
		},
		transform: createJsonSchemaTransform({}),
		transformObject: createJsonSchemaTransformObject({}),
	};
	await http.register(swagger, openApi);

	http.get('/health', { schema: { hide: true } }, async () => ({ status: 'alive' }));
	http.get('/ready', { schema: { hide: true } }, async (_request, reply) => {
		try {
			await platform.pool.query('SELECT 1');
			return { status: 'ready' };
		} catch {
			return reply.code(503).send({ status: 'database unreachable' });
		}
	});
	http.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
		const allowed = config.metricsToken
			? request.headers.authorization === `Bearer ${config.metricsToken}`
			: ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.ip);
		if (!allowed) return reply.code(403).send();
		return reply.type(platform.metrics.contentType).send(await platform.metrics.metrics());
	});
	http.get('/api/v1/openapi.json', { schema: { hide: true } }, async () => http.swagger());
	return http;
}

/** Mount the rooms' resources under /api/v1, or where a standard has them, each behind the rate limit but for routes whose `config.rateLimit` is false. */
export async function mountApi(
	http: FastifyInstance,
	plugins: readonly FastifyPluginAsyncZod[],
	prefix = '/api/v1',
): Promise<void> {
	await http.register(
		async (api) => {
			const limit = http.rateLimit();
			api.addHook('onRequest', async function limited(request, reply) {
				if (request.routeOptions.config.rateLimit === false) return;
				return limit.call(this, request, reply);
			});
			for (const plugin of plugins) await api.register(plugin);
		},
		{ prefix },
	);
}

export function toHeaders(request: FastifyRequest): Headers {
	const headers = new Headers();
	for (const [name, value] of Object.entries(request.headers)) {
		if (value === undefined) continue;
		headers.set(name, Array.isArray(value) ? value.join(', ') : value);
	}
	return headers;
}

/** `?lang=`, then the visitor's own choice (cookie), then the browser's languages; French when none is known. */
function preferredLocale(request: FastifyRequest): Locale {
	const asked =
		/[?&]lang=(fr|en)\b/.exec(request.url)?.[1] ??
		/(?:^|;\s*)lang=(fr|en)\b/.exec(request.headers.cookie ?? '')?.[1];
	if (asked === 'fr' || asked === 'en') return asked;
	for (const part of (request.headers['accept-language'] ?? '').split(',')) {
		const language = part.trim().slice(0, 2).toLowerCase();
		if (language === 'fr' || language === 'en') return language;
	}
	return 'fr';
}

function setSecurityHeaders(platform: Platform, reply: FastifyReply): void {
	reply.headers({
		'x-content-type-options': 'nosniff',
		'referrer-policy': 'strict-origin-when-cross-origin',
		'permissions-policy':
			'camera=(self), microphone=(self), geolocation=(self), display-capture=(self), interest-cohort=()',
		'cross-origin-opener-policy': 'same-origin',
		'x-frame-options': 'DENY',
		'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
	});
	if (platform.config.publicUrl.startsWith('https:'))
		reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains');
}

/**
 * Cross-site request forgery: a request that changes something and carries cookies must come from our own pages.
 * Browsers say so by Sec-Fetch-Site, older ones by Origin. API keys travel in a header no other site can set.
 */
function mayChangeState(platform: Platform, request: FastifyRequest): boolean {
	if (['GET', 'HEAD', 'OPTIONS'].includes(request.method) || !request.headers.cookie) return true;
	const site = request.headers['sec-fetch-site'];
	if (site !== undefined) return site === 'same-origin' || site === 'none';
	const { origin } = request.headers;
	if (origin === undefined) return false;
	return (
		origin === platform.config.publicUrl || (URL.canParse(origin) && new URL(origin).host === request.host)
	);
}

function clientErrorKey(status: number): string {
	if (status === 404) return 'platform.not_found';
	if (status === 413) return 'platform.too_large';
	if (status === 415) return 'platform.unsupported_media_type';
	if (status === 429) return 'platform.too_many_requests';
	return 'platform.invalid_input';
}

/** PostgreSQL error classes 08 (connection), 53 (resources), 57P (shutdown), or no connection at all. */
export function isDatabaseOutage(error: unknown): boolean {
	const { code, message } = error as { code?: string; message?: string };
	return (
		/^(08|53|57P)/.test(code ?? '') ||
		['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT'].includes(code ?? '') ||
		/Connection terminated|not queryable|timeout exceeded when trying to connect/.test(message ?? '')
	);
}
