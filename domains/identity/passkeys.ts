import { AsyncLocalStorage } from 'node:async_hooks';
import { anonymous, ok, type Result, refuse } from '@parvis/platform';
import { isAPIError } from 'better-auth/api';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Context } from './context.ts';
import { limits } from './rate-limits.ts';
import { actorOf, type SignedIn } from './sessions.ts';
import { type Cookie, cookiesOf, type Visit } from './visit.ts';

/** What better-auth's callback tells of the sign-in it runs in. */
export const passkeySignIn = new AsyncLocalStorage<{ userVerified: boolean }>();

const credential = z.object({
	id: z.string().min(1).max(2000),
	rawId: z.string().max(2000),
	type: z.literal('public-key'),
	clientExtensionResults: z.looseObject({}).default({}),
});
/** What the browser answers, with byte strings as base64url (WebAuthn level 3, 5.1). */
const assertion = credential.extend({
	response: z.object({
		clientDataJSON: z.string(),
		authenticatorData: z.string(),
		signature: z.string(),
		userHandle: z.string().optional(),
	}),
});
const attestation = credential.extend({
	response: z.looseObject({ clientDataJSON: z.string(), attestationObject: z.string() }),
});

export interface PasskeyView {
	id: string;
	name: string;
	/** Kept in an account of the maker of the device, and so on several devices. */
	synchronised: boolean;
	createdAt: Date | null;
}

/**
 * Passkeys (WebAuthn level 3). The page's script passes the options to `navigator.credentials` and gives back its
 * answer as JSON (`PublicKeyCredential.toJSON()`); a challenge is good once, for five minutes, in the same browser.
 */
export function createPasskeys({ platform, db, auth, limits: rates, sessions }: Context) {
	async function registrationOptions(visit: Visit): Promise<Result<{ options: object; cookies: Cookie[] }>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		if (!current.value.fresh) return refuse('identity.sign_in_again');
		const { headers, response } = await auth.api.generatePasskeyRegistrationOptions({
			headers: visit.headers,
			query: { name: current.value.name },
			returnHeaders: true,
		});
		return ok({ options: response, cookies: cookiesOf(headers) });
	}

	async function register(visit: Visit, response: unknown, name: string): Promise<Result<{ id: string }>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		if (!current.value.fresh) return refuse('identity.sign_in_again');
		const given = attestation.safeParse(response);
		if (!given.success) return refuse('identity.passkey_refused');
		try {
			const passkey = await auth.api.verifyPasskeyRegistration({
				headers: visit.headers,
				body: { response: given.data, name: name.trim().slice(0, 100) || 'Clé' },
			});
			await platform.audit.record(null, {
				actor: actorOf(current.value),
				action: 'identity.passkey.added',
				subject: `passkey:${passkey.id}`,
			});
			return ok({ id: passkey.id });
		} catch (error) {
			if (!isAPIError(error)) throw error;
			return refuse('identity.passkey_refused');
		}
	}

	async function authenticationOptions(
		visit: Visit,
	): Promise<Result<{ options: object; cookies: Cookie[] }>> {
		if (!(await rates.take(limits.attemptsFromAddress, visit.address)))
			return refuse('identity.too_many_attempts');
		const { headers, response } = await auth.api.generatePasskeyAuthenticationOptions({
			headers: visit.headers,
			returnHeaders: true,
		});
		return ok({ options: response, cookies: cookiesOf(headers) });
	}

	/** Sign in. A passkey that recognised its owner (PIN, finger, face) is two factors: the second step is passed. */
	async function signIn(visit: Visit, response: unknown): Promise<Result<SignedIn>> {
		const given = assertion.safeParse(response);
		if (!given.success) return refuse('identity.passkey_refused');
		const { userHandle, ...answer } = given.data.response;
		const ceremony = { userVerified: false };
		try {
			const { headers } = await passkeySignIn.run(ceremony, () =>
				auth.api.verifyPasskeyAuthentication({
					headers: visit.headers,
					body: {
						response: {
							...given.data,
							response: { ...answer, ...(userHandle !== undefined && { userHandle }) },
						},
					},
					returnHeaders: true,
				}),
			);
			return await sessions.settle(visit, headers, 'passkey', ceremony.userVerified);
		} catch (error) {
			if (!isAPIError(error)) throw error;
			await platform.audit.record(null, {
				actor: anonymous,
				action: 'identity.sign_in.refused',
				detail: { method: 'passkey' },
			});
			return refuse('identity.passkey_refused');
		}
	}

	async function list(visit: Visit): Promise<Result<PasskeyView[]>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		const rows = await db
			.selectFrom('identity.passkey')
			.select(['id', 'name', 'backed_up', 'created_at'])
			.where('person_id', '=', current.value.personId)
			.orderBy('created_at')
			.execute();
		return ok(
			rows.map((row) => ({
				id: row.id,
				name: row.name ?? '',
				synchronised: row.backed_up,
				createdAt: row.created_at,
			})),
		);
	}

	async function remove(visit: Visit, passkeyId: string): Promise<Result<null>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		const { numDeletedRows } = await db
			.deleteFrom('identity.passkey')
			.where(sql<string>`id::text`, '=', passkeyId)
			.where('person_id', '=', current.value.personId)
			.executeTakeFirst();
		if (!numDeletedRows) return refuse('identity.passkey_unknown');
		await platform.audit.record(null, {
			actor: actorOf(current.value),
			action: 'identity.passkey.removed',
			subject: `passkey:${passkeyId}`,
		});
		return ok(null);
	}

	return { registrationOptions, register, authenticationOptions, signIn, list, remove };
}
