CREATE SCHEMA participation;

CREATE TABLE participation.call (
	id uuid PRIMARY KEY,
	slug text NOT NULL UNIQUE,
	kind text NOT NULL CHECK (kind IN ('ideas', 'budget', 'consultation', 'survey')),
	status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'archived')),
	title_fr text NOT NULL,
	title_en text,
	summary_fr text NOT NULL DEFAULT '',
	summary_en text,
	body_fr text NOT NULL DEFAULT '',
	body_en text,
	-- Who may take part, and by what proof: see eligibility.ts.
	eligibility jsonb NOT NULL,
	-- How people vote and how ballots are counted: see ballot-rules.ts. Frozen once the vote has opened.
	ballot_rules jsonb,
	-- Of a past election brought in from a file: where it comes from.
	source text,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	published_at timestamptz,
	next_idea_number int NOT NULL DEFAULT 1,
	next_project_number int NOT NULL DEFAULT 1
);

-- Phases of a call, one after the other; each ends where it says, and nothing is open between them.
CREATE TABLE participation.phase (
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	kind text NOT NULL CHECK (kind IN ('proposing', 'answering', 'reviewing', 'voting', 'executing')),
	starts_at timestamptz NOT NULL,
	ends_at timestamptz,
	PRIMARY KEY (call_id, kind),
	CHECK (ends_at > starts_at)
);

CREATE TABLE participation.envelope (
	id uuid PRIMARY KEY,
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	position int NOT NULL,
	-- Null: the whole town. A district of the town room.
	district_id uuid,
	name text NOT NULL,
	budget_cents bigint NOT NULL CHECK (budget_cents >= 0),
	UNIQUE (call_id, position)
);

CREATE TABLE participation.category (
	id uuid PRIMARY KEY,
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	position int NOT NULL,
	name_fr text NOT NULL,
	name_en text,
	UNIQUE (call_id, position)
);

-- Associations, schools, councils of a district: an idea may be theirs.
CREATE TABLE participation.community (
	id uuid PRIMARY KEY,
	name text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('association', 'school', 'company', 'council', 'other')),
	description text NOT NULL DEFAULT '',
	created_at timestamptz NOT NULL DEFAULT now(),
	-- An agent has seen that it exists.
	verified_at timestamptz
);
CREATE UNIQUE INDEX community_name ON participation.community (lower(name));

CREATE TABLE participation.community_member (
	community_id uuid NOT NULL REFERENCES participation.community ON DELETE CASCADE,
	person_id uuid NOT NULL,
	PRIMARY KEY (community_id, person_id)
);
CREATE INDEX community_member_person ON participation.community_member (person_id);

-- Questionnaires and consultations.
CREATE TABLE participation.question (
	id uuid PRIMARY KEY,
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	position int NOT NULL,
	kind text NOT NULL CHECK (kind IN ('single', 'multiple', 'scale', 'text')),
	label_fr text NOT NULL,
	label_en text,
	required boolean NOT NULL DEFAULT false,
	-- Choices of single and multiple: [{ "fr": "…", "en": "…" }].
	choices jsonb NOT NULL DEFAULT '[]',
	UNIQUE (call_id, position)
);

-- One answer sheet a person: { questionId: index | [index] | 1–5 | text }.
CREATE TABLE participation.answer_sheet (
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	person_id uuid NOT NULL,
	answers jsonb NOT NULL,
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (call_id, person_id)
);

-- Who wants to hear of a call, an idea or a project.
CREATE TABLE participation.follow (
	person_id uuid NOT NULL,
	subject_kind text NOT NULL CHECK (subject_kind IN ('call', 'idea', 'project')),
	subject_id uuid NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (subject_kind, subject_id, person_id)
);
CREATE INDEX follow_person ON participation.follow (person_id);

-- What happened to what people follow; digests and feeds are made of it.
CREATE TABLE participation.news (
	id uuid PRIMARY KEY,
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	subject_kind text NOT NULL CHECK (subject_kind IN ('call', 'idea', 'project')),
	subject_id uuid NOT NULL,
	happened_at timestamptz NOT NULL DEFAULT now(),
	title_fr text NOT NULL,
	title_en text NOT NULL,
	url text NOT NULL,
	-- Told to those concerned by a letter of its own already.
	told boolean NOT NULL DEFAULT false
);
CREATE INDEX news_subject ON participation.news (subject_kind, subject_id, happened_at DESC);
CREATE INDEX news_call ON participation.news (call_id, happened_at DESC);

CREATE TABLE participation.digest (
	person_id uuid PRIMARY KEY,
	frequency text NOT NULL DEFAULT 'daily' CHECK (frequency IN ('daily', 'weekly', 'never')),
	-- Everything up to this instant was told.
	sent_until timestamptz NOT NULL DEFAULT now()
);
