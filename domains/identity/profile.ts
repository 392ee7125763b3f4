import { type Locale, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from './context.ts';
import { linkWithToken, pages } from './links.ts';
import { hasRealAddress, parseEmail, parseName } from './people.ts';
import { limits } from './rate-limits.ts';
import { actorOf } from './sessions.ts';
import type { Visit } from './visit.ts';

export interface ProfileView {
	id: string;
	name: string;
	/** Null when none was given. */
	email: string | null;
	locale: Locale;
	/** In force now, own and lent. */
	roles: readonly string[];
	hasPassword: boolean;
	secondFactor: { enabled: boolean; recoveryCodesLeft: number };
	passkeys: number;
	/** Linked identities. */
	identities: { provider: 'franceconnect' | 'proconnect'; lastUsedAt: Date }[];
	/** Signed in within the last 30 minutes: may change what guards the account without signing in again. */
	fresh: boolean;
}

/** One's own account. */
export function createProfile(context: Context) {
	const { platform, db, secrets, limits: rates, letters, sessions } = context;

	async function get(visit: Visit): Promise<Result<ProfileView>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		const { personId, name, email, roles, fresh } = current.value;
		const { rows } = await sql<
			Omit<ProfileView, 'identities' | 'secondFactor'> & { enabled: boolean; codes: number }
		>`
			SELECT locale,
				EXISTS (SELECT FROM identity.account WHERE person_id = person.id AND password IS NOT NULL) AS "hasPassword",
				EXISTS (SELECT FROM identity.second_factor
					WHERE person_id = person.id AND confirmed_at IS NOT NULL) AS enabled,
				(SELECT count(*) FROM identity.recovery_code
					WHERE person_id = person.id AND used_at IS NULL) AS codes,
				(SELECT count(*) FROM identity.passkey WHERE person_id = person.id) AS passkeys
			FROM identity.person WHERE id = ${personId}`.execute(db);
		const row = rows[0];
		if (!row) return refuse('platform.not_signed_in');
		const identities = await db
			.selectFrom('identity.external_identity')
			.select(['provider', 'last_used_at as lastUsedAt'])
			.where('person_id', '=', personId)
			.orderBy('provider')
			.execute();
		return ok({
			id: personId,
			name,
			email: hasRealAddress(email) ? email : null,
			locale: row.locale,
			roles,
			hasPassword: row.hasPassword,
			secondFactor: { enabled: row.enabled, recoveryCodesLeft: row.codes },
			passkeys: row.passkeys,
			identities,
			fresh,
		});
	}

	async function update(visit: Visit, input: { name?: string; locale?: string }): Promise<Result<null>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		const name = parseName(input.name ?? current.value.name);
		if (!name.ok) return name;
		await db
			.updateTable('identity.person')
			.set({
				name: name.value,
				...((input.locale === 'fr' || input.locale === 'en') && { locale: input.locale }),
				updated_at: sql<Date>`now()`,
			})
			.where('id', '=', current.value.personId)
			.execute();
		return ok(null);
	}

	/** Ask for another address: it replaces the old one once the link sent to it is used (`verifyEmail`). */
	async function changeEmail(visit: Visit, address: string): Promise<Result<null>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		if (!current.value.fresh) return refuse('identity.sign_in_again');
		const email = parseEmail(address);
		if (!email.ok) return email;
		const allowed =
			(await rates.take(limits.lettersFromAddress, visit.address)) &&
			(await rates.take(limits.lettersToAddress, email.value));
		if (!allowed) return refuse('platform.too_many_requests');
		const token = secrets.token();
		await db.transaction().execute(async (trx) => {
			const taken = await trx
				.selectFrom('identity.person')
				.selectAll()
				.where('email', '=', email.value)
				.executeTakeFirst();
			// The owner of a taken address is told; the answer here is the same.
			if (taken)
				return letters.send(
					'account_exists',
					taken,
					{ link: new URL('/connexion', platform.config.publicUrl).href },
					trx,
				);
			await trx
				.insertInto('identity.one_time_link')
				.values({
					token_hash: secrets.hash(token),
					kind: 'email',
					person_id: current.value.personId,
					email: email.value,
					expires_at: sql<Date>`now() + interval '2 days'`,
				})
				.execute();
			const to = { email: email.value, name: current.value.name, locale: visit.locale };
			const link = linkWithToken(platform.config.publicUrl, pages.verification, token);
			await letters.send('email_change', to, { link }, trx);
		});
		return ok(null);
	}

	/** All that the town's rooms keep about oneself, by room. */
	async function exportData(visit: Visit): Promise<Result<Record<string, unknown>>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		const parts: Record<string, Record<string, unknown>> = {};
		// A room may offer several sources, one for each of its parts.
		for (const { room, source } of platform.personalData.all())
			parts[room] = { ...parts[room], ...(await source.export(current.value.personId)) };
		await platform.audit.record(null, {
			actor: actorOf(current.value),
			action: 'identity.personal_data.exported',
			subject: `person:${current.value.personId}`,
		});
		return ok(parts);
	}

	/** Erase one's account in every room, after a fresh sign-in. The last administrator cannot. */
	async function erase(visit: Visit): Promise<Result<null>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		if (!current.value.fresh) return refuse('identity.sign_in_again');
		const { personId } = current.value;
		return db.transaction().execute(async (trx) => {
			if (await context.roles.isLastAdministrator(trx, personId))
				return refuse('identity.last_administrator');
			for (const { source } of platform.personalData.all()) await source.erase(trx, personId);
			await platform.audit.record(trx, {
				actor: { ...actorOf(current.value), displayName: '' },
				action: 'identity.person.erased',
				subject: `person:${personId}`,
			});
			return ok(null);
		});
	}

	return { get, update, changeEmail, exportData, erase };
}
