import {
	type Configuration,
	type OpenIdProviderConfiguration,
	ok,
	type Result,
	refuse,
} from '@parvis/platform';
import * as client from 'openid-client';
import { pages } from './links.ts';
import { parseName } from './people.ts';

export type OidcProvider = 'franceconnect' | 'proconnect';

export interface ProviderRules {
	/** The least that is needed to greet someone: no birth date, no mail address. */
	scope: string;
	/** How the authorization request asks for the level of assurance. */
	ask: Record<string, string>;
	/** Levels (`acr`) that are at least the one asked for. */
	accepted: readonly string[];
	/** Levels reached with several factors: they count as our second one. */
	severalFactors: readonly string[];
	familyName: string;
	/** FranceConnect refuses requests with PKCE, though its description announces it. */
	pkce: boolean;
}

const proConnectLevels = ['eidas1', 'eidas1-mfa', 'eidas2', 'eidas3'];

export const rules: Record<OidcProvider, ProviderRules> = {
	// docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/fs-technique-endpoints
	franceconnect: {
		scope: 'openid given_name family_name',
		ask: { acr_values: 'eidas1' },
		accepted: ['eidas1', 'eidas2', 'eidas3'],
		severalFactors: [],
		familyName: 'family_name',
		pkce: false,
	},
	// partenaires.proconnect.gouv.fr/docs/fournisseur-service: niveaux-acr, double_authentification, claim amr
	proconnect: {
		scope: 'openid given_name usual_name',
		ask: {
			claims: JSON.stringify({
				id_token: { acr: { essential: true, values: proConnectLevels }, amr: { essential: true } },
			}),
		},
		accepted: proConnectLevels,
		severalFactors: ['eidas1-mfa', 'eidas2', 'eidas3'],
		familyName: 'usual_name',
		pkce: true,
	},
};

const timeoutSeconds = 10;

/** Who the provider says it is. */
export interface Proof {
	issuer: string;
	subject: string;
	name: string;
	idToken: string;
	secondFactor: boolean;
}

/** The two providers, as far as the configuration names them: their descriptions, and what they answer. */
export function createOidcProviders(config: Configuration) {
	const configured: Record<OidcProvider, OpenIdProviderConfiguration | null> = {
		franceconnect: config.franceConnect,
		proconnect: config.proConnect,
	};
	const discovered = new Map<OidcProvider, Promise<client.Configuration>>();

	/** Those that the configuration names. */
	function configuredNames(): OidcProvider[] {
		return (['franceconnect', 'proconnect'] as const).filter((provider) => configured[provider] !== null);
	}

	/** The provider's own description, read once a process; read anew after a failure. */
	function discover(provider: OidcProvider): Promise<client.Configuration> {
		const known = discovered.get(provider);
		if (known) return known;
		const set = configured[provider];
		if (!set) throw new Error(`${provider} is not configured`);
		const issuer = new URL(set.issuer);
		const local = ['localhost', '127.0.0.1', '[::1]'].includes(issuer.hostname);
		const found = client.discovery(
			issuer,
			set.clientId,
			{ [client.clockTolerance]: 30 },
			client.ClientSecretPost(set.clientSecret),
			{
				timeout: timeoutSeconds,
				// Signatures are checked even though the tokens come straight from the provider over TLS.
				execute: [client.enableNonRepudiationChecks, ...(local ? [client.allowInsecureRequests] : [])],
			},
		);
		discovered.set(provider, found);
		found.catch(() => discovered.delete(provider));
		return found;
	}

	function redirectUri(provider: OidcProvider): string {
		return new URL(pages.oidcReturn(provider), config.publicUrl).href;
	}

	/** Exchange the code and read who it is; every check of OpenID Connect Core 3.1.3.7 is openid-client's. */
	async function prove(
		provider: OidcProvider,
		url: URL,
		attempt: { nonce: string; code_verifier: string | null },
	): Promise<Result<Proof>> {
		const server = await discover(provider);
		const returned = new URL(redirectUri(provider));
		returned.search = url.search;
		const tokens = await client.authorizationCodeGrant(server, returned, {
			expectedState: url.searchParams.get('state') ?? '',
			expectedNonce: attempt.nonce,
			idTokenExpected: true,
			...(attempt.code_verifier && { pkceCodeVerifier: attempt.code_verifier }),
		});
		const claims = tokens.claims();
		if (!claims || !tokens.id_token) return refuse('identity.oidc_failed', { reason: 'no id_token' });
		const level = typeof claims.acr === 'string' ? claims.acr : '';
		if (!rules[provider].accepted.includes(level))
			return refuse('identity.oidc_level_too_low', { reason: 'acr' });
		const info = await client.fetchUserInfo(server, tokens.access_token, claims.sub);
		const text = (claim: string) => (typeof info[claim] === 'string' ? info[claim] : '');
		const name = parseName(`${text('given_name').split(' ')[0] ?? ''} ${text(rules[provider].familyName)}`);
		const methods: unknown = claims.amr;
		return ok({
			issuer: claims.iss,
			subject: claims.sub,
			name: name.ok ? name.value : '—',
			idToken: tokens.id_token,
			secondFactor:
				rules[provider].severalFactors.includes(level) ||
				(provider === 'proconnect' && Array.isArray(methods) && methods.includes('mfa')),
		});
	}

	return { names: configuredNames, discover, redirectUri, prove };
}

/** What went wrong, without what the provider said of the person. */
export function reasonOf(error: unknown): string {
	const { code, error: oauth, name } = error as { code?: string; error?: string; name?: string };
	return [oauth, code, name].find((text) => typeof text === 'string') ?? 'unknown';
}
