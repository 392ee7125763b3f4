import type { PersonalDataSource, Transaction } from '@parvis/platform';
import { type Kysely, sql } from 'kysely';
import { standInAddress } from './people.ts';
import type { DB } from './tables.ts';

/** Name of the row that remains after erasure: other rooms and the audit log still point at its id. */
const erasedName = 'Compte effacé';

export function createPersonalData(db: Kysely<DB>): PersonalDataSource {
	return {
		async export(personId) {
			const person = await db
				.selectFrom('identity.person')
				.select(['id', 'name', 'email', 'locale', 'created_at'])
				.where('id', '=', personId)
				.executeTakeFirst();
			const of = (id: string) => ({
				sessions: db
					.selectFrom('identity.session')
					.select(['method', 'user_agent', 'created_at', 'expires_at'])
					.where('person_id', '=', id)
					.execute(),
				passkeys: db
					.selectFrom('identity.passkey')
					.select(['name', 'device_type', 'created_at'])
					.where('person_id', '=', id)
					.execute(),
				identities: db
					.selectFrom('identity.external_identity')
					.select(['provider', 'issuer', 'subject', 'created_at', 'last_used_at'])
					.where('person_id', '=', id)
					.execute(),
				roles: db
					.selectFrom('identity.role_grant')
					.select(['role', 'granted_at'])
					.where('person_id', '=', id)
					.execute(),
				delegations: db
					.selectFrom('identity.delegation')
					.select(['role', 'reason', 'starts_at', 'ends_at'])
					.where((or) => or.or([or('from_person_id', '=', id), or('to_person_id', '=', id)]))
					.execute(),
			});
			const parts: Record<string, unknown> = { person };
			for (const [name, rows] of Object.entries(of(personId))) parts[name] = await rows;
			return parts;
		},

		async erase(within, personId) {
			const trx = within as Transaction<DB>;
			for (const table of [
				'identity.session',
				'identity.account',
				'identity.passkey',
				'identity.second_factor',
				'identity.recovery_code',
				'identity.external_identity',
				'identity.one_time_link',
				'identity.role_grant',
			] as const)
				await trx.deleteFrom(table).where('person_id', '=', personId).execute();
			await trx.deleteFrom('identity.sign_in_attempt').where('link_person_id', '=', personId).execute();
			await trx.deleteFrom('identity.verification').where('value', '=', personId).execute();
			await trx
				.deleteFrom('identity.delegation')
				.where((or) => or.or([or('from_person_id', '=', personId), or('to_person_id', '=', personId)]))
				.execute();
			const { email } = (await trx
				.selectFrom('identity.person')
				.select('email')
				.where('id', '=', personId)
				.executeTakeFirst()) ?? { email: '' };
			// Letters kept for the outbox page name their reader.
			await sql`DELETE FROM platform.mail_outbox WHERE recipient = ${email}`.execute(trx);
			await trx
				.updateTable('identity.person')
				.set({
					name: erasedName,
					email: standInAddress(personId),
					email_verified: false,
					image: null,
					erased_at: sql<Date>`now()`,
				})
				.where('id', '=', personId)
				.execute();
		},
	};
}
