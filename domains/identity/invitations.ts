import { type Actor, newId, ok, type Result, refuse, system } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from './context.ts';
import { linkWithToken, pages } from './links.ts';
import { checkPassword } from './passwords.ts';
import { newPerson, parseEmail, parseName } from './people.ts';
import { administrator, mayManagePeople } from './policies.ts';
import type { SignedIn } from './sessions.ts';
import type { Visit } from './visit.ts';

const invitationDays = 7;

export interface InvitationView {
	/** Of the first administrator, name and address are still to be given. */
	name: string | null;
	email: string | null;
	expiresAt: Date;
}

/** One-time links that make someone an agent, or the first administrator of an empty town. */
export function createInvitations(context: Context) {
	const { platform, db, auth, secrets, letters, sessions, roles } = context;

	function find(token: string) {
		return db
			.selectFrom('identity.one_time_link as link')
			.leftJoin('identity.person as person', 'person.id', 'link.person_id')
			.select(['link.kind', 'link.person_id', 'link.expires_at', 'person.name', 'person.email'])
			.where('link.token_hash', '=', secrets.hash(token))
			.where('link.kind', 'in', ['invitation', 'first_administrator'])
			.where('link.used_at', 'is', null)
			.where('link.expires_at', '>', sql<Date>`now()`)
			.where('person.suspended_at', 'is', null)
			.executeTakeFirst();
	}

	/** Invite an agent by mail, with roles. Someone who has an account is given roles on their page instead. */
	async function invite(
		actor: Actor,
		input: { email: string; name: string; roles: readonly string[]; locale?: string },
	): Promise<Result<{ personId: string }>> {
		if (!mayManagePeople(actor)) return refuse('platform.not_allowed');
		const email = parseEmail(input.email);
		if (!email.ok) return email;
		const name = parseName(input.name);
		if (!name.ok) return name;
		const known = roles.declared();
		if (input.roles.some((role) => !known.includes(role))) return refuse('identity.role_unknown');
		const token = secrets.token();
		return db.transaction().execute(async (trx) => {
			const person = {
				...newPerson(name.value, input.locale === 'en' ? 'en' : 'fr', email.value),
				email_verified: false,
			};
			const made = await trx
				.insertInto('identity.person')
				.values(person)
				.onConflict((conflict) => conflict.column('email').doNothing())
				.returning('id')
				.executeTakeFirst();
			if (!made) return refuse('identity.person_exists');
			for (const role of input.roles) await roles.record(trx, actor, person.id, role);
			await trx
				.insertInto('identity.one_time_link')
				.values({
					token_hash: secrets.hash(token),
					kind: 'invitation',
					person_id: person.id,
					expires_at: sql<Date>`now() + make_interval(days => ${invitationDays})`,
				})
				.execute();
			const link = linkWithToken(platform.config.publicUrl, pages.invitation, token);
			await letters.send('invitation', person, { link, inviter: actor.displayName || 'Parvis' }, trx);
			await platform.audit.record(trx, {
				actor,
				action: 'identity.person.invited',
				subject: `person:${person.id}`,
				detail: { roles: input.roles },
			});
			return ok({ personId: person.id });
		});
	}

	/** What the invitation's page shows; refused when the link is used or over. */
	async function view(token: string): Promise<Result<InvitationView>> {
		const link = await find(token);
		if (!link) return refuse('identity.link_expired');
		return ok({ name: link.name, email: link.email, expiresAt: link.expires_at });
	}

	/** Accept with a password; the address counts as confirmed, and the person is signed in. */
	async function accept(
		visit: Visit,
		input: { token: string; password: string; name?: string; email?: string },
	): Promise<Result<SignedIn>> {
		const link = await find(input.token);
		if (!link) return refuse('identity.link_expired');
		const first = link.kind === 'first_administrator';
		const email = parseEmail(first ? input.email : link.email);
		if (!email.ok) return email;
		const name = parseName(input.name ?? link.name ?? '');
		if (!name.ok) return name;
		const password = checkPassword(input.password, name.value, email.value);
		if (!password.ok) return password;
		const { password: hasher } = await auth.$context;
		const hash = await hasher.hash(password.value);
		const accepted = await db.transaction().execute(async (trx): Promise<Result<string>> => {
			// Locked first and marked last: a refusal in between leaves the link good.
			const live = await trx
				.selectFrom('identity.one_time_link')
				.select('token_hash')
				.where('token_hash', '=', secrets.hash(input.token))
				.where('used_at', 'is', null)
				.forUpdate()
				.executeTakeFirst();
			if (!live) return refuse('identity.link_expired');
			let personId = link.person_id;
			if (personId) {
				await trx
					.updateTable('identity.person')
					.set({ name: name.value, email_verified: true })
					.where('id', '=', personId)
					.execute();
				await trx.deleteFrom('identity.account').where('person_id', '=', personId).execute();
			} else {
				const made = await trx
					.insertInto('identity.person')
					.values(newPerson(name.value, visit.locale, email.value))
					.onConflict((conflict) => conflict.column('email').doNothing())
					.returning('id')
					.executeTakeFirst();
				if (!made) return refuse('identity.email_taken');
				personId = made.id;
				await roles.record(trx, system, personId, administrator);
			}
			await trx
				.insertInto('identity.account')
				.values({
					id: newId(),
					person_id: personId,
					account_id: personId,
					provider_id: 'credential',
					password: hash,
				})
				.execute();
			await trx
				.updateTable('identity.one_time_link')
				.set({ used_at: sql<Date>`now()` })
				.where('token_hash', '=', live.token_hash)
				.execute();
			await platform.audit.record(trx, {
				actor: { ...system, kind: 'person', id: personId },
				action: 'identity.invitation.accepted',
				subject: `person:${personId}`,
			});
			return ok(personId);
		});
		if (!accepted.ok) return accepted;
		const { headers } = await auth.api.openSession({
			body: { personId: accepted.value },
			headers: visit.headers,
			returnHeaders: true,
		});
		return sessions.settle(visit, headers, 'invitation');
	}

	/**
	 * The address where the first administrator of an empty town makes their account, once, within 24 hours; links
	 * given before end. Null when the town has an administrator.
	 */
	async function createFirstAdministratorLink(): Promise<string | null> {
		const token = secrets.token();
		return db.transaction().execute(async (trx) => {
			const existing = await trx
				.selectFrom('identity.role_grant')
				.select('person_id')
				.where('role', '=', administrator)
				.executeTakeFirst();
			if (existing) return null;
			await trx.deleteFrom('identity.one_time_link').where('kind', '=', 'first_administrator').execute();
			await trx
				.insertInto('identity.one_time_link')
				.values({
					token_hash: secrets.hash(token),
					kind: 'first_administrator',
					expires_at: sql<Date>`now() + interval '24 hours'`,
				})
				.execute();
			await platform.audit.record(trx, { actor: system, action: 'identity.first_administrator.invited' });
			return linkWithToken(platform.config.publicUrl, pages.invitation, token);
		});
	}

	return { invite, view, accept, createFirstAdministratorLink };
}
