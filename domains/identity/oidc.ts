import { anonymous, ok, type Result, refuse, type Transaction } from '@parvis/platform';
import { sql } from 'kysely';
import * as client from 'openid-client';
import type { Context } from './context.ts';
import { pages } from './links.ts';
import { createOidcProviders, type OidcProvider, type Proof, reasonOf, rules } from './oidc-providers.ts';
import { hasRealAddress, newPerson } from './people.ts';
import { limits } from './rate-limits.ts';
import { actorOf, type SignedIn } from './sessions.ts';
import type { DB } from './tables.ts';
import { type Cookie, readCookie, safeReturnTo, type Visit } from './visit.ts';

const attemptMinutes = 10;

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
	const { names, discover, redirectUri, prove } = createOidcProviders(config);

	function browserCookie(value: string, maxAge: number): Cookie {
		return {
			name: cookieName,
			value,
			options: { path: '/', httpOnly: true, secure, sameSite: 'lax', maxAge },
		};
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
		if (!names().includes(provider)) return refuse('identity.oidc_not_configured');
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
			server = await discover(provider);
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

	/** Finish a sign-in at the address the provider sent the browser back to. */
	async function finish(
		visit: Visit,
		provider: OidcProvider,
		url: URL,
	): Promise<Result<SignedIn & { returnTo: string }>> {
		if (!names().includes(provider)) return refuse('identity.oidc_not_configured');
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
			proof = await prove(provider, url, attempt);
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
		const provider = names().find((name) => name === external?.provider);
		if (!external || !provider) return { cookies, location: null };
		try {
			const server = await discover(provider);
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

	return { providers: names, start, finish, unlink, signOut };
}
