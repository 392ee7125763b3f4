-- What one service is asked about one idea, and what it answers.
CREATE TABLE participation.review (
	id uuid PRIMARY KEY,
	idea_id uuid NOT NULL REFERENCES participation.idea ON DELETE CASCADE,
	-- A service of the town: « Espaces verts ».
	service text NOT NULL,
	-- Null: whoever of the service takes it.
	reviewer_id uuid,
	assigned_by uuid,
	assigned_at timestamptz NOT NULL DEFAULT now(),
	due_on date,
	reminded_at timestamptz,
	feasible text CHECK (feasible IN ('yes', 'changed', 'no')),
	investment_cents bigint CHECK (investment_cents >= 0),
	yearly_cents bigint CHECK (yearly_cents >= 0),
	-- How and when, in words for the author.
	how text NOT NULL DEFAULT '',
	timing text NOT NULL DEFAULT '',
	private_note text NOT NULL DEFAULT '',
	answered_at timestamptz,
	UNIQUE (idea_id, service),
	CHECK ((feasible IS NULL) = (answered_at IS NULL))
);
CREATE INDEX review_due ON participation.review (due_on) WHERE answered_at IS NULL;
CREATE INDEX review_reviewer ON participation.review (reviewer_id);

-- The author asks the services to look again.
CREATE TABLE participation.verdict_appeal (
	id uuid PRIMARY KEY,
	idea_id uuid NOT NULL REFERENCES participation.idea ON DELETE CASCADE,
	text text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	outcome text CHECK (outcome IN ('upheld', 'reopened')),
	answer text,
	settled_at timestamptz
);
CREATE INDEX verdict_appeal_idea ON participation.verdict_appeal (idea_id);

-- What is put to the vote; when retained, what is built.
CREATE TABLE participation.project (
	id uuid PRIMARY KEY,
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	envelope_id uuid NOT NULL REFERENCES participation.envelope,
	-- Within its call; also its id in the published ballots, unless `code` says otherwise.
	number int NOT NULL,
	code text NOT NULL,
	idea_id uuid REFERENCES participation.idea,
	category_id uuid REFERENCES participation.category,
	title text NOT NULL,
	body text NOT NULL DEFAULT '',
	review_summary text NOT NULL DEFAULT '',
	cost_cents bigint NOT NULL CHECK (cost_cents > 0),
	yearly_cents bigint CHECK (yearly_cents >= 0),
	longitude double precision CHECK (longitude BETWEEN -180 AND 180),
	latitude double precision CHECK (latitude BETWEEN -90 AND 90),
	address text,
	district_id uuid,
	place_id uuid,
	-- candidate until counted, then selected or not; execution goes on from selected.
	status text NOT NULL DEFAULT 'candidate'
		CHECK (status IN ('candidate', 'not_selected', 'selected', 'started', 'done', 'abandoned')),
	-- Why it was abandoned, in words for everybody.
	status_text text NOT NULL DEFAULT '',
	service text NOT NULL DEFAULT '',
	spent_cents bigint NOT NULL DEFAULT 0 CHECK (spent_cents >= 0),
	due_on date,
	done_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (call_id, number),
	UNIQUE (call_id, code),
	UNIQUE (idea_id),
	CHECK ((longitude IS NULL) = (latitude IS NULL))
);
CREATE INDEX project_envelope ON participation.project (envelope_id, number);
CREATE INDEX project_execution ON participation.project (status, due_on);
CREATE INDEX project_place ON participation.project (place_id) WHERE place_id IS NOT NULL;

CREATE TABLE participation.milestone (
	id uuid PRIMARY KEY,
	project_id uuid NOT NULL REFERENCES participation.project ON DELETE CASCADE,
	position int NOT NULL,
	title text NOT NULL,
	due_on date NOT NULL,
	done_on date,
	note text NOT NULL DEFAULT '',
	UNIQUE (project_id, position)
);
