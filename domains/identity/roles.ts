import {
	type Actor,
	type AnyTransaction,
	ok,
	type Platform,
	type Result,
	refuse,
	type Transaction,
} from '@parvis/platform';
import { type Kysely, sql } from 'kysely';
import { administrator, dataOfficer, mayManagePeople, mayReadPeople } from './policies.ts';
import type { DB } from './tables.ts';

export interface RoleGrant {
	role: string;
	grantedBy: string | null;
	grantedAt: Date;
}

export interface Roles {
	/** Take in the roles of a room's policies, as `<room>:<role>`. */
	declare(roles: readonly string[]): void;
	/** All declared roles. */
	declared(): readonly string[];
	/** Message key of a role's name on screen: `sensing:manager` → `sensing.role.manager`. */
	labelKey(role: string): string;
	grant(actor: Actor, personId: string, role: string): Promise<Result<null>>;
	/** Take a role back; what its holder lent of it ends with it. */
	revoke(actor: Actor, personId: string, role: string): Promise<Result<null>>;
	/** Roles granted to the person themself, without those lent to them. */
	list(actor: Actor, personId: string): Promise<Result<RoleGrant[]>>;
	/** Record a grant without asking who may: for invitations, first start. */
	record(trx: AnyTransaction, actor: Actor, personId: string, role: string): Promise<void>;
	isLastAdministrator(trx: Transaction<DB>, personId: string): Promise<boolean>;
}

export function createRoles(platform: Platform, db: Kysely<DB>): Roles {
	const known = new Set<string>([administrator, dataOfficer]);

	async function record(trx: AnyTransaction, actor: Actor, personId: string, role: string): Promise<void> {
		const { numInsertedOrUpdatedRows } = await (trx as Transaction<DB>)
			.insertInto('identity.role_grant')
			.values({ person_id: personId, role, granted_by: actor.kind === 'person' ? actor.id : null })
			.onConflict((conflict) => conflict.doNothing())
			.executeTakeFirst();
		if (numInsertedOrUpdatedRows)
			await platform.audit.record(trx, {
				actor,
				action: 'identity.role.granted',
				subject: `person:${personId}`,
				detail: { role },
			});
	}

	/** Of two administrators who take the role from each other at once, the second waits and is refused. */
	async function isLastAdministrator(trx: Transaction<DB>, personId: string): Promise<boolean> {
		const { rows } = await sql<{ person_id: string; suspended_at: Date | null }>`
			SELECT held.person_id, person.suspended_at FROM identity.role_grant held
			JOIN identity.person ON person.id = held.person_id
			WHERE held.role = ${administrator} FOR UPDATE OF held`.execute(trx);
		const active = rows.filter(({ suspended_at }) => suspended_at === null);
		return active.length === 1 && active[0]?.person_id === personId;
	}

	return {
		declare(roles) {
			for (const role of roles) {
				if (!/^[a-z-]+:[a-z_]+$/.test(role)) throw new Error(`not a role name: ${role}`);
				known.add(role);
			}
		},
		declared: () => [...known].sort(),
		labelKey: (role) => role.replace(':', '.role.'),
		record,
		isLastAdministrator,

		async grant(actor, personId, role) {
			if (!mayManagePeople(actor)) return refuse('platform.not_allowed');
			if (!known.has(role)) return refuse('identity.role_unknown');
			return db.transaction().execute(async (trx) => {
				const person = await trx
					.selectFrom('identity.person')
					.select('id')
					.where(sql<string>`id::text`, '=', personId)
					.where('erased_at', 'is', null)
					.executeTakeFirst();
				if (!person) return refuse('identity.person_unknown');
				await record(trx, actor, person.id, role);
				return ok(null);
			});
		},

		async revoke(actor, personId, role) {
			if (!mayManagePeople(actor)) return refuse('platform.not_allowed');
			return db.transaction().execute(async (trx) => {
				if (role === administrator && (await isLastAdministrator(trx, personId)))
					return refuse('identity.last_administrator');
				const { numDeletedRows } = await trx
					.deleteFrom('identity.role_grant')
					.where(sql<string>`person_id::text`, '=', personId)
					.where('role', '=', role)
					.executeTakeFirst();
				if (!numDeletedRows) return refuse('identity.role_not_held');
				await trx
					.updateTable('identity.delegation')
					.set({ revoked_at: sql<Date>`now()` })
					.where('from_person_id', '=', personId)
					.where('role', '=', role)
					.where('revoked_at', 'is', null)
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'identity.role.revoked',
					subject: `person:${personId}`,
					detail: { role },
				});
				return ok(null);
			});
		},

		async list(actor, personId) {
			if (!mayReadPeople(actor) && actor.id !== personId) return refuse('platform.not_allowed');
			const rows = await db
				.selectFrom('identity.role_grant')
				.selectAll()
				.where(sql<string>`person_id::text`, '=', personId)
				.orderBy('role')
				.execute();
			return ok(
				rows.map((row) => ({ role: row.role, grantedBy: row.granted_by, grantedAt: row.granted_at })),
			);
		},
	};
}
