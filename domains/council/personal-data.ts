import type { PersonalDataSource } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from './context.ts';

/**
 * What the room knows of somebody who sits in a body, signs its acts, follows or corrects. Who held a seat, voted and signed stays in the
 * record, as the law asks of public acts (CGCT L2121-15, L2121-23); what is cut is the link to the account and the address.
 */
export function createPersonalData({ db }: Context): PersonalDataSource {
	return {
		async export(personId) {
			const [seats, convocations, proxies, signatures, follows, corrections] = await Promise.all([
				sql`SELECT body.name AS body, seat.name, party, role, email, starts_on::text AS "startsOn", ends_on::text AS "endsOn"
					FROM council.seat JOIN council.body ON body.id = body_id WHERE person_id = ${personId}
					ORDER BY starts_on`.execute(db),
				sql`SELECT meeting.title AS meeting, meeting.starts_at AS "startsAt", sent_at AS "sentAt",
						opened_at AS "openedAt", acknowledged_at AS "acknowledgedAt"
					FROM council.convocation JOIN council.seat ON seat.id = seat_id JOIN council.meeting ON meeting.id = meeting_id
					WHERE person_id = ${personId} ORDER BY sent_at`.execute(db),
				sql`SELECT meeting.title AS meeting, giver.name AS giver, holder.name AS holder, ill, given_at AS "givenAt",
						revoked_at AS "revokedAt"
					FROM council.proxy JOIN council.meeting ON meeting.id = meeting_id
					JOIN council.seat giver ON giver.id = giver_id JOIN council.seat holder ON holder.id = holder_id
					WHERE ${personId} IN (giver.person_id, holder.person_id) ORDER BY given_at`.execute(db),
				sql`SELECT coalesce(deliberation.number, 'procès-verbal') AS act, capacity, signed_on::text AS "signedOn",
						by_hand AS "byHand"
					FROM council.signature JOIN council.seat ON seat.id = seat_id
					LEFT JOIN council.deliberation ON deliberation.id = deliberation_id
					WHERE person_id = ${personId} ORDER BY signed_on`.execute(db),
				sql`SELECT kind, subject, cadence, created_at AS "createdAt" FROM council.follow
					WHERE person_id = ${personId} ORDER BY created_at`.execute(db),
				sql`SELECT replaced_at AS "replacedAt", text FROM council.caption_version
					WHERE replaced_by = ${personId} ORDER BY replaced_at`.execute(db),
			]);
			return {
				seats: seats.rows,
				convocations: convocations.rows,
				proxies: proxies.rows,
				signatures: signatures.rows,
				follows: follows.rows,
				corrections: corrections.rows,
			};
		},

		async erase(trx, personId) {
			await sql`DELETE FROM council.follow WHERE person_id = ${personId}`.execute(trx);
			await sql`DELETE FROM council.told WHERE person_id = ${personId}`.execute(trx);
			await sql`UPDATE council.seat SET person_id = NULL, email = NULL WHERE person_id = ${personId}`.execute(
				trx,
			);
			await sql`UPDATE council.signature SET actor_id = NULL WHERE actor_id = ${personId}`.execute(trx);
			await sql`UPDATE council.caption_version SET replaced_by = NULL WHERE replaced_by = ${personId}`.execute(
				trx,
			);
		},
	};
}
