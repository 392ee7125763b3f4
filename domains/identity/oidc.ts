import {
	anonymous,
	type OpenIdProviderConfiguration,
	ok,
	type Result,
	refuse,
	type Transaction,
} from '@parvis/platform';
import { sql } from 'kysely';
import * as client from 'openid-client';
import type { Context } from './context.ts';
import { pages } from './links.ts';
import { hasRealAddress, newPerson, parseName } from './people.ts';
import { limits } from './rate-limits.ts';
import { actorOf, type SignedIn } from './sessions.ts';
import type { DB } from './tables.ts';
import { type Cookie, readCookie, safeReturnTo, type Visit } from './visit.ts';

export type OidcProvider = 'franceconnect' | 'proconnect';

interface ProviderRules {
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

const rules: Record<OidcProvider, ProviderRules> = {
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

const attemptMinutes = 10;
const timeoutSeconds = 10;

interface Proof {
	issuer: string;
	subject: string;
	name: string;
	idToken: string;
	secondFactor: boolean;
}

/**
 * FranceConnect and ProConnect by OpenID Connect: authorization code with state, nonce and, at ProConnect,
 * PKCE (RFC 7636), all kept in the database and good once. A person is known by (issuer, subject) alone:
 * the same mail address never joins two accounts.
 */
export function createOidc({ platform, db, auth, secrets, limits: rates, sessions }: Context) {
	const { config } = platform;
	const log = platform.log.child({ room: 'identity' });
	const secure = config.publicUrl.startsWith('https:');
	const cookieName = `${secure ? '__Secure-' : ''}parvis.oidc`;
	const configured: Record<OidcProvider, OpenIdProviderConfiguration | null> = {
		franceconnect: config.franceConnect,
		proconnect: config.proConnect,
	};
	const discovered = new Map<OidcProvider, Promise<client.Configuration>>();

	function browserCookie(value: string, maxAge: number): Cookie {
		return {
			name: cookieName,
			value,
			options: { path: '/', httpOnly: true, secure, sameSite: 'lax', maxAge },
		};
	}

	/** Those that the configuration names. */
	function providers(): OidcProvider[] {
		return (['franceconnect', 'proconnect'] as const).filter((provider) => configured[provider] !== null);
	}

	/** The provider's own description, read once a process; read anew after a failure. */
	function discover(provider: OidcProvider, set: OpenIdProviderConfiguration): Promise<client.Configuration> {
		const known = discovered.get(provider);
		if (known) return known;
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

	/**
	 * Begin a sign-in: send the browser to `location`, with the cookies.
	 * @param options.link join this identity to the account that is signed in (a fresh sign-in is asked for)
	 * @param options.invitation token of an invitation to accept by this identity
	 */
	async function start(
		visit: Visit,
		provider: OidcProvider,
		options: { returnTo?: string; link?: boolean; invitation?: string } = {},
	): Promise<Result<{ location: string; cookies: Cookie[] }>> {
		const set = configured[provider];
		if (!set) return refuse('identity.oidc_not_configured');
		if (!(await rates.take(limits.attemptsFromAddress, visit.address)))
			return refuse('identity.too_many_attempts');
		let linkPersonId: string | null = null;
		if (options.link) {
			const current = await sessions.demand(visit);
			if (!current.ok) return current;
			if (!current.value.fresh) return refuse('identity.sign_in_again');
			linkPersonId = current.value.personId;
		}
		let server: client.Configuration;
		try {
			server = await discover(provider, set);
		} catch (error) {
			log.warn({ provider, reason: reasonOf(error) }, 'sign-in provider unreachable');
			return refuse('identity.oidc_unreachable');
		}
		const state = client.randomState();
		const nonce = client.randomNonce();
		const browser = secrets.token();
		const codeVerifier =
			rules[provider].pkce && server.serverMetadata().supportsPKCE() ? client.randomPKCECodeVerifier() : null;
		await db
			.insertInto('identity.sign_in_attempt')
			.values({
				state_hash: secrets.hash(state),
				browser_hash: secrets.hash(browser),
				provider,
				nonce,
				code_verifier: codeVerifier,
				return_to: safeReturnTo(options.returnTo),
				link_person_id: linkPersonId,
				invitation_hash: options.invitation ? secrets.hash(options.invitation) : null,
				expires_at: sql<Date>`now() + make_interval(mins => ${attemptMinutes})`,
			})
			.execute();
		const location = client.buildAuthorizationUrl(server, {
			redirect_uri: redirectUri(provider),
			scope: rules[provider].scope,
			...rules[provider].ask,
			state,
			nonce,
			...(codeVerifier && {
				code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
				code_challenge_method: 'S256',
			}),
		});
		return ok({ location: location.href, cookies: [browserCookie(browser, attemptMinutes * 60)] });
	}

	function redirectUri(provider: OidcProvider): string {
		return new URL(pages.oidcReturn(provider), config.publicUrl).href;
	}

	/** Finish a sign-in at the address the provider sent the browser back to. */
	async function finish(
		visit: Visit,
		provider: OidcProvider,
		url: URL,
	): Promise<Result<SignedIn & { returnTo: string }>> {
		const set = configured[provider];
		if (!set) return refuse('identity.oidc_not_configured');
		const attempt = await db
			.deleteFrom('identity.sign_in_attempt')
			.where('state_hash', '=', secrets.hash(url.searchParams.get('state') ?? ''))
			.where('browser_hash', '=', secrets.hash(readCookie(visit.headers, cookieName) ?? ''))
			.where('provider', '=', provider)
			.where('expires_at', '>', sql<Date>`now()`)
			.returningAll()
			.executeTakeFirst();
		if (!attempt) return refuse('identity.oidc_attempt_unknown');
		if (url.searchParams.get('error') === 'access_denied') return refuse('identity.oidc_cancelled');

		let proof: Result<Proof>;
		try {
			proof = await prove(provider, set, url, attempt);
		} catch (error) {
			proof = refuse('identity.oidc_failed', { reason: reasonOf(error) });
		}
		if (!proof.ok) {
			log.warn(
				{ provider, reason: proof.detail?.reason ?? proof.error },
				'sign-in provider’s answer refused',
			);
			await platform.audit.record(null, {
				actor: anonymous,
				action: 'identity.sign_in.refused',
				detail: { method: provider, reason: proof.detail?.reason ?? proof.error },
			});
			return refuse(proof.error);
		}
		const found = await db
			.transaction()
			.execute((trx) => settlePerson(trx, visit, provider, proof.value, attempt));
		if (!found.ok) return found;
		const { headers } = await auth.api.openSession({
			body: { personId: found.value },
			headers: visit.headers,
			returnHeaders: true,
		});
		const settled = await sessions.settle(visit, headers, provider, proof.value.secondFactor);
		if (!settled.ok) return settled;
		await db
			.insertInto('identity.external_session')
			.values({
				session_id: settled.value.sessionId,
				provider,
				id_token_encrypted: secrets.encrypt(proof.value.idToken),
			})
			.execute();
		return ok({
			...settled.value,
			cookies: [...settled.value.cookies, browserCookie('', 0)],
			returnTo: attempt.return_to,
		});
	}

	/** Exchange the code and read who it is; every check of OpenID Connect Core 3.1.3.7 is openid-client's. */
	async function prove(
		provider: OidcProvider,
		set: OpenIdProviderConfiguration,
		url: URL,
		attempt: { nonce: string; code_verifier: string | null },
	): Promise<Result<Proof>> {
		const server = await discover(provider, set);
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

	/** The person of this identity: the known one, the one signed in who asked to join it, the invited one, or a new one. */
	async function settlePerson(
		trx: Transaction<DB>,
		visit: Visit,
		provider: OidcProvider,
		{ issuer, subject, name }: Proof,
		attempt: { link_person_id: string | null; invitation_hash: string | null },
	): Promise<Result<string>> {
		const known = await trx
			.updateTable('identity.external_identity')
			.set({ last_used_at: sql<Date>`now()` })
			.where('issuer', '=', issuer)
			.where('subject', '=', subject)
			.returning('person_id')
			.executeTakeFirst();
		let owner = attempt.link_person_id;
		if (attempt.invitation_hash) {
			if (known) return refuse('identity.oidc_linked_elsewhere');
			const invitation = await trx
				.updateTable('identity.one_time_link')
				.set({ used_at: sql<Date>`now()` })
				.where('token_hash', '=', attempt.invitation_hash)
				.where('kind', '=', 'invitation')
				.where('used_at', 'is', null)
				.where('expires_at', '>', sql<Date>`now()`)
				.returning('person_id')
				.executeTakeFirst();
			if (!invitation?.person_id) return refuse('identity.link_expired');
			owner = invitation.person_id;
			await trx
				.updateTable('identity.person')
				.set({ email_verified: true })
				.where('id', '=', owner)
				.execute();
		}
		if (known) {
			if (owner && owner !== known.person_id) return refuse('identity.oidc_linked_elsewhere');
			return ok(known.person_id);
		}
		if (!owner) {
			const person = newPerson(name, visit.locale);
			await trx.insertInto('identity.person').values(person).execute();
			owner = person.id;
		}
		await trx
			.insertInto('identity.external_identity')
			.values({ issuer, subject, provider, person_id: owner })
			.execute();
		await platform.audit.record(trx, {
			actor: { ...anonymous, kind: 'person', id: owner, displayName: name },
			action: 'identity.external_identity.linked',
			subject: `person:${owner}`,
			detail: { provider },
		});
		return ok(owner);
	}

	/** Cut an identity from one's account, when another way to sign in remains. */
	async function unlink(visit: Visit, provider: OidcProvider): Promise<Result<null>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		const { personId, email } = current.value;
		const { rows } = await sql<{ others: boolean }>`SELECT
			EXISTS (SELECT FROM identity.external_identity WHERE person_id = ${personId} AND provider <> ${provider})
			OR EXISTS (SELECT FROM identity.passkey WHERE person_id = ${personId}) AS others`.execute(db);
		if (!rows[0]?.others && !hasRealAddress(email)) return refuse('identity.last_way_in');
		const { numDeletedRows } = await db
			.deleteFrom('identity.external_identity')
			.where('person_id', '=', personId)
			.where('provider', '=', provider)
			.executeTakeFirst();
		if (!numDeletedRows) return refuse('identity.oidc_not_linked');
		await platform.audit.record(null, {
			actor: actorOf(current.value),
			action: 'identity.external_identity.unlinked',
			subject: `person:${personId}`,
			detail: { provider },
		});
		return ok(null);
	}

	/**
	 * End the session. When it came from a provider, `location` is where to send the browser to end the session
	 * there too (RP-Initiated Logout 1.0); the provider then sends it to the signed-out page.
	 */
	async function signOut(visit: Visit): Promise<{ cookies: Cookie[]; location: string | null }> {
		const cookies = sessions.removal();
		const session = await sessions.find(visit.headers);
		if (!session) return { cookies, location: null };
		const external = await db
			.selectFrom('identity.external_session')
			.selectAll()
			.where('session_id', '=', session.id)
			.executeTakeFirst();
		await db.deleteFrom('identity.session').where('id', '=', session.id).execute();
		await platform.audit.record(null, {
			actor: actorOf(session),
			action: 'identity.session.closed',
			subject: `session:${session.id}`,
		});
		const provider = providers().find((name) => name === external?.provider);
		const set = provider && configured[provider];
		if (!external || !provider || !set) return { cookies, location: null };
		try {
			const server = await discover(provider, set);
			const location = client.buildEndSessionUrl(server, {
				id_token_hint: secrets.decrypt(external.id_token_encrypted),
				post_logout_redirect_uri: new URL(pages.signedOut, config.publicUrl).href,
				// Both providers ask for one; nothing here depends on its return: the session is already closed.
				state: client.randomState(),
			});
			return { cookies, location: location.href };
		} catch (error) {
			log.warn({ provider, reason: reasonOf(error) }, 'sign-out at the provider not possible');
			return { cookies, location: null };
		}
	}

	return { providers, start, finish, unlink, signOut };
}

/** What went wrong, without what the provider said of the person. */
function reasonOf(error: unknown): string {
	const { code, error: oauth, name } = error as { code?: string; error?: string; name?: string };
	return [oauth, code, name].find((text) => typeof text === 'string') ?? 'unknown';
}
