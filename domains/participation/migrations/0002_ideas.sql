CREATE TABLE participation.idea (
	id uuid PRIMARY KEY,
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	envelope_id uuid REFERENCES participation.envelope,
	category_id uuid REFERENCES participation.category,
	-- Within its call; given when it is submitted.
	number int,
	-- Null once its author erased the account, or for an idea that came in from a file.
	author_id uuid,
	community_id uuid REFERENCES participation.community,
	title text NOT NULL,
	body text NOT NULL,
	longitude double precision CHECK (longitude BETWEEN -180 AND 180),
	latitude double precision CHECK (latitude BETWEEN -90 AND 90),
	address text,
	district_id uuid,
	place_id uuid,
	-- draft: its author's alone; waiting: for a moderator, before anybody sees it; published; hidden: by a moderator;
	-- merged: readable, leads to the idea it joined; withdrawn: by its author.
	status text NOT NULL DEFAULT 'draft'
		CHECK (status IN ('draft', 'waiting', 'published', 'hidden', 'merged', 'withdrawn')),
	merged_into_id uuid REFERENCES participation.idea,
	-- What the services concluded: null while they have not.
	verdict text CHECK (verdict IN ('feasible', 'amended', 'unfeasible')),
	verdict_text text,
	verdict_at timestamptz,
	investment_cents bigint CHECK (investment_cents >= 0),
	yearly_cents bigint CHECK (yearly_cents >= 0),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	published_at timestamptz,
	support_count int NOT NULL DEFAULT 0,
	comment_count int NOT NULL DEFAULT 0,
	-- What similar ideas are sought by: stems, and plain letters.
	document tsvector NOT NULL GENERATED ALWAYS AS (
		setweight(to_tsvector('town.french', title), 'A') || setweight(to_tsvector('town.french', body), 'B')) STORED,
	plain_title text NOT NULL GENERATED ALWAYS AS (town.plain(title)) STORED,
	UNIQUE (call_id, number),
	CHECK ((longitude IS NULL) = (latitude IS NULL)),
	CHECK ((status = 'merged') = (merged_into_id IS NOT NULL)),
	CHECK (status = 'draft' OR number IS NOT NULL),
	CHECK (verdict IS NULL OR verdict_at IS NOT NULL)
);
CREATE INDEX idea_recent ON participation.idea (call_id, published_at DESC, id) WHERE status IN ('published', 'merged');
CREATE INDEX idea_supported ON participation.idea (call_id, support_count DESC, id) WHERE status IN ('published', 'merged');
CREATE INDEX idea_author ON participation.idea (author_id);
CREATE INDEX idea_document ON participation.idea USING gin (document);
CREATE INDEX idea_plain_title ON participation.idea USING gin (plain_title gin_trgm_ops);
CREATE INDEX idea_near ON participation.idea USING gist (ll_to_earth(latitude, longitude)) WHERE latitude IS NOT NULL;
CREATE INDEX idea_merged_into ON participation.idea (merged_into_id) WHERE merged_into_id IS NOT NULL;

