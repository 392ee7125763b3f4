import type { ColumnType } from 'kysely';

type Json = ColumnType<unknown, string, string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;

export interface DB {
	'platform.audit_entry': {
		sequence: ColumnType<number, never, never>;
		recorded_at: ColumnType<Date, never, never>;
		actor_kind: string;
		actor_id: string | null;
		action: string;
		subject: string | null;
		detail: Json;
		previous_hash: ColumnType<Buffer, never, never>;
		hash: ColumnType<Buffer, never, never>;
	};
	'platform.event': { id: string; name: string; payload: Json; occurred_at: Defaulted<Date> };
	'platform.mail_outbox': {
		id: string;
		recipient: string;
		subject: string;
		body_text: string;
		body_html: string | null;
		status: 'waiting' | 'kept' | 'sent' | 'failed';
		error: string | null;
		created_at: Defaulted<Date>;
		sent_at: Date | null;
	};
}
