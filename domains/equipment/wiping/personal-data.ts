import type { PersonalDataSource } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';

/** What somebody wiped and verified. Once erased, the proofs stay, without who made them; certificates never name anybody. */
export function wipingPersonalData({ db }: Pick<Context, 'db'>): PersonalDataSource {
	return {
		async export(personId) {
			const { rows: wipes } = await sql<Record<string, unknown>>`
				SELECT wipe.recorded_at, wipe.started_at, wipe.ended_at, series.tool, wipe.technique, wipe.result, wipe.note
				FROM equipment.wipe JOIN equipment.wipe_series series ON series.id = series_id
				WHERE series.operator_id = ${personId} ORDER BY wipe.sequence`.execute(db);
			const { rows: verifications } = await sql<Record<string, unknown>>`
				SELECT recorded_at, means, passed, note FROM equipment.wipe_verification
				WHERE verifier_id = ${personId} ORDER BY sequence`.execute(db);
			return { wipes, wipeVerifications: verifications };
		},
		async erase(trx, personId) {
			await sql`UPDATE equipment.wipe_series SET operator_id = NULL WHERE operator_id = ${personId}`.execute(
				trx,
			);
			await sql`UPDATE equipment.wipe_verification SET verifier_id = NULL WHERE verifier_id = ${personId}`.execute(
				trx,
			);
		},
	};
}
