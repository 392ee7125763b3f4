import { type Actor, newId, ok, type Platform, type Result, refuse } from '@parvis/platform';
import { z } from 'zod';
import { credentialHolds, newCredential } from '../credentials.ts';
import { mayManageDevices } from '../policies.ts';
import type { DB } from '../tables.ts';

/** Another system that speaks for many devices by MQTT: a LoRaWAN network server, a gateway. */
export interface Integration {
	id: string;
	name: string;
	/** Its user name at the broker. */
	username: string;
	createdAt: Date;
}

/** Who is signed in at the broker, and so which topics it may use. */
export type BrokerUser = { kind: 'integration' } | { kind: 'device'; name: string };

export interface Integrations {
	list(actor: Actor): Promise<Result<Integration[]>>;
	/** The password is shown this once. With `replace`, one of the same name gets a new password. */
	create(
		actor: Actor,
		input: { name: string; replace?: boolean },
	): Promise<Result<{ username: string; password: string }>>;
	remove(actor: Actor, id: string): Promise<Result<null>>;
	/** Check a broker sign-in: an integration by its user name, a device by its identifier. */
	authenticate(username: string, password: string): Promise<BrokerUser | null>;
}

const nameSchema = z.string().trim().min(1).max(100);

export function createIntegrations(platform: Platform): Integrations {
	const db = platform.db<DB>();
	return {
		async list(actor) {
			if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
			const rows = await db.selectFrom('sensing.integration').selectAll().orderBy('name').execute();
			return ok(
				rows.map(({ id, name, username, created_at }) => ({ id, name, username, createdAt: created_at })),
			);
		},

		async create(actor, { name, replace = false }) {
			if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
			const parsed = nameSchema.safeParse(name);
			if (!parsed.success) return refuse('sensing.field_invalid', { field: 'name' });
			const { password, hash } = newCredential();
			return db.transaction().execute(async (trx) => {
				const before = await trx
					.selectFrom('sensing.integration')
					.select(['id', 'username'])
					.where('name', '=', parsed.data)
					.forUpdate()
					.executeTakeFirst();
				if (before && !replace) return refuse('sensing.integration_exists');
				const id = before?.id ?? newId();
				const username = before?.username ?? `integration-${id.slice(-12)}`;
				await trx
					.insertInto('sensing.integration')
					.values({ id, name: parsed.data, username, credential_hash: hash })
					.onConflict((conflict) => conflict.column('id').doUpdateSet({ credential_hash: hash }))
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: before ? 'sensing.integration.renewed' : 'sensing.integration.created',
					subject: `integration:${id}`,
				});
				return ok({ username, password });
			});
		},

		async remove(actor, id) {
			if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
			if (!z.uuid().safeParse(id).success) return refuse('sensing.integration_unknown');
			return db.transaction().execute(async (trx) => {
				const gone = await trx
					.deleteFrom('sensing.integration')
					.where('id', '=', id)
					.returning('id')
					.executeTakeFirst();
				if (!gone) return refuse('sensing.integration_unknown');
				await platform.audit.record(trx, {
					actor,
					action: 'sensing.integration.removed',
					subject: `integration:${id}`,
				});
				return ok(null);
			});
		},

		async authenticate(username, password) {
			const integration = await db
				.selectFrom('sensing.integration')
				.select('credential_hash')
				.where('username', '=', username)
				.executeTakeFirst();
			if (integration)
				return credentialHolds(password, integration.credential_hash) ? { kind: 'integration' } : null;
			const device = await db
				.selectFrom('sensing.device')
				.select('credential_hash')
				.where((e) => e.or([e('external_id', '=', username), e('dev_eui', '=', username)]))
				.where('status', '=', 'active')
				.executeTakeFirst();
			if (!device?.credential_hash || !credentialHolds(password, device.credential_hash)) return null;
			return { kind: 'device', name: username };
		},
	};
}
