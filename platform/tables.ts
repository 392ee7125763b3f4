// Generated from the database by `./parvis check --write`.
import type { ColumnType } from 'kysely';

type Json = ColumnType<unknown, string, string>;
type Defaulted<T> = T extends ColumnType<infer S, infer I, infer U>
	? ColumnType<S, I | undefined, U>
	: ColumnType<T, T | undefined, T>;

export interface DB {
	'platform.audit_entry': {
		sequence: Defaulted<number>;
		recorded_at: Defaulted<Date>;
		actor_kind: string;
		actor_id: string | null;
		action: string;
		subject: string | null;
		detail: Json;
		previous_hash: Defaulted<Buffer>;
		hash: Defaulted<Buffer>;
	};
	'platform.event': {
		id: string;
		name: string;
		payload: Json;
		occurred_at: Defaulted<Date>;
	};
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
		unsubscribe_url: string | null;
	};
}
