import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, exportJWK, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose';
import Provider from 'oidc-provider';

/** Who signs in at the provider next, and how. */
export interface NextSignIn {
	accountId: string;
	acr: string;
	amr: readonly string[];
}

export const clientId = 'parvis-test';
export const clientSecret = 'a-secret-that-only-this-test-knows';

/** A real OpenID provider on a random local port, with FranceConnect's scopes, levels and signed userinfo. */
export async function startProvider(redirectUris: readonly string[], signedOutUri: string) {
	const http = createServer();
	await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
	const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
	const { privateKey } = await generateKeyPair('ES256', { extractable: true });
	const jwk = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'one' };

	const state = {
		next: { accountId: 'camille', acr: 'eidas1', amr: ['pwd'] } as NextSignIn,
		/** Change the claims of id_tokens, which are signed again with the provider's own key. */
		tamper: null as ((claims: JWTPayload) => JWTPayload) | null,
		/** Sign the userinfo with a key that is not the provider's. */
		forgeUserinfo: false,
		/** Signed-out events seen. */
		ended: 0,
		tokenRequests: 0,
	};

	const provider = new Provider(issuer, {
		clients: [
			{
				client_id: clientId,
				client_secret: clientSecret,
				redirect_uris: redirectUris,
				post_logout_redirect_uris: [signedOutUri],
				token_endpoint_auth_method: 'client_secret_post',
				id_token_signed_response_alg: 'ES256',
				userinfo_signed_response_alg: 'ES256',
			},
		],
		jwks: { keys: [jwk] },
		ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
		acrValues: ['eidas0', 'eidas1', 'eidas1-mfa', 'eidas2', 'eidas3'],
		claims: {
			openid: ['sub'],
			given_name: ['given_name'],
			family_name: ['family_name'],
			usual_name: ['usual_name'],
			acr: null,
			amr: null,
		},
		features: {
			devInteractions: { enabled: false },
			claimsParameter: { enabled: true },
			jwtUserinfo: { enabled: true },
		},
		interactions: { url: () => '/interaction' },
		cookies: { keys: ['test'] },
		findAccount: (_context: unknown, sub: string) => ({
			accountId: sub,
			claims: async () => ({ sub, given_name: 'Camille Anne', family_name: 'ROY', usual_name: 'ROY' }),
		}),
		async loadExistingGrant(context: {
			oidc: {
				session: { accountId: string };
				client: { clientId: string };
				requestParamOIDCScopes: Set<string>;
			};
		}) {
			const { session, client, requestParamOIDCScopes } = context.oidc;
			const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
			grant.addOIDCScope([...requestParamOIDCScopes].join(' '));
			await grant.save();
			return grant;
		},
	});
	provider.on('end_session.success', () => {
		state.ended++;
	});
	provider.use(async (context, next) => {
		if (context.path === '/interaction')
			return provider.interactionFinished(context.req, context.res, { login: state.next });
		if (context.path === '/token') state.tokenRequests++;
		await next();
		if (context.path === '/me' && state.forgeUserinfo) {
			const stranger = await generateKeyPair('ES256');
			context.body = await new SignJWT(decodeJwt(String(context.body)))
				.setProtectedHeader({ alg: 'ES256', kid: 'one' })
				.sign(stranger.privateKey);
			context.type = 'application/jwt';
		}
		const body = context.body as { id_token?: string } | undefined;
		if (context.path === '/token' && body?.id_token && state.tamper) {
			const key = await importJWK(jwk, 'ES256');
			const claims = state.tamper(decodeJwt(body.id_token));
			body.id_token = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(key);
		}
	});
	http.on('request', provider.callback());

	/** A browser at the provider: follows an address through its pages until it is sent back to the town. */
	function visitor() {
		const jar = new Map<string, string>();
		async function fetchPage(url: URL, init: RequestInit = {}): Promise<Response> {
			const response = await fetch(url, {
				...init,
				redirect: 'manual',
				headers: { ...init.headers, cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
			});
			for (const line of response.headers.getSetCookie()) {
				const [pair = ''] = line.split(';');
				const cut = pair.indexOf('=');
				jar.set(pair.slice(0, cut), pair.slice(cut + 1));
			}
			return response;
		}
		async function follow(address: string): Promise<URL> {
			let url = new URL(address);
			let response = await fetchPage(url);
			for (let hops = 0; hops < 10; hops++) {
				const location = response.headers.get('location');
				if (location) {
					url = new URL(location, url);
					if (url.origin !== issuer) return url;
					response = await fetchPage(url);
					continue;
				}
				const page = await response.text();
				const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1];
				const action = /action="([^"]+)"/.exec(page)?.[1];
				if (!xsrf || !action)
					throw new Error(`no way on from ${url.pathname}: ${response.status} ${page.slice(0, 300)}`);
				response = await fetchPage(new URL(action, url), {
					method: 'POST',
					body: new URLSearchParams({ xsrf, logout: 'yes' }).toString(),
					headers: { 'content-type': 'application/x-www-form-urlencoded' },
				});
			}
			throw new Error('the provider sends in circles');
		}
		return { follow };
	}

	return {
		issuer,
		state,
		visitor,
		close: () =>
			new Promise<void>((resolve) => {
				http.close(() => resolve());
				http.closeAllConnections();
			}),
	};
}
