import { type Actor, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import type { Trx } from './changing.ts';
import type { HolderInput } from './face.ts';

export interface HolderGiven {
	name: string;
	email?: string | null | undefined;
	/** Account in identity, where there is one. */
	personId?: string | null | undefined;
	service?: string | null | undefined;
}

/**
 * The holder that is meant, made when there is none: the same account, else the same address, else the same name without
 * another address. What was not known of them is filled in.
 * @returns the holder's id
 */
export async function findOrCreateHolder(trx: Trx, given: HolderGiven): Promise<string> {
	const name = given.name.replaceAll(/\s+/g, ' ').trim();
	const email = given.email?.trim().toLowerCase() || null;
	const personId = given.personId || null;
	const service = given.service?.trim() || null;
	// Two who take in the same person at once would make two of them.
	await sql`SELECT pg_advisory_xact_lock(hashtext('equipment.holder'))`.execute(trx);
	const { rows } = await sql<{ id: string }>`
		SELECT id FROM equipment.holder
		WHERE person_id = ${personId}::uuid
			OR (lower(email) = ${email} AND (person_id IS NULL OR ${personId}::uuid IS NULL))
			OR (lower(name) = lower(${name}) AND (email IS NULL OR ${email}::text IS NULL)
				AND (person_id IS NULL OR ${personId}::uuid IS NULL)
				AND (service IS NULL OR ${service}::text IS NULL OR lower(service) = lower(${service})))
		ORDER BY person_id = ${personId}::uuid DESC NULLS LAST, lower(email) = ${email} DESC NULLS LAST, id LIMIT 1`.execute(
		trx,
	);
	const known = rows[0]?.id;
	if (known) {
		await sql`UPDATE equipment.holder SET name = coalesce(name, ${name}), email = coalesce(email, (SELECT ${email}::text
				WHERE NOT EXISTS (SELECT FROM equipment.holder other WHERE lower(other.email) = ${email}))),
			person_id = coalesce(person_id, ${personId}::uuid), service = coalesce(service, ${service})
			WHERE id = ${known} AND (name IS NULL OR (email IS NULL AND ${email}::text IS NOT NULL)
				OR (person_id IS NULL AND ${personId}::uuid IS NOT NULL) OR (service IS NULL AND ${service}::text IS NOT NULL))`.execute(
			trx,
		);
		return known;
	}
	const id = newId();
	await sql`INSERT INTO equipment.holder (id, name, email, person_id, service, created_at)
		VALUES (${id}, ${name}, ${email}, ${personId}, ${service}, now())`.execute(trx);
	return id;
}

/** Holders that the signed-in person is: by account, or by their confirmed address. */
export async function ownHolders(context: Context, actor: Actor): Promise<string[]> {
	if (actor.kind !== 'person' || !actor.id) return [];
	const email = (await context.identity.people.addresses([actor.id])).get(actor.id)?.email ?? null;
	const { rows } = await sql<{ id: string }>`SELECT id FROM equipment.holder
		WHERE person_id = ${actor.id} OR (person_id IS NULL AND lower(email) = lower(${email}))`.execute(
		context.db,
	);
	return rows.map(({ id }) => id);
}

const holderInput = z.object({
	holderId: z.uuid('equipment.holder_unknown').optional(),
	name: textInput(120).optional(),
	email: z
		.string()
		.trim()
		.toLowerCase()
		.max(254)
		.nullish()
		.transform((email) => email || null)
		.pipe(z.email('equipment.email_invalid').nullable()),
	service: textInput(120).nullish(),
});

/** Who is meant, before a transaction: their account is asked of identity by the address. Null when nobody is. */
export async function readHolderInput(
	context: Context,
	given: HolderInput | null | undefined,
): Promise<Result<{ holderId: string } | HolderGiven | null>> {
	if (!given) return ok(null);
	const parsed = parseInput(holderInput, given);
	if (!parsed.ok) return parsed;
	const { holderId, name, email, service } = parsed.value;
	if (holderId) return ok({ holderId });
	if (!name) return email ? refuse('equipment.holder_name_missing', { field: 'name' }) : ok(null);
	return ok({
		name,
		email,
		service,
		personId: email ? await context.identity.people.byAddress(email) : null,
	});
}

/** The id of who is meant, found or made. */
export async function holderIdOf(
	trx: Trx,
	meant: { holderId: string } | HolderGiven | null,
): Promise<string | null> {
	if (!meant) return null;
	return 'holderId' in meant ? meant.holderId : findOrCreateHolder(trx, meant);
}
