import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Actor } from './actor.ts';
import type { AnyTransaction } from './database.ts';
import type { DB } from './tables.ts';

export interface AuditRecord {
	actor: Actor;
	/** Past tense, by room: `identity.role.granted`. */
	action: string;
	/** What it was done to, as `<kind>:<id>`. */
	subject?: string;
	/** Facts, never personal data in clear: the log cannot be erased. */
	detail?: Record<string, unknown>;
}

export interface AuditEntry {
	sequence: number;
	recordedAt: Date;
	actorKind: string;
	actorId: string | null;
	action: string;
	subject: string | null;
	detail: unknown;
	/** SHA-256 over this entry and the previous one's hash, hexadecimal. */
	hash: string;
}

export interface AuditQuery {
	/** Start of the action's name: `identity.`. */
	action?: string;
	actorId?: string;
	from?: Date;
	to?: Date;
	/** Entries before this sequence number: the next page. */
	before?: number;
	limit?: number;
}

export type AuditVerification =
	| { intact: true; entries: number; head: string | null }
	| { intact: false; entries: number; brokenAt: number };

export interface Audit {
	/** Append an entry, in the caller's transaction when there is one. */
	record(trx: AnyTransaction | null, record: AuditRecord): Promise<void>;
	/** Newest first, 50 at a time unless told. */
	list(query: AuditQuery): Promise<AuditEntry[]>;
	/** Recompute the whole chain in the database. A shortened log is seen by comparing `head` with one noted earlier. */
	verify(): Promise<AuditVerification>;
}

export function createAudit(db: Kysely<DB>): Audit {
	return {
		async record(trx, { actor, action, subject, detail }) {
			await ((trx ?? db) as Kysely<DB>)
				.insertInto('platform.audit_entry')
				.values({
					actor_kind: actor.kind,
					actor_id: actor.id,
					action,
					subject: subject ?? null,
					detail: JSON.stringify(detail ?? {}),
				})
				.execute();
		},

		async list({ action, actorId, from, to, before, limit = 50 }) {
			const rows = await db
				.selectFrom('platform.audit_entry')
				.selectAll()
				.$if(action !== undefined, (query) => query.where(sql<boolean>`starts_with(action, ${action})`))
				.$if(actorId !== undefined, (query) => query.where('actor_id', '=', actorId ?? null))
				.$if(from !== undefined, (query) => query.where('recorded_at', '>=', from ?? new Date(0)))
				.$if(to !== undefined, (query) => query.where('recorded_at', '<', to ?? new Date()))
				.$if(before !== undefined, (query) => query.where('sequence', '<', before ?? 0))
				.orderBy('sequence', 'desc')
				.limit(Math.min(limit, 1000))
				.execute();
			return rows.map((row) => ({
				sequence: row.sequence,
				recordedAt: row.recorded_at,
				actorKind: row.actor_kind,
				actorId: row.actor_id,
				action: row.action,
				subject: row.subject,
				detail: row.detail,
				hash: row.hash.toString('hex'),
			}));
		},

		async verify() {
			const { rows } = await sql<{ entries: number; broken_at: number | null; head: string | null }>`
				WITH chain AS (
					SELECT sequence, hash,
						hash = sha256(convert_to(platform.audit_text(entry), 'UTF8'))
						AND previous_hash = coalesce(lag(hash) OVER ordered, '\\x'::bytea)
						AND sequence = coalesce(lag(sequence) OVER ordered, 0) + 1 AS holds
					FROM platform.audit_entry entry
					WINDOW ordered AS (ORDER BY sequence)
				)
				SELECT count(*)::int AS entries, min(sequence) FILTER (WHERE NOT holds) AS broken_at,
					(SELECT encode(hash, 'hex') FROM platform.audit_entry ORDER BY sequence DESC LIMIT 1) AS head
				FROM chain`.execute(db);
			const row = rows[0] ?? { entries: 0, broken_at: null, head: null };
			return row.broken_at === null
				? { intact: true, entries: row.entries, head: row.head }
				: { intact: false, entries: row.entries, brokenAt: row.broken_at };
		},
	};
}
