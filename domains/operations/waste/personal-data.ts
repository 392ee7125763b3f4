import type { AnyTransaction, PersonalDataSource } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';

/** Which rounds somebody drove. Once erased the rounds stay, without their driver. */
export function wastePersonalData({ db }: Pick<Context, 'db'>): PersonalDataSource {
	return {
		async export(personId) {
			const { rows: rounds } = await sql<Record<string, unknown>>`
				SELECT round.day::text, vehicle.name AS vehicle, round.status, round.started_at, round.finished_at
				FROM operations.waste_round round JOIN operations.waste_vehicle vehicle ON vehicle.id = vehicle_id
				WHERE round.driver_id = ${personId} ORDER BY round.day`.execute(db);
			const { rows: actions } = await sql<Record<string, unknown>>`
				SELECT kind, at, received_at, detail FROM operations.waste_round_event
				WHERE by_id = ${personId} ORDER BY at`.execute(db);
			return { wasteRounds: rounds, wasteActions: actions };
		},
		async erase(trx: AnyTransaction, personId) {
			await sql`UPDATE operations.waste_round SET driver_id = NULL WHERE driver_id = ${personId}`.execute(
				trx,
			);
			await sql`UPDATE operations.waste_vehicle SET driver_id = NULL WHERE driver_id = ${personId}`.execute(
				trx,
			);
			await sql`UPDATE operations.waste_round_stop SET done_by = NULL WHERE done_by = ${personId}`.execute(
				trx,
			);
			await sql`UPDATE operations.waste_round_event SET by_id = NULL, by_name = '' WHERE by_id = ${personId}`.execute(
				trx,
			);
		},
	};
}
