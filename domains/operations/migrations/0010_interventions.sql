-- Who does what: services of the town, what is asked of them, and the agents they have.
CREATE TABLE operations.service (
	id uuid PRIMARY KEY,
	code text NOT NULL UNIQUE,
	name_fr text NOT NULL,
	name_en text NOT NULL,
	position int NOT NULL DEFAULT 0,
	archived_at timestamptz
);

CREATE TABLE operations.category (
	id uuid PRIMARY KEY,
	code text NOT NULL UNIQUE,
	-- Two levels at most.
	parent_id uuid REFERENCES operations.category,
	service_id uuid NOT NULL REFERENCES operations.service,
	name_fr text NOT NULL,
	name_en text NOT NULL,
	icon text NOT NULL DEFAULT 'other',
	priority text NOT NULL DEFAULT 'normal' CHECK (priority IN ('urgent', 'high', 'normal', 'low')),
	due_hours int NOT NULL DEFAULT 168 CHECK (due_hours > 0),
	duration_minutes int NOT NULL DEFAULT 30 CHECK (duration_minutes > 0),
	-- Residents may report it.
	public boolean NOT NULL DEFAULT false,
	checklist text[] NOT NULL DEFAULT '{}',
	skills text[] NOT NULL DEFAULT '{}',
	position int NOT NULL DEFAULT 0,
	archived_at timestamptz
);

CREATE TABLE operations.agent (
	person_id uuid PRIMARY KEY,
	service_ids uuid[] NOT NULL DEFAULT '{}',
	skills text[] NOT NULL DEFAULT '{}',
	-- By weekday from Monday: [{"from": "08:00", "to": "16:00"} or null, …]
	hours jsonb NOT NULL,
	break_from text,
	break_minutes int NOT NULL DEFAULT 0,
	vehicle text NOT NULL DEFAULT 'car' CHECK (vehicle IN ('car', 'bicycle', 'foot')),
	start_label text,
	start_longitude double precision,
	start_latitude double precision,
	updated_at timestamptz NOT NULL
);

-- Numbers that people say aloud: I-2026-0042.
CREATE TABLE operations.counter (
	kind text NOT NULL,
	year int NOT NULL,
	last int NOT NULL,
	PRIMARY KEY (kind, year)
);

CREATE TABLE operations.intervention (
	id uuid PRIMARY KEY,
	number text NOT NULL UNIQUE,
	title text NOT NULL,
	description text NOT NULL DEFAULT '',
	category_id uuid NOT NULL REFERENCES operations.category,
	service_id uuid NOT NULL REFERENCES operations.service,
	priority text NOT NULL CHECK (priority IN ('urgent', 'high', 'normal', 'low')),
	status text NOT NULL DEFAULT 'new'
		CHECK (status IN ('new', 'planned', 'in_progress', 'waiting', 'done', 'could_not', 'cancelled')),
	due_at timestamptz NOT NULL,
	-- The day and the hours it is planned for, and its turn in the day of the first assignee.
	planned_on date,
	planned_from timestamptz,
	planned_to timestamptz,
	planned_turn int,
	-- The planner leaves it where it is.
	pinned boolean NOT NULL DEFAULT false,
	duration_minutes int NOT NULL,
	skills text[] NOT NULL DEFAULT '{}',
	assignee_ids uuid[] NOT NULL DEFAULT '{}',
	place_id uuid,
	address text,
	longitude double precision NOT NULL,
	latitude double precision NOT NULL,
	checklist jsonb NOT NULL DEFAULT '[]',
	-- Why it waits, could not be done or was cancelled.
	reason text,
	-- What the reporters are told at the end, in an agent's words.
	public_answer text,
	source_kind text NOT NULL,
	source_key text NOT NULL,
	created_by uuid,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	started_at timestamptz,
	closed_at timestamptz,
	UNIQUE (source_kind, source_key)
);
CREATE INDEX intervention_open ON operations.intervention (due_at) WHERE closed_at IS NULL;
CREATE INDEX intervention_recent ON operations.intervention (created_at DESC);
CREATE INDEX intervention_day ON operations.intervention (planned_on);
CREATE INDEX intervention_assignees ON operations.intervention USING gin (assignee_ids);
CREATE INDEX intervention_place ON operations.intervention (place_id) WHERE place_id IS NOT NULL;
CREATE INDEX intervention_near ON operations.intervention USING gist (ll_to_earth(latitude, longitude));

-- What happened to each: the audit, and the history that people read. An action of a telephone keeps the id it has there.
CREATE TABLE operations.intervention_event (
	id uuid PRIMARY KEY,
	intervention_id uuid NOT NULL REFERENCES operations.intervention,
	-- Of the intervention, after it.
	version int NOT NULL,
	kind text NOT NULL,
	actor_kind text NOT NULL,
	actor_id uuid,
	-- When it was done, by the clock of the telephone, and when it came here.
	at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	device text,
	-- [{"field", "before", "after"}, …]
	changes jsonb NOT NULL DEFAULT '[]',
	note text,
	-- Received afterwards: somebody else had closed it before. Kept, and nothing else was changed.
	late boolean NOT NULL DEFAULT false
);
CREATE INDEX intervention_event_subject ON operations.intervention_event (intervention_id, recorded_at, id);
CREATE INDEX intervention_event_actor ON operations.intervention_event (actor_id) WHERE actor_id IS NOT NULL;

