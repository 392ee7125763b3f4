// Generated from the database by `./parvis check --write`.
import type { ColumnType } from 'kysely';

type Defaulted<T> = T extends ColumnType<infer S, infer I, infer U>
	? ColumnType<S, I | undefined, U>
	: ColumnType<T, T | undefined, T>;

export interface DB {
	'operations.photo': {
		id: string;
		subject_kind: 'intervention' | 'report' | 'round_stop';
		subject_id: string;
		public: Defaulted<boolean>;
		width: number;
		height: number;
		size_bytes: number;
		sent_by: string | null;
		created_at: Date;
	};
}
