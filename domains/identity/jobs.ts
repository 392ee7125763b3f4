import type { Platform } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from './context.ts';

export const unconfirmedDays = 7;
/** How long an ended key or delegation stays on its page. */
export const endedRightDays = 365;

/** Every night, delete what has served. */
export function defineJobs(platform: Platform, { db }: Context): { purge(): Promise<void> } {
	async function purge(): Promise<void> {
		for (const table of ['session', 'verification', 'sign_in_attempt'])
			await sql`DELETE FROM ${sql.table(`identity.${table}`)} WHERE expires_at <= now()`.execute(db);
		await sql`DELETE FROM identity.one_time_link WHERE expires_at <= now() OR used_at IS NOT NULL`.execute(
			db,
		);
		await sql`DELETE FROM identity.rate WHERE window_ends_at <= now()`.execute(db);
		await sql`DELETE FROM identity.second_factor
			WHERE confirmed_at IS NULL AND created_at <= now() - interval '1 day'`.execute(db);
		await sql`DELETE FROM identity.person
			WHERE NOT email_verified AND erased_at IS NULL
				AND created_at <= now() - make_interval(days => ${unconfirmedDays})
				AND NOT EXISTS (SELECT FROM identity.role_grant WHERE person_id = person.id)
				AND NOT EXISTS (SELECT FROM identity.external_identity WHERE person_id = person.id)`.execute(db);
		await sql`DELETE FROM identity.api_key
			WHERE least(expires_at, revoked_at) <= now() - make_interval(days => ${endedRightDays})`.execute(db);
		await sql`DELETE FROM identity.delegation
			WHERE least(ends_at, revoked_at) <= now() - make_interval(days => ${endedRightDays})`.execute(db);
	}
	platform.jobs.define('identity.purge', { cron: '20 3 * * *' }, purge);
	return { purge };
}
