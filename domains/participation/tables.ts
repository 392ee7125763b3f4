// Generated from the database by `./parvis check --write`.
import type { ColumnType } from 'kysely';

type Json = ColumnType<unknown, string, string>;
type Defaulted<T> = T extends ColumnType<infer S, infer I, infer U>
	? ColumnType<S, I | undefined, U>
	: ColumnType<T, T | undefined, T>;
type Generated<T> = ColumnType<T, never, never>;

export interface DB {
	'participation.answer_sheet': {
		call_id: string;
		person_id: string;
		answers: Json;
		updated_at: Defaulted<Date>;
	};
	'participation.attachment': {
		id: string;
		subject_kind: 'idea' | 'project';
		subject_id: string;
		position: Defaulted<number>;
		content_type: string;
		name: string;
		description: Defaulted<string>;
		size_bytes: number;
		width: number | null;
		height: number | null;
		created_at: Defaulted<Date>;
	};
	'participation.ballot_key': {
		call_id: string;
		public_key: Buffer;
	};
	'participation.call': {
		id: string;
		slug: string;
		kind: 'ideas' | 'budget' | 'consultation' | 'survey';
		status: Defaulted<'draft' | 'published' | 'archived'>;
		title_fr: string;
		title_en: string | null;
		summary_fr: Defaulted<string>;
		summary_en: string | null;
		body_fr: Defaulted<string>;
		body_en: string | null;
		eligibility: Json;
		ballot_rules: Json | null;
		source: string | null;
		created_at: Defaulted<Date>;
		updated_at: Defaulted<Date>;
		published_at: Date | null;
		next_idea_number: Defaulted<number>;
		next_project_number: Defaulted<number>;
	};
	'participation.category': {
		id: string;
		call_id: string;
		position: number;
		name_fr: string;
		name_en: string | null;
	};
	'participation.comment': {
		id: string;
		idea_id: string;
		parent_id: string | null;
		author_id: string | null;
		body: string;
		status: 'waiting' | 'published' | 'hidden' | 'withdrawn';
		created_at: Defaulted<Date>;
		written_under_id: string | null;
	};
	'participation.community': {
		id: string;
		name: string;
		kind: 'association' | 'school' | 'company' | 'council' | 'other';
		description: Defaulted<string>;
		created_at: Defaulted<Date>;
		verified_at: Date | null;
	};
	'participation.community_member': {
		community_id: string;
		person_id: string;
	};
	'participation.digest': {
		person_id: string;
		frequency: Defaulted<'daily' | 'weekly' | 'never'>;
		sent_until: Defaulted<Date>;
	};
	'participation.envelope': {
		id: string;
		call_id: string;
		position: number;
		district_id: string | null;
		name: string;
		budget_cents: number;
	};
	'participation.follow': {
		person_id: string;
		subject_kind: 'call' | 'idea' | 'project';
		subject_id: string;
		created_at: Defaulted<Date>;
	};
	'participation.idea': {
		id: string;
		call_id: string;
		envelope_id: string | null;
		category_id: string | null;
		number: number | null;
		author_id: string | null;
		community_id: string | null;
		title: string;
		body: string;
		longitude: number | null;
		latitude: number | null;
		address: string | null;
		district_id: string | null;
		place_id: string | null;
		status: Defaulted<'draft' | 'waiting' | 'published' | 'hidden' | 'merged' | 'withdrawn'>;
		merged_into_id: string | null;
		verdict: 'feasible' | 'amended' | 'unfeasible' | null;
		verdict_text: string | null;
		verdict_at: Date | null;
		investment_cents: number | null;
		yearly_cents: number | null;
		created_at: Defaulted<Date>;
		updated_at: Defaulted<Date>;
		published_at: Date | null;
		support_count: Defaulted<number>;
		comment_count: Defaulted<number>;
		document: Generated<string>;
		plain_title: Generated<string>;
	};
	'participation.idea_revision': {
		id: string;
		idea_id: string;
		title: string;
		body: string;
		replaced_at: Defaulted<Date>;
	};
	'participation.letter_code': {
		call_id: string;
		code_hash: Buffer;
		used: Defaulted<boolean>;
	};
	'participation.merge_consent': {
		proposal_id: string;
		idea_id: string;
		answer: boolean | null;
		answered_at: Date | null;
	};
	'participation.merge_proposal': {
		id: string;
		call_id: string;
		kind: 'merge' | 'split';
		target_id: string;
		parts: Defaulted<Json>;
		reason: Defaulted<string>;
		proposed_by: string | null;
		proposed_by_agent: boolean;
		proposed_at: Defaulted<Date>;
		status: Defaulted<'open' | 'done' | 'refused' | 'withdrawn'>;
		settled_at: Date | null;
	};
	'participation.milestone': {
		id: string;
		project_id: string;
		position: number;
		title: string;
		due_on: string;
		done_on: string | null;
		note: Defaulted<string>;
	};
	'participation.moderation_decision': {
		id: string;
		subject_kind: 'idea' | 'comment';
		subject_id: string;
		decision: 'published' | 'hidden';
		reason: 'offensive' | 'personal_data' | 'spam' | 'off_topic' | 'illegal' | 'other' | null;
		public_text: Defaulted<string>;
		decided_by: string | null;
		decided_at: Defaulted<Date>;
		appeal_text: string | null;
		appealed_at: Date | null;
		appeal_outcome: 'upheld' | 'overturned' | null;
		appeal_answer: string | null;
		appeal_decided_by: string | null;
		appeal_decided_at: Date | null;
	};
	'participation.news': {
		id: string;
		call_id: string;
		subject_kind: 'call' | 'idea' | 'project';
		subject_id: string;
		happened_at: Defaulted<Date>;
		title_fr: string;
		title_en: string;
		url: string;
		told: Defaulted<boolean>;
	};
	'participation.paper_sheet': {
		id: string;
		call_id: string;
		number: string;
		booth: Defaulted<string>;
		choices: Json;
		entered_by: string;
		second_choices: Json | null;
		second_entered_by: string | null;
		status: 'once' | 'matches' | 'differs' | 'void';
		void_reason: Defaulted<string>;
	};
	'participation.phase': {
		call_id: string;
		kind: 'proposing' | 'answering' | 'reviewing' | 'voting' | 'executing';
		starts_at: Date;
		ends_at: Date | null;
	};
	'participation.project': {
		id: string;
		call_id: string;
		envelope_id: string;
		number: number;
		code: string;
		idea_id: string | null;
		category_id: string | null;
		title: string;
		body: Defaulted<string>;
		review_summary: Defaulted<string>;
		cost_cents: number;
		yearly_cents: number | null;
		longitude: number | null;
		latitude: number | null;
		address: string | null;
		district_id: string | null;
		place_id: string | null;
		status: Defaulted<'candidate' | 'not_selected' | 'selected' | 'started' | 'done' | 'abandoned'>;
		status_text: Defaulted<string>;
		service: Defaulted<string>;
		spent_cents: Defaulted<number>;
		due_on: string | null;
		done_at: Date | null;
		created_at: Defaulted<Date>;
		updated_at: Defaulted<Date>;
	};
	'participation.proof': {
		id: string;
		call_id: string;
		person_id: string;
		kind: 'email' | 'sms' | 'letter' | 'franceconnect' | 'document';
		status: 'asked' | 'granted' | 'refused';
		key_hash: Buffer | null;
		code_hash: Buffer | null;
		code_expires_at: Date | null;
		attempts: Defaulted<number>;
		file_key: string | null;
		refusal: Defaulted<string>;
		decided_by: string | null;
		created_at: Defaulted<Date>;
	};
	'participation.published_ballot': {
		call_id: string;
		position: number;
		channel: 'web' | 'paper';
		label: string;
		choices: Json;
	};
	'participation.published_box': {
		call_id: string;
		merkle_root: Buffer | null;
		web_ballots: number;
		paper_ballots: number;
		clashes: Defaulted<Json>;
		turnout: Defaulted<Json>;
		published_at: Defaulted<Date>;
	};
	'participation.question': {
		id: string;
		call_id: string;
		position: number;
		kind: 'single' | 'multiple' | 'scale' | 'text';
		label_fr: string;
		label_en: string | null;
		required: Defaulted<boolean>;
		choices: Defaulted<Json>;
	};
	'participation.report': {
		id: string;
		subject_kind: 'idea' | 'comment';
		subject_id: string;
		reporter_id: string | null;
		reason: 'offensive' | 'personal_data' | 'spam' | 'off_topic' | 'illegal' | 'other';
		note: Defaulted<string>;
		created_at: Defaulted<Date>;
		settled_at: Date | null;
	};
	'participation.result': {
		envelope_id: string;
		call_id: string;
		counted_at: Defaulted<Date>;
		rule: Json;
		outcomes: Json;
		ballot_count: number;
	};
	'participation.review': {
		id: string;
		idea_id: string;
		service: string;
		reviewer_id: string | null;
		assigned_by: string | null;
		assigned_at: Defaulted<Date>;
		due_on: string | null;
		reminded_at: Date | null;
		feasible: 'yes' | 'changed' | 'no' | null;
		investment_cents: number | null;
		yearly_cents: number | null;
		how: Defaulted<string>;
		timing: Defaulted<string>;
		private_note: Defaulted<string>;
		answered_at: Date | null;
	};
	'participation.support': {
		idea_id: string;
		person_id: string;
		created_at: Defaulted<Date>;
		given_to_id: string | null;
	};
	'participation.verdict_appeal': {
		id: string;
		idea_id: string;
		text: string;
		created_at: Defaulted<Date>;
		outcome: 'upheld' | 'reopened' | null;
		answer: string | null;
		settled_at: Date | null;
	};
	'participation.voter': {
		id: string;
		call_id: string;
		identity_hash: Buffer;
		person_id: string | null;
		district_id: string | null;
		channel: 'web' | 'paper' | null;
		sealed_ballot: Buffer | null;
		clash: Defaulted<boolean>;
	};
	'participation.web_ballot': {
		call_id: string;
		handle: Buffer;
		choices: Json;
		commitment: Buffer;
	};
}
