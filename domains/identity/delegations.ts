import { type Actor, newId, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from './context.ts';
import { administrator, mayDelegate, mayManagePeople } from './policies.ts';

export const longestDelegationDays = 366;

export interface DelegationView {
	id: string;
	fromPersonId: string;
	fromName: string;
	toPersonId: string;
	toName: string;
	role: string;
	reason: string;
	startsAt: Date;
	endsAt: Date;
	/** Now, by the database's clock: begun, not over, not revoked, and its lender still holds the role. */
	inForce: boolean;
	revokedAt: Date | null;
}

export interface DelegationInput {
	fromPersonId: string;
	toPersonId: string;
	role: string;
	/** Default: now. */
	startsAt?: Date;
	endsAt: Date;
	reason: string;
}

/** A role lent for a time: during leave, for a mission. What is lent cannot be lent on, nor can administration. */
export function createDelegations({ platform, db }: Context) {
	async function grant(actor: Actor, input: DelegationInput): Promise<Result<{ id: string }>> {
		const { fromPersonId, toPersonId, role } = input;
		if (!mayDelegate(actor, fromPersonId)) return refuse('platform.not_allowed');
		const reason = input.reason.trim().slice(0, 500);
		if (!reason) return refuse('identity.reason_needed');
		if (fromPersonId === toPersonId) return refuse('identity.not_oneself');
		if (role === administrator) return refuse('identity.role_not_delegable');
		const startsAt = input.startsAt ?? new Date();
		const days = (input.endsAt.getTime() - startsAt.getTime()) / 86_400_000;
		if (!(days > 0 && days <= longestDelegationDays && input.endsAt > new Date()))
			return refuse('identity.invalid_end', { days: longestDelegationDays });
		return db.transaction().execute(async (trx) => {
			const held = await trx
				.selectFrom('identity.role_grant')
				.select('role')
				.where(sql<string>`person_id::text`, '=', fromPersonId)
				.where('role', '=', role)
				.forShare()
				.executeTakeFirst();
			if (!held) return refuse('identity.role_not_held');
			const receiver = await trx
				.selectFrom('identity.person')
				.select('id')
				.where(sql<string>`id::text`, '=', toPersonId)
				.where('suspended_at', 'is', null)
				.where('erased_at', 'is', null)
				.executeTakeFirst();
			if (!receiver) return refuse('identity.person_unknown');
			const id = newId();
			await trx
				.insertInto('identity.delegation')
				.values({
					id,
					from_person_id: fromPersonId,
					to_person_id: toPersonId,
					role,
					reason,
					starts_at: startsAt,
					ends_at: input.endsAt,
					created_by: actor.kind === 'person' ? actor.id : null,
				})
				.execute();
			await platform.audit.record(trx, {
				actor,
				action: 'identity.delegation.granted',
				subject: `delegation:${id}`,
				detail: { from: fromPersonId, to: toPersonId, role, endsAt: input.endsAt.toISOString() },
			});
			return ok({ id });
		});
	}

	/** Administrators see all; others those they gave or received. Those in force first. */
	async function list(actor: Actor): Promise<Result<DelegationView[]>> {
		if (actor.kind !== 'person' && !mayManagePeople(actor)) return refuse('platform.not_allowed');
		const { rows } = await sql<DelegationView>`
			SELECT delegation.id, from_person_id AS "fromPersonId", lender.name AS "fromName",
				to_person_id AS "toPersonId", receiver.name AS "toName", role, reason,
				starts_at AS "startsAt", ends_at AS "endsAt", revoked_at AS "revokedAt",
				EXISTS (SELECT FROM identity.role_in_force WHERE delegation_id = delegation.id) AS "inForce"
			FROM identity.delegation
			JOIN identity.person lender ON lender.id = from_person_id
			JOIN identity.person receiver ON receiver.id = to_person_id
			WHERE ${mayManagePeople(actor)} OR ${actor.id} IN (from_person_id::text, to_person_id::text)
			ORDER BY "inForce" DESC, ends_at DESC LIMIT 500`.execute(db);
		return ok(rows);
	}

	/** End a delegation early: its lender, its receiver or an administrator. */
	async function revoke(actor: Actor, delegationId: string): Promise<Result<null>> {
		return db.transaction().execute(async (trx) => {
			const delegation = await trx
				.selectFrom('identity.delegation')
				.selectAll()
				.where(sql<string>`id::text`, '=', delegationId)
				.where('revoked_at', 'is', null)
				.forUpdate()
				.executeTakeFirst();
			if (!delegation) return refuse('identity.delegation_unknown');
			const own = mayDelegate(actor, delegation.from_person_id) || actor.id === delegation.to_person_id;
			if (!own) return refuse('platform.not_allowed');
			await trx
				.updateTable('identity.delegation')
				.set({ revoked_at: sql<Date>`now()` })
				.where('id', '=', delegation.id)
				.execute();
			await platform.audit.record(trx, {
				actor,
				action: 'identity.delegation.revoked',
				subject: `delegation:${delegation.id}`,
			});
			return ok(null);
		});
	}

	return { grant, list, revoke };
}
