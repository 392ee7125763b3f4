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
		file_name: Defaulted<string>;
		text_state: Defaulted<'waiting' | 'read' | 'none' | 'failed'>;
		told_at: Date | null;
		withdrawn_at: Date | null;
	};
	'council.ballot_box': {
		vote_id: string;
		meeting_id: string;
		sealed: Buffer;
	};
	'council.body': {
		id: string;
		slug: string;
		name: string;
		kind: 'council' | 'committee' | 'ccas' | 'community';
		inhabitants: number;
		remote_counts: Defaulted<boolean>;
		floor_rule: Defaulted<'first_come' | 'least_spoken' | 'group_balance'>;
		speech_seconds: number | null;
		group_seconds: number | null;
		cuts_at_limit: Defaulted<boolean>;
		siret: Defaulted<string>;
		collectivity: Defaulted<string>;
		prefecture: Defaulted<string>;
		classification_on: string | null;
	};
	'council.caption': {
		id: string;
		meeting_id: string;
		starts_at: Date;
		duration_seconds: number;
		text: string;
		seat_id: string | null;
		speaker: Defaulted<string>;
		provider: Defaulted<string>;
		version: Defaulted<number>;
		removed: Defaulted<boolean>;
	};
	'council.caption_progress': {
		run_id: string;
		until_seconds: Defaulted<number>;
		finished: Defaulted<boolean>;
	};
	'council.caption_skip': {
		run_id: string;
		from_seconds: number;
		until_seconds: number;
	};
	'council.caption_version': {
		caption_id: string;
		version: number;
		starts_at: Date;
		duration_seconds: number;
		text: string;
		seat_id: string | null;
		speaker: string;
		removed: boolean;
		replaced_at: Date;
		replaced_by: string | null;
	};
	'council.captioning': {
		meeting_id: string;
		provider: string;
		error: Defaulted<string>;
		delay_seconds: number | null;
		changed_at: Date;
	};
	'council.convocation': {
		meeting_id: string;
		seat_id: string;
		token_hash: Buffer;
		sent_at: Date;
		opened_at: Date | null;
		acknowledged_at: Date | null;
		letters: Defaulted<number>;
		last_sent_at: Date | null;
		on_paper: Defaulted<boolean>;
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
		published_at: Date | null;
		place_id: string | null;
		budget_year: Defaulted<string>;
		budget_name: Defaulted<string>;
		received_on: string | null;
		acknowledgement: Defaulted<string>;
	};
	'council.destination': {
		id: string;
		name: string;
		url: string;
		stream_key: Buffer | null;
		enabled: Defaulted<boolean>;
		created_at: Date;
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
	'council.follow': {
		id: string;
		person_id: string;
		kind: 'words' | 'place' | 'body' | 'meeting';
		subject: string;
		cadence: 'once' | 'daily' | 'never';
		created_at: Date;
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
		section: Defaulted<string>;
		budget_year: Defaulted<string>;
		budget_name: Defaulted<string>;
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
		list_posted_at: Date | null;
		sequence: Defaulted<number>;
	};
	'council.minutes': {
		meeting_id: string;
		text: string;
		status: Defaulted<'draft' | 'adopted' | 'published'>;
		adopted_in_id: string | null;
		published_at: Date | null;
		updated_at: Date;
		version: Defaulted<number>;
		adopted_on: string | null;
	};
	'council.minutes_version': {
		meeting_id: string;
		version: number;
		text: string;
		saved_at: Date;
		saved_by: string;
	};
	'council.news': {
		id: string;
		kind: 'convened' | 'deliberation' | 'minutes' | 'replay';
		subject_id: string;
		meeting_id: string;
		happened_at: Date;
	};
	'council.programme': {
		meeting_id: string;
		wanted: Defaulted<boolean>;
		source: Defaulted<'room' | 'rtmp' | 'srt'>;
		automatic: Defaulted<boolean>;
		state: Defaulted<'off' | 'starting' | 'live' | 'card' | 'retrying'>;
		problem: string | null;
		problem_detail: string | null;
		state_since: Date;
		ended_at: Date | null;
		mp4_key: string | null;
		mp4_bytes: number | null;
		deleted_at: Date | null;
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
	'council.push': {
		meeting_id: string;
		destination_id: string;
		state: 'connecting' | 'live' | 'retrying' | 'ended';
		problem: string | null;
		failures: Defaulted<number>;
		state_since: Date;
	};
	'council.run': {
		id: string;
		meeting_id: string;
		number: number;
		source: 'room' | 'rtmp' | 'srt' | 'file' | 'card';
		started_at: Date;
		ended_at: Date | null;
		init_key: string;
		codecs: string;
		width: number;
		height: number;
	};
	'council.search_entry': {
		id: Generated<number>;
		meeting_id: string;
		item_id: string | null;
		kind: 'item' | 'document' | 'speech' | 'deliberation' | 'minutes';
		subject_id: string;
		title: string;
		body: string;
		starts_at: Date | null;
		ends_at: Date | null;
		speaker: Defaulted<string>;
		body_id: string;
		held_at: Date;
		document: Generated<string>;
	};
	'council.search_stale': {
		id: Generated<number>;
		meeting_id: string;
	};
	'council.search_word': {
		plain: string;
		word: string;
		meetings: Defaulted<number>;
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
	'council.segment': {
		run_id: string;
		number: number;
		starts_at_seconds: number;
		duration_seconds: number;
		bytes: number;
		file_key: string;
	};
	'council.signature': {
		id: string;
		deliberation_id: string | null;
		minutes_id: string | null;
		seat_id: string;
		capacity: 'chair' | 'secretary';
		signed_on: string;
		by_hand: boolean;
		recorded_at: Date;
		actor_id: string | null;
		scan_key: string | null;
	};
	'council.told': {
		person_id: string;
		news_id: string;
	};
}
