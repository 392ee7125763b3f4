import type { PersonalDataSource } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { addDays, townDay, townInstant } from '../days.ts';
import { readSettings } from './settings.ts';

/**
 * Forget who brought what so many days after the last of it came to its end, and who booked so many days after the slot.
 * Counts whose hour is over go too. Harmless when repeated.
 */
export async function forgetGivers(context: Context): Promise<void> {
	const { db, now } = context;
	const { giverDays } = await readSettings(db);
	const before = addDays(townDay(now()), -giverDays);
	await sql`DELETE FROM equipment.giver WHERE NOT EXISTS (
		SELECT FROM equipment.collected_item AS item WHERE item.receipt_id = giver.receipt_id
			AND (item.state <> 'ended' OR item.ended_on >= ${before}::date))`.execute(db);
	await sql`UPDATE equipment.booking SET name = NULL, email = NULL
		WHERE (name IS NOT NULL OR email IS NOT NULL) AND slot_ends_at < ${townInstant(before, '00:00')}`.execute(
		db,
	);
	await sql`DELETE FROM equipment.rate WHERE window_ends_at < ${now()}::timestamptz`.execute(db);
}

/**
 * What is known of a person with an account: as a giver or by a booking under their confirmed address, and as the agent who
 * received. The history of items names agents by id only and stays, as proof of who handed over what.
 */
export function createCollectionPersonalData({ db, identity }: Context): PersonalDataSource {
	const addressOf = async (personId: string) =>
		(await identity.people.addresses([personId])).get(personId)?.email.toLowerCase() ?? null;
	return {
		async export(personId) {
			const email = await addressOf(personId);
			const { rows: given } =
				await sql`SELECT receipt.number, receipt.received_at AS "receivedAt", giver.name, giver.email
				FROM equipment.giver JOIN equipment.receipt ON receipt.id = receipt_id
				WHERE lower(giver.email) = ${email} ORDER BY receipt.received_at`.execute(db);
			const { rows: booked } = await sql`SELECT slot_starts_at AS "startsAt", devices, name, email
				FROM equipment.booking WHERE lower(email) = ${email} ORDER BY slot_starts_at`.execute(db);
			const { rows: received } = await sql`SELECT number, received_at AS "receivedAt"
				FROM equipment.receipt WHERE received_by = ${personId} ORDER BY received_at`.execute(db);
			return { given, booked, received };
		},
		async erase(trx, personId) {
			const email = await addressOf(personId);
			await sql`DELETE FROM equipment.giver WHERE lower(email) = ${email}`.execute(trx);
			await sql`UPDATE equipment.booking SET name = NULL, email = NULL WHERE lower(email) = ${email}`.execute(
				trx,
			);
			await sql`UPDATE equipment.receipt SET received_by = NULL WHERE received_by = ${personId}`.execute(trx);
			await sql`UPDATE equipment.item_photo SET sent_by = NULL WHERE sent_by = ${personId}`.execute(trx);
		},
	};
}
