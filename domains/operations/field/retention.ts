import { sql } from 'kysely';
import type { Context } from '../context.ts';

/** A phone may come back after months in a drawer: until then its actions are known and not done twice. */
const actionDays = 180;
/** Positions are needed whole while a round is under way and on the day after; then one a minute tells the way. */
const wholeHours = 48;

/**
 * Forget what need not be known any longer: positions become one a minute after two days and are erased after as many
 * days as the configuration says (CNIL: two months at most for the location of employees' vehicles).
 */
export async function forgetFieldData({ db, platform, now }: Context): Promise<void> {
	const before = (hours: number) => new Date(now().getTime() - hours * 3_600_000);
	await db
		.deleteFrom('operations.vehicle_position')
		.where('at', '<', before(platform.config.positionRetentionDays * 24))
		.execute();
	await sql`DELETE FROM operations.vehicle_position WHERE (round_id, at) IN (
		SELECT round_id, at FROM (
			SELECT round_id, at, row_number() OVER (PARTITION BY round_id, date_trunc('minute', at) ORDER BY at) AS n
			FROM operations.vehicle_position WHERE at < ${before(wholeHours)}
		) AS ranked WHERE n > 1)`.execute(db);
	await db
		.deleteFrom('operations.field_action')
		.where('received_at', '<', before(actionDays * 24))
		.execute();
}

export function defineForgetting(context: Context): void {
	context.platform.jobs.define('operations.field.forget', { cron: '20 3 * * *' }, () =>
		forgetFieldData(context),
	);
}
