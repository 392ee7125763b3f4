import { type Actor, anonymous, newId, ok, type Result, refuse, system } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Context } from './context.ts';
import { parseName } from './people.ts';
import { mayManageApiKeys } from './policies.ts';

export const longestKeyDays = 731;
const systemKeyHours = 12;
const prefix = 'pk_';

/** `<resource>:<verb>`, as the rooms' policies ask for: `observations:write`. */
export const scopeText = z.string().regex(/^[a-z][a-z-]*:(read|write)$/);

export interface ApiKeyView {
	id: string;
	name: string;
	/** First characters, to recognise it. */
	hint: string;
	scopes: readonly string[];
	createdBy: string | null;
	createdAt: Date;
	expiresAt: Date;
	revokedAt: Date | null;
	/** To the minute. */
	lastUsedAt: Date | null;
}

/** Keys for machines: random, kept as a hash, with scopes and an end. */
export function createApiKeys({ platform, db, secrets }: Context) {
	const known = new Set<string>();

	/** Take in the scopes that a room's policies ask for. */
	function declareScopes(scopes: readonly string[]): void {
		for (const scope of scopes) known.add(scopeText.parse(scope));
	}

	/** All scopes that a key may carry. */
	function declaredScopes(): readonly string[] {
		return [...known].sort();
	}

	async function insert(actor: Actor, name: string, scopes: readonly string[], expiresAt: Date) {
		const key = `${prefix}${secrets.token()}`;
		const id = newId();
		await db.transaction().execute(async (trx) => {
			await trx
				.insertInto('identity.api_key')
				.values({
					id,
					name,
					hint: key.slice(0, 9),
					key_hash: secrets.hash(key),
					scopes: [...scopes],
					created_by: actor.kind === 'person' ? actor.id : null,
					expires_at: expiresAt,
				})
				.execute();
			await platform.audit.record(trx, {
				actor,
				action: 'identity.api_key.created',
				subject: `api_key:${id}`,
				detail: { scopes, expiresAt: expiresAt.toISOString() },
			});
		});
		return { id, key };
	}

	/** A new key; `key` is shown this once and never again. At most two years. */
	async function create(
		actor: Actor,
		input: { name: string; scopes: readonly string[]; expiresAt: Date },
	): Promise<Result<{ id: string; key: string }>> {
		if (!mayManageApiKeys(actor)) return refuse('platform.not_allowed');
		const name = parseName(input.name);
		if (!name.ok) return name;
		const scopes = z
			.array(scopeText)
			.min(1)
			.max(20)
			.safeParse([...new Set(input.scopes)]);
		if (!scopes.success || scopes.data.some((scope) => !known.has(scope)))
			return refuse('identity.invalid_scopes');
		const days = (input.expiresAt.getTime() - Date.now()) / 86_400_000;
		if (!(days > 0 && days <= longestKeyDays))
			return refuse('identity.invalid_end', { days: longestKeyDays });
		return ok(await insert(actor, name.value, scopes.data, input.expiresAt));
	}

	/** Living keys first, then ended and revoked ones. */
	async function list(actor: Actor): Promise<Result<ApiKeyView[]>> {
		if (!mayManageApiKeys(actor)) return refuse('platform.not_allowed');
		const rows = await db
			.selectFrom('identity.api_key')
			.selectAll()
			.orderBy(sql`revoked_at IS NOT NULL OR expires_at <= now()`)
			.orderBy('created_at', 'desc')
			.execute();
		return ok(
			rows.map((row) => ({
				id: row.id,
				name: row.name,
				hint: row.hint,
				scopes: row.scopes,
				createdBy: row.created_by,
				createdAt: row.created_at,
				expiresAt: row.expires_at,
				revokedAt: row.revoked_at,
				lastUsedAt: row.last_used_at,
			})),
		);
	}

	/** Ends at once, in every process. */
	async function revoke(actor: Actor, keyId: string): Promise<Result<null>> {
		if (!mayManageApiKeys(actor)) return refuse('platform.not_allowed');
		return db.transaction().execute(async (trx) => {
			const { numUpdatedRows } = await trx
				.updateTable('identity.api_key')
				.set({ revoked_at: sql<Date>`now()` })
				.where(sql<string>`id::text`, '=', keyId)
				.where('revoked_at', 'is', null)
				.executeTakeFirst();
			if (!numUpdatedRows) return refuse('identity.api_key_unknown');
			await platform.audit.record(trx, {
				actor,
				action: 'identity.api_key.revoked',
				subject: `api_key:${keyId}`,
			});
			return ok(null);
		});
	}

	/** A key for the platform's own start-up, such as filling the demonstration town; it lasts twelve hours. */
	async function createSystemApiKey(scopes: readonly string[]): Promise<string> {
		const end = new Date(Date.now() + systemKeyHours * 3_600_000);
		const { key } = await insert(system, 'Parvis', z.array(scopeText).min(1).parse(scopes), end);
		return key;
	}

	/** The actor of a bearer token: anonymous when it is not a living key. */
	async function actorOfKey(token: string): Promise<Actor> {
		if (!token.startsWith(prefix)) return anonymous;
		const key = await db
			.selectFrom('identity.api_key')
			.select(['id', 'name', 'scopes'])
			.select(sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`.as('stale'))
			.where('key_hash', '=', secrets.hash(token))
			.where('revoked_at', 'is', null)
			.where('expires_at', '>', sql<Date>`now()`)
			.executeTakeFirst();
		if (!key) return anonymous;
		if (key.stale)
			await db
				.updateTable('identity.api_key')
				.set({ last_used_at: sql<Date>`now()` })
				.where('id', '=', key.id)
				.execute();
		return { ...anonymous, kind: 'key', id: key.id, displayName: key.name, scopes: key.scopes };
	}

	return { create, list, revoke, declareScopes, declaredScopes, createSystemApiKey, actorOfKey };
}
