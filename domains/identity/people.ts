import { type Actor, type Locale, newId, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Context } from './context.ts';
import { mayManagePeople, mayReadPeople } from './policies.ts';

/** Domain of the stand-in address of people who gave none (RFC 2606: it never resolves). */
const nowhere = 'sans-adresse.invalid';

export function standInAddress(personId: string): string {
	return `${personId}@${nowhere}`;
}

export function hasRealAddress(email: string): boolean {
	return !email.endsWith('.invalid');
}

const emailText = z
	.string()
	.trim()
	.toLowerCase()
	.max(254)
	.pipe(z.email())
	.refine((email) => hasRealAddress(email));

/** A mail address in lower case, as accounts hold it. */
export function parseEmail(text: unknown): Result<string> {
	const parsed = emailText.safeParse(text);
	return parsed.success ? ok(parsed.data) : refuse('identity.invalid_email');
}

/** A display name: 1 to 100 characters, spaces tidied, no control characters. */
export function parseName(text: unknown): Result<string> {
	const parsed = z
		.string()
		.transform((name) => name.replace(/\s+/g, ' ').trim())
		.pipe(
			z
				.string()
				.min(1)
				.max(100)
				.regex(/^\P{C}+$/u),
		)
		.safeParse(text);
	return parsed.success ? ok(parsed.data) : refuse('identity.invalid_name');
}

export interface PersonView {
	id: string;
	name: string;
	/** Null for someone who came by FranceConnect or ProConnect and gave no address. */
	email: string | null;
	emailVerified: boolean;
	/** In force now, own and lent. */
	roles: readonly string[];
	secondFactor: boolean;
	suspendedAt: Date | null;
	createdAt: Date;
}

export interface PeopleQuery {
	/** Part of a name or address; typing errors are forgiven. */
	search?: string;
	/** Only holders of this role. */
	role?: string;
	/** Only people with at least one role. */
	agents?: boolean;
	limit?: number;
	offset?: number;
}

const view = sql<PersonView>`
	person.id, person.name, person.email, person.email_verified AS "emailVerified",
	coalesce((SELECT array_agg(DISTINCT role ORDER BY role) FROM identity.role_in_force
		WHERE person_id = person.id), '{}') AS roles,
	EXISTS (SELECT FROM identity.second_factor WHERE person_id = person.id AND confirmed_at IS NOT NULL)
		AS "secondFactor",
	person.suspended_at AS "suspendedAt", person.created_at AS "createdAt"`;

