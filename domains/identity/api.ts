import {
	type FastifyPluginAsyncZod,
	type FastifyReply,
	type FastifyRequest,
	type Platform,
	problem,
	sendProblem,
	toHeaders,
} from '@parvis/platform';
import { z } from 'zod';
import { type createApiKeys, scopeText } from './api-keys.ts';
import type { createPasskeys } from './passkeys.ts';
import { type Cookie, serializeCookie, type Visit } from './visit.ts';

interface Parts {
	apiKeys: Pick<ReturnType<typeof createApiKeys>, 'create' | 'list' | 'revoke'>;
	passkeys: ReturnType<typeof createPasskeys>;
}

const keyView = z.object({
	id: z.uuid(),
	name: z.string(),
	hint: z.string(),
	scopes: z.array(z.string()),
	createdAt: z.date(),
	expiresAt: z.date(),
	revokedAt: z.date().nullable(),
	lastUsedAt: z.date().nullable(),
});

const statuses: Record<string, number> = {
	'platform.not_signed_in': 401,
	'platform.not_allowed': 403,
	'platform.too_many_requests': 429,
	'identity.too_many_attempts': 429,
	'identity.second_factor_needed': 401,
	'identity.sign_in_again': 403,
	'identity.passkey_refused': 401,
	'identity.api_key_unknown': 404,
};

/** `/api/v1/me`, `/api/v1/api-keys`, and what the passkey script of the sign-in and account pages calls. */
export function createApi(platform: Platform, { apiKeys, passkeys }: Parts): FastifyPluginAsyncZod {
	const visitOf = (request: FastifyRequest): Visit => ({
		headers: toHeaders(request),
		address: request.ip,
		locale: request.locale,
	});
	const refused = (
		request: FastifyRequest,
		reply: FastifyReply,
		{ error, detail }: { error: string; detail?: Record<string, string | number> },
	) => sendProblem(platform, request, reply, statuses[error] ?? 400, error, detail);
	const withCookies = (reply: FastifyReply, cookies: readonly Cookie[]) =>
		reply.header('set-cookie', cookies.map(serializeCookie)).header('cache-control', 'no-store');

	return async (api) => {
		api.get(
			'/me',
			{
				schema: {
					summary: 'Who asks',
					description: 'The person or key of this request, with the roles and scopes in force now.',
					tags: ['identity'],
					response: {
						200: z.object({
							kind: z.enum(['anonymous', 'person', 'key', 'system']),
							id: z.string().nullable(),
							displayName: z.string(),
							roles: z.array(z.string()),
							scopes: z.array(z.string()),
							secondFactor: z.boolean(),
						}),
					},
				},
			},
			async ({ actor }) => ({ ...actor, roles: [...actor.roles], scopes: [...actor.scopes] }),
		);

		api.get(
			'/api-keys',
			{
				schema: {
					summary: 'List API keys',
					tags: ['identity'],
					response: { 200: z.array(keyView), 403: problem },
				},
			},
			async (request, reply) => {
				const listed = await apiKeys.list(request.actor);
				if (!listed.ok) return refused(request, reply, listed);
				return listed.value.map((key) => ({ ...key, scopes: [...key.scopes] }));
			},
		);

		api.post(
			'/api-keys',
			{
				schema: {
					summary: 'Create an API key',
					description: 'The key is in this answer and never shown again. At most two years.',
					tags: ['identity'],
					body: z.object({
						name: z.string().max(100),
						scopes: z.array(scopeText).min(1).max(20),
						expiresAt: z.coerce.date(),
					}),
					response: { 201: z.object({ id: z.uuid(), key: z.string() }), 400: problem, 403: problem },
				},
			},
			async (request, reply) => {
				const created = await apiKeys.create(request.actor, request.body);
				if (!created.ok) return refused(request, reply, created);
				return reply.code(201).header('cache-control', 'no-store').send(created.value);
			},
		);

		api.delete(
			'/api-keys/:id',
			{
				schema: {
					summary: 'Revoke an API key',
					tags: ['identity'],
					params: z.object({ id: z.uuid() }),
					response: { 204: z.null(), 403: problem, 404: problem },
				},
			},
			async (request, reply) => {
				const revoked = await apiKeys.revoke(request.actor, request.params.id);
				if (!revoked.ok) return refused(request, reply, revoked);
				return reply.code(204).send(null);
			},
		);

		// The four below serve our own pages' script: they work on the browser's session and are not for other systems.
		api.post('/passkeys/registration-options', { schema: { hide: true } }, async (request, reply) => {
			const offered = await passkeys.registrationOptions(visitOf(request));
			if (!offered.ok) return refused(request, reply, offered);
			return withCookies(reply, offered.value.cookies).send(offered.value.options);
		});

		api.post(
			'/passkeys',
			{ schema: { hide: true, body: z.object({ response: z.unknown(), name: z.string().max(100) }) } },
			async (request, reply) => {
				const { response, name } = request.body;
				const registered = await passkeys.register(visitOf(request), response, name);
				if (!registered.ok) return refused(request, reply, registered);
				return reply.code(201).send(registered.value);
			},
		);

		api.post('/passkeys/authentication-options', { schema: { hide: true } }, async (request, reply) => {
			const offered = await passkeys.authenticationOptions(visitOf(request));
			if (!offered.ok) return refused(request, reply, offered);
			return withCookies(reply, offered.value.cookies).send(offered.value.options);
		});

		api.post(
			'/passkeys/sign-in',
			{ schema: { hide: true, body: z.object({ response: z.record(z.string(), z.unknown()) }) } },
			async (request, reply) => {
				const signedIn = await passkeys.signIn(visitOf(request), request.body.response);
				if (!signedIn.ok) return refused(request, reply, signedIn);
				return withCookies(reply, signedIn.value.cookies).send({ next: signedIn.value.next });
			},
		);
	};
}
