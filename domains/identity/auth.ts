import { kyselyAdapter } from '@better-auth/kysely-adapter';
import { passkey } from '@better-auth/passkey';
import { newId, type Platform } from '@parvis/platform';
import { type BetterAuthOptions, betterAuth } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { magicLink } from 'better-auth/plugins';
import { z } from 'zod';
import { freshMinutes, sessionDays } from './durations.ts';
import { passkeySignIn } from './passkeys.ts';
import {
	hashPassword,
	maximumPasswordLength,
	minimumPasswordLength,
	type PasswordCost,
	verifyPassword,
} from './passwords.ts';
import type { Secrets } from './secrets.ts';
import { hashSessionTokens } from './session-store.ts';

/** What better-auth asks us to do when it made a token for someone. */
export interface AuthLetters {
	magicLink(email: string, token: string): Promise<void>;
	passwordReset(personId: string, token: string): Promise<void>;
	/** The person proved to own the address by setting a new password. */
	passwordWasReset(personId: string): Promise<void>;
}

/**
 * better-auth on our tables: passwords, magic links, passkeys and the session cookie. It is never mounted on HTTP:
 * the functions of this room call it, after their own limits and before their own rules (second factor, audit).
 */
export function createAuth(platform: Platform, secrets: Secrets, cost: PasswordCost, letters: AuthLetters) {
	const { config } = platform;
	const secure = config.publicUrl.startsWith('https:');
	const stamps = { createdAt: 'created_at', updatedAt: 'updated_at' };
	const log = platform.log.child({ room: 'identity' });
	return betterAuth({
		appName: 'Parvis',
		baseURL: config.publicUrl,
		secret: config.secret,
		database: (options: BetterAuthOptions) =>
			hashSessionTokens(
				kyselyAdapter(platform.db<never>().withSchema('identity'), { type: 'postgres', transaction: true })(
					options,
				),
				secrets.hash,
			),
		telemetry: { enabled: false },
		// Its messages may hold mail addresses; ours say what is needed.
		logger: { disabled: true, log: (level, message) => log.debug({ level }, message) },
		rateLimit: { enabled: false },
		advanced: {
			database: { generateId: () => newId() },
			cookiePrefix: 'parvis',
			useSecureCookies: secure,
			ipAddress: { disableIpTracking: true },
			disableOriginCheck: false,
		},
		user: {
			modelName: 'person',
			fields: { emailVerified: 'email_verified', ...stamps },
			additionalFields: { locale: { type: 'string', required: false, defaultValue: 'fr' } },
		},
		session: {
			modelName: 'session',
			fields: {
				userId: 'person_id',
				expiresAt: 'expires_at',
				ipAddress: 'ip_address',
				userAgent: 'user_agent',
				...stamps,
			},
			expiresIn: sessionDays * 86_400,
			disableSessionRefresh: true,
			freshAge: freshMinutes * 60,
		},
		account: {
			modelName: 'account',
			fields: {
				userId: 'person_id',
				accountId: 'account_id',
				providerId: 'provider_id',
				accessToken: 'access_token',
				refreshToken: 'refresh_token',
				idToken: 'id_token',
				accessTokenExpiresAt: 'access_token_expires_at',
				refreshTokenExpiresAt: 'refresh_token_expires_at',
				...stamps,
			},
		},
		verification: {
			modelName: 'verification',
			fields: { expiresAt: 'expires_at', ...stamps },
			storeIdentifier: 'hashed',
		},
		emailAndPassword: {
			enabled: true,
			requireEmailVerification: true,
			autoSignIn: false,
			minPasswordLength: minimumPasswordLength,
			maxPasswordLength: maximumPasswordLength,
			resetPasswordTokenExpiresIn: 3600,
			revokeSessionsOnPasswordReset: true,
			password: {
				hash: (password) => hashPassword(password, cost),
				verify: ({ hash, password }) => verifyPassword(password, hash),
			},
			sendResetPassword: ({ user, token }) => letters.passwordReset(user.id, token),
			onPasswordReset: ({ user }) => letters.passwordWasReset(user.id),
		},
		plugins: [
			magicLink({
				disableSignUp: true,
				expiresIn: 900,
				sendMagicLink: ({ email, token }) => letters.magicLink(email, token),
			}),
			passkey({
				rpName: 'Parvis',
				rpID: new URL(config.publicUrl).hostname,
				origin: config.publicUrl,
				authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
				authentication: {
					afterVerification: ({ verification }) => {
						const signIn = passkeySignIn.getStore();
						if (signIn) signIn.userVerified = verification.authenticationInfo.userVerified;
					},
				},
				schema: {
					passkey: {
						modelName: 'passkey',
						fields: {
							userId: 'person_id',
							publicKey: 'public_key',
							credentialID: 'credential_id',
							deviceType: 'device_type',
							backedUp: 'backed_up',
							createdAt: 'created_at',
						},
					},
				},
			}),
			sessionOpener(),
		],
	});
}

export type Auth = ReturnType<typeof createAuth>;

/** A session for a person whom another way in has proved: OpenID Connect, an invitation. */
function sessionOpener() {
	return {
		id: 'parvis-session-opener',
		endpoints: {
			openSession: createAuthEndpoint(
				{
					method: 'POST',
					body: z.object({ personId: z.string() }),
					requireHeaders: true,
					metadata: { scope: 'server' },
				},
				async (ctx) => {
					const user = await ctx.context.internalAdapter.findUserById(ctx.body.personId);
					if (!user) throw new Error('no such person');
					const session = await ctx.context.internalAdapter.createSession(user.id);
					await setSessionCookie(ctx, { session, user });
					return ctx.json({ sessionId: session.id });
				},
			),
		},
	} as const;
}
