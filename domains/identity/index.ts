import { type Actor, anonymous, type Platform, type Room } from '@parvis/platform';
import { createAccounts } from './accounts.ts';
import { createApi } from './api.ts';
import { createApiKeys } from './api-keys.ts';
import { createAuth } from './auth.ts';
import type { Context } from './context.ts';
import { createDelegations } from './delegations.ts';
import { createDemo } from './demo.ts';
import { createInvitations } from './invitations.ts';
import { defineJobs } from './jobs.ts';
import { createLetters } from './letters.ts';
import { linkWithToken, pages } from './links.ts';
import { createMagicLinks } from './magic-links.ts';
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import { createOidc } from './oidc.ts';
import { createPasskeys } from './passkeys.ts';
import { defaultPasswordCost, type PasswordCost } from './passwords.ts';
import { createPeople } from './people.ts';
import { createPersonalData } from './personal-data.ts';
import {
	administrator,
	dataOfficer,
	mayDelegate,
	mayManageApiKeys,
	mayManagePeople,
	mayReadAudit,
	mayReadPeople,
	mayWork,
	needsSecondFactor,
} from './policies.ts';
import { createProfile } from './profile.ts';
import { createRateLimits } from './rate-limits.ts';
import { createRoles } from './roles.ts';
import { createSecondFactor } from './second-factor.ts';
import { createSecrets } from './secrets.ts';
import { actorOfSession, createSessions } from './sessions.ts';
import type { DB } from './tables.ts';

export type { ApiKeyView } from './api-keys.ts';
export type { DelegationInput, DelegationView } from './delegations.ts';
export type { DemoAccount } from './demo.ts';
export type { InvitationView } from './invitations.ts';
export { pages } from './links.ts';
export type { OidcProvider } from './oidc-providers.ts';
export type { PasskeyView } from './passkeys.ts';
export type { PeopleQuery, PersonView } from './people.ts';
export {
	administrator,
	dataOfficer,
	mayDelegate,
	mayManageApiKeys,
	mayManagePeople,
	mayReadAudit,
	mayReadPeople,
	mayWork,
	needsSecondFactor,
} from './policies.ts';
export type { ProfileView } from './profile.ts';
export type { RoleGrant } from './roles.ts';
export type { CurrentSession, SessionView, SignedIn, SignInMethod } from './sessions.ts';
export { type Cookie, safeReturnTo, serializeCookie, type Visit } from './visit.ts';

export interface IdentityOptions {
	/** Cost of argon2id; tests use a small one. */
	passwordCost?: PasswordCost;
	/** Shortest time of answers that must not tell whether an account exists. Default 400. */
	evenAnswerMilliseconds?: number;
}

/** Accounts, ways to sign in, roles, keys. See README.md for the public face. */
export function createIdentity(platform: Platform, options: IdentityOptions = {}) {
	const { config } = platform;
	const db = platform.db<DB>();
	const secrets = createSecrets(config.secret);
	const letters = createLetters(platform);
	const sessions = createSessions(platform, db, secrets, letters);
	const auth = createAuth(platform, secrets, options.passwordCost ?? defaultPasswordCost, {
		async magicLink(email, token) {
			const person = await findPerson('email', email);
			if (person)
				await letters.send('magic_link', person, {
					link: linkWithToken(config.publicUrl, pages.magicLink, token),
				});
		},
		async passwordReset(personId, token) {
			const person = await findPerson('id', personId);
			if (person)
				await letters.send('password_reset', person, {
					link: linkWithToken(config.publicUrl, pages.passwordReset, token),
				});
		},
		async passwordWasReset(personId) {
			await db
				.updateTable('identity.person')
				.set({ email_verified: true })
				.where('id', '=', personId)
				.execute();
			await accounts.inner.passwordChanged({ ...anonymous, kind: 'person', id: personId }, personId);
		},
	});
	const context: Context = {
		platform,
		db,
		auth,
		secrets,
		letters,
		sessions,
		limits: createRateLimits(db, secrets),
		roles: createRoles(platform, db),
		evenAnswerMilliseconds: options.evenAnswerMilliseconds ?? 400,
	};
	const accounts = createAccounts(context);
	const { inner: _ofThisRoom, ...accountsFace } = accounts;
	const { record: _record, isLastAdministrator: _isLast, declare: declareRoles, ...roles } = context.roles;

	function findPerson(column: 'id' | 'email', value: string) {
		return db
			.selectFrom('identity.person')
			.selectAll()
			.where(column, '=', value)
			.where('suspended_at', 'is', null)
			.where('erased_at', 'is', null)
			.executeTakeFirst();
	}

	/** Who sends these headers: the session of their cookie, or the key of their bearer token. */
	async function authenticate(headers: Headers): Promise<Actor> {
		const bearer = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
		if (bearer) return actorOfKey(bearer.trim());
		return actorOfSession(await sessions.find(headers));
	}

	const { createSystemApiKey, actorOfKey, declareScopes, ...apiKeys } = createApiKeys(context);
	const { createFirstAdministratorLink, ...invitations } = createInvitations(context);
	const { signOut, ...oidc } = createOidc(context);
	const passkeys = createPasskeys(context);
	const { purge } = defineJobs(platform, context);
	platform.personalData.offer('identity', createPersonalData(db));

	const room: Room = {
		name: 'identity',
		migrations: new URL('./migrations/', import.meta.url),
		messages: { fr, en },
		roles: [administrator, dataOfficer],
		api: createApi(platform, { apiKeys, passkeys }),
	};

	return {
		room,
		authenticate,
		/** Take in the roles and scopes of a room, so that they can be given. */
		declare(rights: Pick<Room, 'roles' | 'scopes'>): void {
			declareRoles(rights.roles ?? []);
			declareScopes(rights.scopes ?? []);
		},
		...accountsFace,
		magicLinks: createMagicLinks(context, accounts),
		sessions: { list: sessions.list, revoke: sessions.revoke, revokeOthers: sessions.revokeOthers },
		secondFactor: createSecondFactor(context),
		passkeys,
		/** FranceConnect and ProConnect. */
		oidc,
		signOut,
		profile: createProfile(context),
		people: createPeople(context),
		invitations,
		roles,
		delegations: createDelegations(context),
		apiKeys,
		/** What an actor may see and do, for pages, which import types only. */
		may: {
			work: mayWork,
			managePeople: mayManagePeople,
			readPeople: mayReadPeople,
			manageApiKeys: mayManageApiKeys,
			readAudit: mayReadAudit,
			delegate: mayDelegate,
		},
		needsSecondFactor,
		/** For the start command. */
		createFirstAdministratorLink,
		createSystemApiKey,
		...createDemo(context),
		/** What the nightly job does. */
		purge,
	};
}

export type Identity = ReturnType<typeof createIdentity>;
