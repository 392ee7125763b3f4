import { newId } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import type { DB } from '../tables.ts';

export interface HolderSaid {
	name: string;
	email: string | null;
	service: string | null;
}

interface Known {
	id: string;
	name: string | null;
	email: string | null;
	service: string | null;
	person_id: string | null;
	added: boolean;
	touched: boolean;
}

const lower = (text: string | null) => text?.toLowerCase() ?? null;

/**
 * Holders of many devices with few statements, by the rule of `findOrCreateHolder`: the same address, else the same name where
 * neither address nor service speaks against it; what was not known of them is filled in.
 * @returns ids in the order given, and how many are new
 */
export async function findOrCreateHolders(
	trx: Transaction<DB>,
	given: readonly HolderSaid[],
): Promise<{ ids: string[]; created: number }> {
	const said = given.map(({ name, email, service }) => ({
		name: name.replaceAll(/\s+/g, ' ').trim(),
		email: email?.trim().toLowerCase() || null,
		service: service?.trim() || null,
	}));
	await sql`SELECT pg_advisory_xact_lock(hashtext('equipment.holder'))`.execute(trx);
	const { rows } = await sql<Omit<Known, 'added' | 'touched'>>`
		SELECT id, name, email, service, person_id FROM equipment.holder
		WHERE lower(email) = ANY(${said.flatMap(({ email }) => email ?? [])}::text[])
			OR lower(name) = ANY(SELECT lower(word) FROM unnest(${said.map(({ name }) => name)}::text[]) word)
		ORDER BY id`.execute(trx);
	const byName = new Map<string, Known[]>();
	const byEmail = new Map<string, Known>();
	const index = (known: Known) => {
		const name = lower(known.name);
		if (name !== null) byName.set(name, [...(byName.get(name) ?? []), known]);
		if (known.email) byEmail.set(known.email.toLowerCase(), known);
	};
	const all = rows.map((row): Known => ({ ...row, added: false, touched: false }));
	for (const known of all) index(known);

	const ids = said.map(({ name, email, service }) => {
		const found =
			(email ? byEmail.get(email) : undefined) ??
			byName
				.get(name.toLowerCase())
				?.find(
					(known) =>
						(known.email === null || email === null) &&
						(known.service === null || service === null || lower(known.service) === lower(service)),
				);
		if (!found) {
			const known: Known = {
				id: newId(),
				name,
				email,
				service,
				person_id: null,
				added: true,
				touched: false,
			};
			all.push(known);
			index(known);
			return known.id;
		}
		if (found.name === null || (!found.email && email) || (!found.service && service)) {
			found.touched = true;
			if (found.name === null) {
				found.name = name;
				byName.set(name.toLowerCase(), [...(byName.get(name.toLowerCase()) ?? []), found]);
			}
			if (!found.email && email && !byEmail.has(email)) {
				found.email = email;
				byEmail.set(email, found);
			}
			found.service ??= service;
		}
		return found.id;
	});

	const added = all.filter((known) => known.added);
	const touched = all.filter((known) => known.touched && !known.added);
	const columns = sql.raw('id uuid, name text, email text, service text');
	if (added.length)
		await sql`INSERT INTO equipment.holder (id, name, email, service, created_at)
			SELECT id, name, email, service, now() FROM jsonb_to_recordset(${JSON.stringify(added)}::jsonb) AS next(${columns})`.execute(
			trx,
		);
	if (touched.length)
		await sql`UPDATE equipment.holder SET name = next.name, email = next.email, service = next.service
			FROM jsonb_to_recordset(${JSON.stringify(touched)}::jsonb) AS next(${columns}) WHERE holder.id = next.id`.execute(
			trx,
		);
	return { ids, created: added.length };
}
