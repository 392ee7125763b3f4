import { type Actor, anonymous, ok, type Platform, type Result, refuse } from '@parvis/platform';
import { type Kysely, sql } from 'kysely';
import { freshMinutes, secondFactorHours } from './durations.ts';
import type { Letters } from './letters.ts';
import { pages } from './links.ts';
import type { Secrets } from './secrets.ts';
import type { DB } from './tables.ts';
import { type Cookie, cookiesOf, readCookie, type Visit } from './visit.ts';

export type SignInMethod =
	| 'password'
	| 'magic_link'
	| 'passkey'
	| 'franceconnect'
	| 'proconnect'
	| 'invitation';

/** The session of a request, also while its second factor is still to come (`pending`). */
export interface CurrentSession {
	id: string;
	personId: string;
	name: string;
	email: string;
	roles: readonly string[];
	/** The person has a second factor and this session has not passed it: it may do nothing else yet. */
	pending: boolean;
	secondFactor: boolean;
	/** Signed in within the last 30 minutes: may change what guards the account. */
	fresh: boolean;
}

export interface SignedIn {
	/** To set on the answer. */
	cookies: Cookie[];
	personId: string;
	/**
	 * `second_factor`: ask for the code, nothing else is open before; `second_factor_setup`: an agent who has none
	 * yet must set one up to work; `done`: go on.
	 */
	next: 'done' | 'second_factor' | 'second_factor_setup';
}

export interface SessionView {
	id: string;
	current: boolean;
	method: string;
	userAgent: string;
	secondFactorPassed: boolean;
	createdAt: Date;
	expiresAt: Date;
}

export interface Sessions {
	/** The session cookie's session; null without a live one. One query, none without a cookie. */
	find(headers: Headers): Promise<CurrentSession | null>;
	/** The session of someone fully signed in. */
	demand(visit: Visit): Promise<Result<CurrentSession>>;
	/** Settle a session that better-auth just opened, given the answer's headers. */
	settle(
		visit: Visit,
		answer: Headers,
		method: SignInMethod,
		secondFactor?: boolean,
	): Promise<Result<SignedIn & { sessionId: string }>>;
	list(visit: Visit): Promise<Result<SessionView[]>>;
	/** End one of one's own sessions. */
	revoke(visit: Visit, sessionId: string): Promise<Result<null>>;
	/** End all of one's own sessions but this one. */
	revokeOthers(visit: Visit): Promise<Result<{ revoked: number }>>;
	cookieName: string;
	/** Cookies that remove the session's from the browser. */
	removal(): Cookie[];
}

export function actorOf(session: CurrentSession): Actor {
	return {
		kind: 'person',
		id: session.personId,
		displayName: session.name,
		roles: session.roles,
		scopes: [],
		secondFactor: session.secondFactor,
	};
}

