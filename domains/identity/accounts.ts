import { type Actor, anonymous, newId, ok, type Result, refuse } from '@parvis/platform';
import { isAPIError } from 'better-auth/api';
import { sql } from 'kysely';
import { type Context, evenly } from './context.ts';
import type { Addressee } from './letters.ts';
import { linkWithToken, pages } from './links.ts';
import { checkPassword } from './passwords.ts';
import { parseEmail, parseName } from './people.ts';
import { limits } from './rate-limits.ts';
import { actorOf, type SignedIn } from './sessions.ts';
import type { Visit } from './visit.ts';

const verificationDays = 2;

/** E-mail and password: sign-up, confirmation of the address, sign-in, forgotten and changed passwords. */
export function createAccounts(context: Context) {
	const { platform, db, auth, secrets, limits: rates, letters, sessions } = context;
	const evenMilliseconds = context.evenAnswerMilliseconds;

	/** Refuse when too many letters went to an address, or from a visitor. */
	async function takeLetter(visit: Visit, email: string): Promise<Result<null>> {
		const allowed =
			(await rates.take(limits.lettersFromAddress, visit.address)) &&
			(await rates.take(limits.lettersToAddress, email));
		return allowed ? ok(null) : refuse('platform.too_many_requests');
	}

	async function sendVerification(person: Addressee & { id: string }) {
		const token = secrets.token();
		await db.transaction().execute(async (trx) => {
			await trx
				.insertInto('identity.one_time_link')
				.values({
					token_hash: secrets.hash(token),
					kind: 'verification',
					person_id: person.id,
					email: person.email,
					expires_at: sql<Date>`now() + make_interval(days => ${verificationDays})`,
				})
				.execute();
			const link = linkWithToken(platform.config.publicUrl, pages.verification, token);
			await letters.send('verification', person, { link }, trx);
		});
	}

	/**
	 * Make an account. The answer is the same whether or not the address has one already; its owner learns it by
	 * mail. An account that was never confirmed gives way: the newest sign-up counts.
	 */
	async function signUp(
		visit: Visit,
		input: { email: string; password: string; name: string },
	): Promise<Result<null>> {
		const email = parseEmail(input.email);
		if (!email.ok) return email;
		const name = parseName(input.name);
		if (!name.ok) return name;
		const password = checkPassword(input.password, name.value, email.value);
		if (!password.ok) return password;
		const letter = await takeLetter(visit, email.value);
		if (!letter.ok) return letter;
		return evenly(evenMilliseconds, async () => {
			await sql`DELETE FROM identity.person WHERE email = ${email.value} AND NOT email_verified
				AND NOT EXISTS (SELECT FROM identity.role_grant WHERE person_id = person.id)
				AND NOT EXISTS (SELECT FROM identity.external_identity WHERE person_id = person.id)`.execute(db);
			await auth.api.signUpEmail({
				body: { email: email.value, password: password.value, name: name.value, locale: visit.locale },
			});
			const person = await db
				.selectFrom('identity.person')
				.selectAll()
				.where('email', '=', email.value)
				.executeTakeFirstOrThrow();
			if (person.email_verified)
				await letters.send('account_exists', person, {
					link: new URL('/connexion', platform.config.publicUrl).href,
				});
			else {
				await platform.audit.record(null, {
					actor: anonymous,
					action: 'identity.person.signed_up',
					subject: `person:${person.id}`,
				});
				await sendVerification(person);
			}
			return ok(null);
		});
	}

	/** Confirm an address by the link sent to it, from sign-up or a change of address. The person then signs in. */
	async function verifyEmail(token: string): Promise<Result<{ personId: string }>> {
		return db.transaction().execute(async (trx) => {
			const link = await trx
				.updateTable('identity.one_time_link')
				.set({ used_at: sql<Date>`now()` })
				.where('token_hash', '=', secrets.hash(token))
				.where('kind', 'in', ['verification', 'email'])
				.where('used_at', 'is', null)
				.where('expires_at', '>', sql<Date>`now()`)
				.returning(['person_id', 'email', 'kind'])
				.executeTakeFirst();
			if (!link?.person_id || !link.email) return refuse('identity.link_expired');
			const taken = await trx
				.selectFrom('identity.person')
				.select('id')
				.where('email', '=', link.email)
				.where('id', '<>', link.person_id)
				.executeTakeFirst();
			if (taken) return refuse('identity.link_expired');
			const before = await trx
				.selectFrom('identity.person')
				.select(['email', 'name', 'locale'])
				.where('id', '=', link.person_id)
				.executeTakeFirstOrThrow();
			await trx
				.updateTable('identity.person')
				.set({ email: link.email, email_verified: true, updated_at: sql<Date>`now()` })
				.where('id', '=', link.person_id)
				.execute();
			if (link.kind === 'email') await letters.send('email_changed', before, {}, trx);
			await platform.audit.record(trx, {
				actor: { ...anonymous, kind: 'person', id: link.person_id },
				action: link.kind === 'email' ? 'identity.email.changed' : 'identity.email.verified',
				subject: `person:${link.person_id}`,
			});
			return ok({ personId: link.person_id });
		});
	}

	async function signInWithPassword(
		visit: Visit,
		input: { email: string; password: string },
	): Promise<Result<SignedIn>> {
		const email = parseEmail(input.email);
		if (!email.ok || !input.password || input.password.length > 1000)
			return refuse('identity.wrong_credentials');
		// Counted before the password is looked at: attempts made side by side do not slip through.
		const open =
			(await rates.take(limits.attemptsFromAddress, visit.address)) &&
			(await rates.take(limits.attemptsOnAccount, email.value));
		if (!open) return refuse('identity.too_many_attempts');
		try {
			const { headers } = await auth.api.signInEmail({
				body: { email: email.value, password: input.password },
				headers: visit.headers,
				returnHeaders: true,
			});
			await rates.clear(limits.attemptsOnAccount, email.value);
			return await sessions.settle(visit, headers, 'password');
		} catch (error) {
			if (!isAPIError(error)) throw error;
			if (error.body?.code === 'EMAIL_NOT_VERIFIED') {
				const person = await db
					.selectFrom('identity.person')
					.selectAll()
					.where('email', '=', email.value)
					.executeTakeFirst();
				if (person && (await takeLetter(visit, email.value)).ok) await sendVerification(person);
				return refuse('identity.email_not_verified');
			}
			await platform.audit.record(null, {
				actor: anonymous,
				action: 'identity.sign_in.refused',
				subject: `address:${secrets.keyedHash(email.value).slice(0, 16)}`,
				detail: { method: 'password' },
			});
			return refuse('identity.wrong_credentials');
		}
	}

	/** Send a link to choose a new password; the answer never tells whether the account exists. */
	async function requestPasswordReset(visit: Visit, address: string): Promise<Result<null>> {
		const email = parseEmail(address);
		if (!email.ok) return email;
		const letter = await takeLetter(visit, email.value);
		if (!letter.ok) return letter;
		await evenly(evenMilliseconds, () =>
			auth.api.requestPasswordReset({ body: { email: email.value }, headers: visit.headers }),
		);
		return ok(null);
	}

	/** Set a new password by the link; all sessions end, and the person signs in anew. */
	async function resetPassword(input: { token: string; password: string }): Promise<Result<null>> {
		const password = checkPassword(input.password);
		if (!password.ok) return password;
		try {
			await auth.api.resetPassword({ body: { newPassword: password.value, token: input.token } });
			return ok(null);
		} catch (error) {
			if (!isAPIError(error)) throw error;
			return refuse('identity.link_expired');
		}
	}

	/** Set a password while signed in: the old one is asked for, or a fresh sign-in when there was none. Other sessions end. */
	async function changePassword(
		visit: Visit,
		input: { current?: string; next: string },
	): Promise<Result<null>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		const { personId, name, email } = current.value;
		const next = checkPassword(input.next, name, email);
		if (!next.ok) return next;
		const { password, internalAdapter } = await auth.$context;
		const account = await db
			.selectFrom('identity.account')
			.select(['id', 'password'])
			.where('person_id', '=', personId)
			.where('provider_id', '=', 'credential')
			.executeTakeFirst();
		if (account?.password) {
			if (!(await rates.take(limits.codes, personId))) return refuse('identity.too_many_attempts');
			if (!(await password.verify({ hash: account.password, password: input.current ?? '' })))
				return refuse('identity.wrong_password');
			await rates.clear(limits.codes, personId);
			await internalAdapter.updatePassword(personId, await password.hash(next.value));
		} else {
			if (!current.value.fresh) return refuse('identity.sign_in_again');
			await db
				.insertInto('identity.account')
				.values({
					id: newId(),
					person_id: personId,
					account_id: personId,
					provider_id: 'credential',
					password: await password.hash(next.value),
				})
				.execute();
		}
		await sessions.revokeOthers(visit);
		await passwordChanged(actorOf(current.value), personId);
		return ok(null);
	}

	async function passwordChanged(actor: Actor, personId: string): Promise<void> {
		const person = await db
			.selectFrom('identity.person')
			.selectAll()
			.where('id', '=', personId)
			.executeTakeFirstOrThrow();
		await letters.send('password_changed', person);
		await platform.audit.record(null, {
			actor,
			action: 'identity.password.changed',
			subject: `person:${personId}`,
		});
	}

	return {
		signUp,
		verifyEmail,
		signInWithPassword,
		requestPasswordReset,
		resetPassword,
		changePassword,
		/** For better-auth's callbacks and the other ways in of this room. */
		inner: { takeLetter, passwordChanged, sendVerification },
	};
}
