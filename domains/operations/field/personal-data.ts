import type { PersonalDataSource } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';

/** What agents sent from the street. Positions are the vehicle's and name nobody; the round knows who drove. */
export function createFieldPersonalData({ db }: Context): PersonalDataSource {
	return {
		async export(personId) {
			const actions = await db
				.selectFrom('operations.field_action')
				.select(['subject_kind', 'kind', 'body', 'device_at', 'happened_at', 'received_at', 'outcome'])
				.where('person_id', '=', personId)
				.orderBy('received_at')
				.execute();
			return { actions };
		},
		async erase(trx, personId) {
			await sql`DELETE FROM operations.field_action WHERE person_id = ${personId}`.execute(trx);
		},
	};
}