export function createSessions(
	platform: Platform,
	db: Kysely<DB>,
	secrets: Secrets,
	letters: Letters,
): Sessions {
	const secure = platform.config.publicUrl.startsWith('https:');
	const cookieName = `${secure ? '__Secure-' : ''}parvis.session_token`;
	const tokenOf = (cookie: string) => cookie.slice(0, cookie.lastIndexOf('.'));

	async function find(headers: Headers): Promise<CurrentSession | null> {
		const cookie = readCookie(headers, cookieName);
		if (!cookie?.includes('.')) return null;
		const { rows } = await sql<CurrentSession>`
			SELECT session.id, person.id AS "personId", person.name, person.email,
				coalesce((SELECT array_agg(DISTINCT role ORDER BY role) FROM identity.role_in_force
					WHERE person_id = person.id), '{}') AS roles,
				session.second_factor_at IS NULL AND factor.confirmed_at IS NOT NULL AS pending,
				coalesce(session.second_factor_at > now() - make_interval(hours => ${secondFactorHours}), false)
					AS "secondFactor",
				session.created_at > now() - make_interval(mins => ${freshMinutes}) AS fresh
			FROM identity.session
			JOIN identity.person ON person.id = session.person_id
			LEFT JOIN identity.second_factor factor ON factor.person_id = person.id
			WHERE session.token = ${secrets.hash(tokenOf(cookie))} AND session.expires_at > now()
				AND person.suspended_at IS NULL AND person.erased_at IS NULL`.execute(db);
		return rows[0] ?? null;
	}

	async function demand(visit: Visit): Promise<Result<CurrentSession>> {
		const session = await find(visit.headers);
		if (!session) return refuse('platform.not_signed_in');
		return session.pending ? refuse('identity.second_factor_needed') : ok(session);
	}

	async function end(session: CurrentSession, ids: readonly string[]): Promise<void> {
		for (const id of ids)
			await platform.audit.record(null, {
				actor: actorOf(session),
				action: 'identity.session.revoked',
				subject: `session:${id}`,
			});
	}

	return {
		cookieName,
		find,
		demand,

		async settle(visit, answer, method, secondFactor = false) {
			const cookies = cookiesOf(answer);
			const token = tokenOf(cookies.find(({ name }) => name === cookieName)?.value ?? '');
			const session = await db
				.updateTable('identity.session')
				.set({
					method,
					second_factor_at: secondFactor ? sql<Date>`now()` : null,
					user_agent: (visit.headers.get('user-agent') ?? '').slice(0, 300),
				})
				.where('token', '=', secrets.hash(token))
				.returning(['id', 'person_id', 'user_agent'])
				.executeTakeFirstOrThrow();
			const person = await db
				.selectFrom('identity.person')
				.selectAll()
				.where('id', '=', session.person_id)
				.executeTakeFirstOrThrow();
			if (person.suspended_at || person.erased_at) {
				await db.deleteFrom('identity.session').where('id', '=', session.id).execute();
				return refuse('identity.account_suspended');
			}
			const found = await find(new Headers({ cookie: `${cookieName}=${encodeURIComponent(`${token}.x`)}` }));
			if (!found) throw new Error('the session just opened is not there');
			await platform.audit.record(null, {
				actor: actorOf(found),
				action: 'identity.session.opened',
				subject: `session:${session.id}`,
				detail: { method, secondFactor },
			});
			const others = await db
				.selectFrom('identity.session')
				.select(sql<boolean>`bool_or(user_agent = ${session.user_agent})`.as('known'))
				.where('person_id', '=', person.id)
				.where('id', '<>', session.id)
				.executeTakeFirst();
			// Null when there is no other session to compare with: a first sign-in is no news to its owner.
			if (others?.known === false)
				await letters.send('new_sign_in', person, {
					link: new URL(pages.sessions, platform.config.publicUrl).href,
				});
			const next = found.pending
				? 'second_factor'
				: found.roles.length > 0 && !found.secondFactor
					? 'second_factor_setup'
					: 'done';
			return ok({ cookies, personId: person.id, sessionId: session.id, next });
		},

		async list(visit) {
			const current = await demand(visit);
			if (!current.ok) return current;
			const rows = await db
				.selectFrom('identity.session')
				.selectAll()
				.where('person_id', '=', current.value.personId)
				.where('expires_at', '>', sql<Date>`now()`)
				.orderBy('created_at', 'desc')
				.execute();
			return ok(
				rows.map((row) => ({
					id: row.id,
					current: row.id === current.value.id,
					method: row.method,
					userAgent: row.user_agent ?? '',
					secondFactorPassed: row.second_factor_at !== null,
					createdAt: row.created_at,
					expiresAt: row.expires_at,
				})),
			);
		},

		async revoke(visit, sessionId) {
			const current = await demand(visit);
			if (!current.ok) return current;
			const gone = await db
				.deleteFrom('identity.session')
				.where(sql<string>`id::text`, '=', sessionId)
				.where('person_id', '=', current.value.personId)
				.returning('id')
				.execute();
			if (!gone.length) return refuse('identity.session_unknown');
			await end(current.value, [sessionId]);
			return ok(null);
		},

		async revokeOthers(visit) {
			const current = await demand(visit);
			if (!current.ok) return current;
			const gone = await db
				.deleteFrom('identity.session')
				.where('person_id', '=', current.value.personId)
				.where('id', '<>', current.value.id)
				.returning('id')
				.execute();
			await end(
				current.value,
				gone.map(({ id }) => id),
			);
			return ok({ revoked: gone.length });
		},

		removal: () => [
			{
				name: cookieName,
				value: '',
				options: { path: '/', httpOnly: true, secure, sameSite: 'lax', maxAge: 0 },
			},
		],
	};
}

/** The actor of a session: nobody while a second factor is still to come. */
export function actorOfSession(session: CurrentSession | null): Actor {
	return session && !session.pending ? actorOf(session) : anonymous;
}