CREATE FUNCTION operations.keep_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the history of interventions is append-only';
END $$;
CREATE TRIGGER keep_event BEFORE UPDATE OR DELETE ON operations.intervention_event
	FOR EACH ROW EXECUTE FUNCTION operations.keep_event();

CREATE TABLE operations.intervention_material (
	-- Of the action that told it.
	id uuid PRIMARY KEY,
	intervention_id uuid NOT NULL REFERENCES operations.intervention,
	name text NOT NULL,
	quantity double precision NOT NULL,
	unit text NOT NULL DEFAULT '',
	person_id uuid,
	used_at timestamptz NOT NULL
);
CREATE INDEX intervention_material_subject ON operations.intervention_material (intervention_id);

CREATE TABLE operations.intervention_time (
	id uuid PRIMARY KEY,
	intervention_id uuid NOT NULL REFERENCES operations.intervention,
	person_id uuid,
	started_at timestamptz NOT NULL,
	-- Null: still at work.
	ended_at timestamptz
);
CREATE INDEX intervention_time_subject ON operations.intervention_time (intervention_id);
CREATE UNIQUE INDEX intervention_time_running ON operations.intervention_time (intervention_id, person_id)
	WHERE ended_at IS NULL;

-- What residents and reporting applications tell. Several may be about one intervention.
CREATE TABLE operations.report (
	id uuid PRIMARY KEY,
	number text NOT NULL UNIQUE,
	-- Of its follow page: whoever knows it sees the page.
	token text NOT NULL UNIQUE,
	category_id uuid NOT NULL REFERENCES operations.category,
	description text NOT NULL DEFAULT '',
	address text,
	place_id uuid,
	longitude double precision NOT NULL,
	latitude double precision NOT NULL,
	status text NOT NULL DEFAULT 'received'
		CHECK (status IN ('held', 'received', 'planned', 'fixed', 'refused', 'spam')),
	-- Whether everybody may read its words; its photos have their own mark.
	text_public boolean NOT NULL DEFAULT false,
	moderated_at timestamptz,
	moderated_by uuid,
	via text NOT NULL,
	-- Of the other system that sent it, unique there.
	external_key text,
	locale text NOT NULL DEFAULT 'fr' CHECK (locale IN ('fr', 'en')),
	email text,
	email_confirmed_at timestamptz,
	intervention_id uuid REFERENCES operations.intervention,
	-- The report of another resident that says the same and was there first.
	same_as_id uuid REFERENCES operations.report,
	public_answer text,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	closed_at timestamptz,
	UNIQUE (via, external_key)
);
CREATE INDEX report_intervention ON operations.report (intervention_id);
CREATE INDEX report_recent ON operations.report (created_at DESC);
CREATE INDEX report_near ON operations.report USING gist (ll_to_earth(latitude, longitude));
CREATE INDEX report_email ON operations.report (lower(email)) WHERE email IS NOT NULL;

-- How many reports came from where lately; the address itself is not kept, only a keyed hash that changes each day.
CREATE TABLE operations.report_rate (
	key text PRIMARY KEY,
	taken int NOT NULL,
	window_ends_at timestamptz NOT NULL
);

-- Work that comes back: maintenance and inspections, at one place or at many.
CREATE TABLE operations.recurring_work (
	id uuid PRIMARY KEY,
	kind text NOT NULL CHECK (kind IN ('maintenance', 'inspection')),
	title text NOT NULL,
	description text NOT NULL DEFAULT '',
	category_id uuid NOT NULL REFERENCES operations.category,
	checklist text[] NOT NULL DEFAULT '{}',
	assignee_ids uuid[] NOT NULL DEFAULT '{}',
	every int NOT NULL CHECK (every BETWEEN 1 AND 400),
	unit text NOT NULL CHECK (unit IN ('day', 'week', 'month', 'year')),
	starts_on date NOT NULL,
	ends_on date,
	-- How many days before its day an intervention is made.
	lead_days int NOT NULL DEFAULT 7 CHECK (lead_days BETWEEN 0 AND 120),
	-- [{"key", "label", "placeId", "longitude", "latitude"}, …]
	targets jsonb NOT NULL,
	paused boolean NOT NULL DEFAULT false,
	-- Occurrences up to and with this day were made.
	made_until date,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL
);

-- Which alarms become an intervention of which category.
CREATE TABLE operations.alarm_mapping (
	rule_id uuid PRIMARY KEY,
	category_id uuid NOT NULL REFERENCES operations.category,
	priority text CHECK (priority IN ('urgent', 'high', 'normal', 'low')),
	updated_at timestamptz NOT NULL
);
