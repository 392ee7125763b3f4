// Generated from the database by `./parvis check --write`.
import type { ColumnType } from 'kysely';

type Json = ColumnType<unknown, string, string>;
type Defaulted<T> = T extends ColumnType<infer S, infer I, infer U>
	? ColumnType<S, I | undefined, U>
	: ColumnType<T, T | undefined, T>;
type Generated<T> = ColumnType<T, never, never>;

export interface DB {
	'council.annex': {
		id: string;
		meeting_id: string;
		item_id: string | null;
		position: number;
		title: string;
		public: Defaulted<boolean>;
		media_type: string;
		bytes: number;
		pages: number;
		text: Defaulted<string>;
		file_key: string;
		added_at: Date;
	};
	'council.body': {
		id: string;
		slug: string;
		name: string;
		kind: 'council' | 'committee' | 'ccas' | 'community';
		inhabitants: number;
		remote_counts: Defaulted<boolean>;
	};
	'council.convocation': {
		meeting_id: string;
		seat_id: string;
		token_hash: Buffer;
		sent_at: Date;
		opened_at: Date | null;
		acknowledged_at: Date | null;
	};
	'council.deliberation': {
		id: string;
		meeting_id: string;
		item_id: string;
		number: string;
		title: string;
		text: string;
		matter_code: Defaulted<string>;
		adopted: boolean;
		in_office: number;
		voting: number;
		votes_for: number;
		votes_against: number;
		abstentions: number;
		published_at: Date;
	};
	'council.event': {
		id: Generated<number>;
		meeting_id: string;
		at: Date;
		kind: string;
		data: Defaulted<Json>;
		actor_id: string | null;
	};
	'council.feed': {
		id: string;
		meeting_id: string;
		kind: 'hall' | 'interpreter' | 'guest';
		name: string;
		secret_hash: Buffer;
		speaks: Defaulted<boolean>;
		created_at: Date;
		revoked_at: Date | null;
	};
	'council.item': {
		id: string;
		meeting_id: string;
		position: number;
		kind: 'deliberation' | 'information' | 'question';
		title: string;
		rapporteur_id: string | null;
		draft: Defaulted<string>;
		matter_code: Defaulted<string>;
		public: Defaulted<boolean>;
		place_id: string | null;
	};
	'council.meeting': {
		id: string;
		body_id: string;
		slug: string;
		title: string;
		starts_at: Date;
		place: Defaulted<string>;
		status: Defaulted<'draft' | 'convened' | 'open' | 'closed' | 'cancelled'>;
		urgent: Defaulted<boolean>;
		second_of_id: string | null;
		synthesis: Defaulted<string>;
		convened_at: Date | null;
		next_deliberation: Defaulted<number>;
		created_at: Defaulted<Date>;
	};
	'council.minutes': {
		meeting_id: string;
		text: string;
		status: Defaulted<'draft' | 'published'>;
		adopted_in_id: string | null;
		published_at: Date | null;
		updated_at: Date;
	};
	'council.proxy': {
		id: string;
		meeting_id: string;
		giver_id: string;
		holder_id: string;
		ill: Defaulted<boolean>;
		given_at: Date;
		revoked_at: Date | null;
	};
	'council.run': {
		id: string;
		meeting_id: string;
		number: number;
		source: 'room' | 'rtmp' | 'srt' | 'file';
		started_at: Date;
		ended_at: Date | null;
		init_key: string;
		codecs: string;
		width: number;
		height: number;
	};
	'council.seat': {
		id: string;
		body_id: string;
		person_id: string | null;
		name: string;
		email: string | null;
		party: Defaulted<string>;
		role: Defaulted<'chair' | 'deputy' | 'member'>;
		rank: Defaulted<number>;
		starts_on: string;
		ends_on: string | null;
	};
	'council.secret_ballot': {
		id: Defaulted<string>;
		vote_id: string;
		choice: string;
	};
	'council.segment': {
		run_id: string;
		number: number;
		starts_at_seconds: number;
		duration_seconds: number;
		bytes: number;
		file_key: string;
	};
}