-- What an idea said before it was changed, once others had seen it.
CREATE TABLE participation.idea_revision (
	id uuid PRIMARY KEY,
	idea_id uuid NOT NULL REFERENCES participation.idea ON DELETE CASCADE,
	title text NOT NULL,
	body text NOT NULL,
	replaced_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idea_revision_idea ON participation.idea_revision (idea_id, replaced_at);

-- Photos (WebP, without their metadata) and PDF of ideas, and photos of projects.
CREATE TABLE participation.attachment (
	id uuid PRIMARY KEY,
	subject_kind text NOT NULL CHECK (subject_kind IN ('idea', 'project')),
	subject_id uuid NOT NULL,
	position int NOT NULL DEFAULT 0,
	content_type text NOT NULL CHECK (content_type IN ('image/webp', 'application/pdf')),
	name text NOT NULL,
	-- What the photo shows, for those who do not see it.
	description text NOT NULL DEFAULT '',
	size_bytes int NOT NULL,
	width int,
	height int,
	created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attachment_subject ON participation.attachment (subject_kind, subject_id, position);

CREATE TABLE participation.support (
	idea_id uuid NOT NULL REFERENCES participation.idea ON DELETE CASCADE,
	person_id uuid NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	-- The idea it was given to, when it came here by a merge.
	given_to_id uuid,
	PRIMARY KEY (idea_id, person_id)
);
CREATE INDEX support_person ON participation.support (person_id);

CREATE TABLE participation.comment (
	id uuid PRIMARY KEY,
	idea_id uuid NOT NULL REFERENCES participation.idea ON DELETE CASCADE,
	-- One level: an answer to a comment that answers none.
	parent_id uuid REFERENCES participation.comment ON DELETE CASCADE,
	author_id uuid,
	body text NOT NULL,
	status text NOT NULL CHECK (status IN ('waiting', 'published', 'hidden', 'withdrawn')),
	created_at timestamptz NOT NULL DEFAULT now(),
	-- The idea it was written under, when it came here by a merge.
	written_under_id uuid
);
CREATE INDEX comment_idea ON participation.comment (idea_id, created_at);
CREATE INDEX comment_parent ON participation.comment (parent_id);
CREATE INDEX comment_author ON participation.comment (author_id);

-- Somebody finds that an idea or comment breaks the rules.
CREATE TABLE participation.report (
	id uuid PRIMARY KEY,
	subject_kind text NOT NULL CHECK (subject_kind IN ('idea', 'comment')),
	subject_id uuid NOT NULL,
	reporter_id uuid,
	reason text NOT NULL CHECK (reason IN ('offensive', 'personal_data', 'spam', 'off_topic', 'illegal', 'other')),
	note text NOT NULL DEFAULT '',
	created_at timestamptz NOT NULL DEFAULT now(),
	settled_at timestamptz,
	UNIQUE (subject_kind, subject_id, reporter_id)
);
CREATE INDEX report_open ON participation.report (created_at) WHERE settled_at IS NULL;

-- What moderators decided, and what the author answered. Append-only but for the appeal.
CREATE TABLE participation.moderation_decision (
	id uuid PRIMARY KEY,
	subject_kind text NOT NULL CHECK (subject_kind IN ('idea', 'comment')),
	subject_id uuid NOT NULL,
	decision text NOT NULL CHECK (decision IN ('published', 'hidden')),
	reason text CHECK (reason IN ('offensive', 'personal_data', 'spam', 'off_topic', 'illegal', 'other')),
	public_text text NOT NULL DEFAULT '',
	decided_by uuid,
	decided_at timestamptz NOT NULL DEFAULT now(),
	appeal_text text,
	appealed_at timestamptz,
	appeal_outcome text CHECK (appeal_outcome IN ('upheld', 'overturned')),
	appeal_answer text,
	appeal_decided_by uuid,
	appeal_decided_at timestamptz,
	CHECK (decision = 'published' OR reason IS NOT NULL)
);
CREATE INDEX moderation_decision_subject ON participation.moderation_decision (subject_kind, subject_id, decided_at DESC);
CREATE INDEX moderation_decision_appeals ON participation.moderation_decision (appealed_at)
	WHERE appealed_at IS NOT NULL AND appeal_decided_at IS NULL;

-- Somebody proposes to make one idea of several, or several of one; the authors decide.
CREATE TABLE participation.merge_proposal (
	id uuid PRIMARY KEY,
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	kind text NOT NULL CHECK (kind IN ('merge', 'split')),
	-- merge: the idea the others join; split: the idea that is parted.
	target_id uuid NOT NULL REFERENCES participation.idea,
	-- split: the parts, [{ "title", "body" }].
	parts jsonb NOT NULL DEFAULT '[]',
	reason text NOT NULL DEFAULT '',
	proposed_by uuid,
	proposed_by_agent boolean NOT NULL,
	proposed_at timestamptz NOT NULL DEFAULT now(),
	status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'refused', 'withdrawn')),
	settled_at timestamptz
);
CREATE INDEX merge_proposal_target ON participation.merge_proposal (target_id);

-- The ideas a proposal touches, each with its author's answer: null while there is none.
CREATE TABLE participation.merge_consent (
	proposal_id uuid NOT NULL REFERENCES participation.merge_proposal ON DELETE CASCADE,
	idea_id uuid NOT NULL REFERENCES participation.idea ON DELETE CASCADE,
	answer boolean,
	answered_at timestamptz,
	PRIMARY KEY (proposal_id, idea_id)
);
CREATE INDEX merge_consent_idea ON participation.merge_consent (idea_id);