export function createPeople({ db, platform, roles }: Context) {
	const shown = (row: PersonView): PersonView => ({
		...row,
		email: hasRealAddress(row.email ?? '') ? row.email : null,
	});

	async function list(
		actor: Actor,
		query: PeopleQuery = {},
	): Promise<Result<{ people: PersonView[]; total: number }>> {
		if (!mayReadPeople(actor)) return refuse('platform.not_allowed');
		const search = query.search?.trim() || null;
		const limit = Math.min(query.limit ?? 50, 200);
		const { rows } = await sql<PersonView & { total: number }>`
			SELECT ${view}, count(*) OVER () AS total FROM identity.person
			WHERE person.erased_at IS NULL
				AND (${search}::text IS NULL
					OR public.unaccent(person.name || ' ' || person.email) ILIKE '%' || public.unaccent(${likeText(search)}) || '%'
					OR public.word_similarity(public.unaccent(${search}), public.unaccent(person.name || ' ' || person.email)) > 0.5)
				AND (${query.role ?? null}::text IS NULL OR EXISTS (SELECT FROM identity.role_in_force held
					WHERE held.person_id = person.id AND held.role = ${query.role ?? null}))
				AND (NOT ${query.agents ?? false} OR EXISTS (SELECT FROM identity.role_in_force held
					WHERE held.person_id = person.id))
			ORDER BY person.name, person.id LIMIT ${limit} OFFSET ${query.offset ?? 0}`.execute(db);
		return ok({ people: rows.map(({ total: _total, ...row }) => shown(row)), total: rows[0]?.total ?? 0 });
	}

	async function get(actor: Actor, personId: string): Promise<Result<PersonView>> {
		if (!mayReadPeople(actor) && actor.id !== personId) return refuse('platform.not_allowed');
		const { rows } = await sql<PersonView>`
			SELECT ${view} FROM identity.person WHERE id::text = ${personId} AND erased_at IS NULL`.execute(db);
		return rows[0] ? ok(shown(rows[0])) : refuse('identity.person_unknown');
	}

	/** Names of people by id, for pages that show who did something. Unknown ids are left out. */
	async function names(ids: readonly string[]): Promise<Map<string, string>> {
		const known = ids.filter((id) => z.uuid().safeParse(id).success);
		if (!known.length) return new Map();
		const rows = await db
			.selectFrom('identity.person')
			.select(['id', 'name'])
			.where('id', 'in', known)
			.execute();
		return new Map(rows.map(({ id, name }) => [id, name]));
	}

	/** Mail addresses of a role's holders, for the letters of other rooms. */
	async function addressesOfRole(role: string): Promise<{ email: string; name: string; locale: Locale }[]> {
		const { rows } = await sql<{ email: string; name: string; locale: Locale }>`
			SELECT DISTINCT person.email, person.name, person.locale FROM identity.person
			JOIN identity.role_in_force held ON held.person_id = person.id AND held.role = ${role}
			WHERE person.suspended_at IS NULL AND person.erased_at IS NULL`.execute(db);
		return rows.filter(({ email }) => hasRealAddress(email));
	}

	/** Confirmed mail addresses by person, for letters of other rooms. Erased and suspended accounts are left out. */
	async function addresses(
		ids: readonly string[],
	): Promise<Map<string, { email: string; name: string; locale: Locale }>> {
		const { rows } = await sql<{ id: string; email: string; name: string; locale: Locale }>`
			SELECT id, email, name, locale FROM identity.person WHERE id::text = ANY(${[...ids]}::text[])
				AND email_verified AND suspended_at IS NULL AND erased_at IS NULL`.execute(db);
		return new Map(
			rows.filter(({ email }) => hasRealAddress(email)).map(({ id, ...address }) => [id, address]),
		);
	}

	/** Who holds a role now, by name: to be chosen from. */
	async function holdersOf(role: string): Promise<{ id: string; name: string }[]> {
		const { rows } = await sql<{ id: string; name: string }>`
			SELECT DISTINCT person.id, person.name FROM identity.person
			JOIN identity.role_in_force held ON held.person_id = person.id AND held.role = ${role}
			WHERE person.suspended_at IS NULL AND person.erased_at IS NULL ORDER BY person.name`.execute(db);
		return rows;
	}

	/** The account of a confirmed address, for rooms where one person lets another in; null when there is none. */
	async function byAddress(email: string): Promise<string | null> {
		const { rows } = await sql<{ id: string }>`SELECT id FROM identity.person
			WHERE lower(email) = lower(${email}) AND email_verified AND suspended_at IS NULL AND erased_at IS NULL`.execute(
			db,
		);
		return rows[0]?.id ?? null;
	}

	/** What an account itself shows of its owner, for rooms that ask who somebody is: confirmed address, FranceConnect subject. */
	async function evidence(personId: string): Promise<{ email: string | null; franceConnect: string | null }> {
		const { rows } = await sql<{ email: string; email_verified: boolean; subject: string | null }>`
			SELECT email, email_verified, (SELECT subject FROM identity.external_identity
				WHERE person_id = person.id AND provider = 'franceconnect' LIMIT 1) AS subject
			FROM identity.person WHERE id::text = ${personId}
				AND suspended_at IS NULL AND erased_at IS NULL`.execute(db);
		const [row] = rows;
		return {
			email: row?.email_verified && hasRealAddress(row.email) ? row.email : null,
			franceConnect: row?.subject ?? null,
		};
	}

	/** Close an account for the time being: its sessions end at once. */
	async function suspend(actor: Actor, personId: string): Promise<Result<null>> {
		if (!mayManagePeople(actor)) return refuse('platform.not_allowed');
		if (actor.id === personId) return refuse('identity.not_oneself');
		return db.transaction().execute(async (trx) => {
			if (await roles.isLastAdministrator(trx, personId)) return refuse('identity.last_administrator');
			const { numUpdatedRows } = await trx
				.updateTable('identity.person')
				.set({ suspended_at: sql<Date>`now()` })
				.where(sql<string>`id::text`, '=', personId)
				.where('suspended_at', 'is', null)
				.executeTakeFirst();
			if (!numUpdatedRows) return refuse('identity.person_unknown');
			await trx.deleteFrom('identity.session').where('person_id', '=', personId).execute();
			await platform.audit.record(trx, {
				actor,
				action: 'identity.person.suspended',
				subject: `person:${personId}`,
			});
			return ok(null);
		});
	}

	async function reinstate(actor: Actor, personId: string): Promise<Result<null>> {
		if (!mayManagePeople(actor)) return refuse('platform.not_allowed');
		return db.transaction().execute(async (trx) => {
			const { numUpdatedRows } = await trx
				.updateTable('identity.person')
				.set({ suspended_at: null })
				.where(sql<string>`id::text`, '=', personId)
				.where('suspended_at', 'is not', null)
				.executeTakeFirst();
			if (!numUpdatedRows) return refuse('identity.person_unknown');
			await platform.audit.record(trx, {
				actor,
				action: 'identity.person.reinstated',
				subject: `person:${personId}`,
			});
			return ok(null);
		});
	}

	return { list, get, names, addresses, addressesOfRole, byAddress, holdersOf, evidence, suspend, reinstate };
}

/** Text for LIKE with its own wildcards taken literally. */
function likeText(text: string | null): string | null {
	return text?.replace(/[\\%_]/g, '\\$&') ?? null;
}

/** A person with a proved way in, made outside better-auth's sign-up. */
export function newPerson(name: string, locale: Locale, email?: string) {
	const id = newId();
	return { id, name, locale, email: email ?? standInAddress(id), email_verified: true };
}
