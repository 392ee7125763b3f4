import type { PersonalDataSource } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import type { Context } from '../context.ts';
import type { DB } from '../tables.ts';

/** What the inventory keeps of somebody: what they hold and held, loans, problems they told, what they did as an agent. */
export function createPersonalData({ db, identity }: Context): PersonalDataSource {
	const addressOf = async (personId: string) =>
		(await identity.people.addresses([personId])).get(personId)?.email ?? null;
	const isTheirs = (personId: string, email: string | null) =>
		sql`(holder.person_id = ${personId} OR (holder.person_id IS NULL AND lower(holder.email) = lower(${email})))`;

	return {
		async export(personId) {
			const theirs = isTheirs(personId, await addressOf(personId));
			const rows = async (query: ReturnType<typeof sql<Record<string, unknown>>>) =>
				(await query.execute(db)).rows;
			return {
				holder: await rows(
					sql`SELECT name, email, service, created_at FROM equipment.holder WHERE ${theirs}`,
				),
				devices: await rows(sql`SELECT device.tag, model.manufacturer, model.name, device.status
					FROM equipment.device JOIN equipment.holder ON holder.id = device.holder_id
					JOIN equipment.model ON model.id = device.model_id WHERE ${theirs} ORDER BY device.tag`),
				history: await rows(sql`SELECT device.tag, event.kind, event.at FROM equipment.device_event event
					JOIN equipment.device ON device.id = event.device_id
					JOIN equipment.holder ON event.changes->'holderId' @> to_jsonb(holder.id::text)
					WHERE ${theirs} ORDER BY event.at`),
				loans:
					await rows(sql`SELECT device.tag, loan.starts_on, loan.due_on, loan.returned_on, loan.status, loan.note
					FROM equipment.loan JOIN equipment.holder ON holder.id = loan.holder_id
					JOIN equipment.device ON device.id = loan.device_id WHERE ${theirs} ORDER BY loan.starts_on`),
				problems: await rows(sql`SELECT device.tag, problem.kind, problem.words, problem.at, problem.answer
					FROM equipment.device_problem problem JOIN equipment.device ON device.id = problem.device_id
					WHERE problem.by_person = ${personId} ORDER BY problem.at`),
				actions: await rows(sql`SELECT device.tag, event.kind, event.at FROM equipment.device_event event
					JOIN equipment.device ON device.id = event.device_id
					WHERE event.by_person = ${personId} ORDER BY event.at`),
			};
		},

		async erase(within, personId) {
			const trx = within as Transaction<DB>;
			const theirs = isTheirs(personId, await addressOf(personId));
			await sql`UPDATE equipment.loan SET note = NULL FROM equipment.holder
				WHERE holder.id = loan.holder_id AND ${theirs}`.execute(trx);
			await sql`UPDATE equipment.holder SET name = NULL, email = NULL, person_id = NULL WHERE ${theirs}`.execute(
				trx,
			);
			await sql`UPDATE equipment.device_problem SET words = NULL, by_person = NULL WHERE by_person = ${personId}`.execute(
				trx,
			);
			// What they did stays under an id that names nobody any more: the history of a device is never rewritten.
			await sql`UPDATE equipment.audit_scan SET by_person = NULL WHERE by_person = ${personId}`.execute(trx);
		},
	};
}
