CREATE SCHEMA council;

-- Conseil municipal, commission, CCAS, conseil communautaire.
CREATE TABLE council.body (
	id uuid PRIMARY KEY,
	slug text NOT NULL UNIQUE,
	name text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('council', 'committee', 'ccas', 'community')),
	-- Of the commune or community: it decides the days of notice.
	inhabitants int NOT NULL CHECK (inhabitants > 0),
	-- Whether members who follow by video count for the quorum and vote; the law allows it to communities only.
	remote_counts boolean NOT NULL DEFAULT false,
	CHECK (kind = 'community' OR NOT remote_counts)
);

-- One member's seat, from the day it was taken to the day it was left.
CREATE TABLE council.seat (
	id uuid PRIMARY KEY,
	body_id uuid NOT NULL REFERENCES council.body,
	-- The account by which the member follows and votes, when there is one.
	person_id uuid,
	name text NOT NULL,
	email text,
	party text NOT NULL DEFAULT '',
	role text NOT NULL DEFAULT 'member' CHECK (role IN ('chair', 'deputy', 'member')),
	rank int NOT NULL DEFAULT 0,
	starts_on date NOT NULL,
	ends_on date,
	CHECK (ends_on >= starts_on)
);
CREATE INDEX seat_body ON council.seat (body_id, rank);
CREATE INDEX seat_person ON council.seat (person_id) WHERE person_id IS NOT NULL;

CREATE TABLE council.meeting (
	id uuid PRIMARY KEY,
	body_id uuid NOT NULL REFERENCES council.body,
	slug text NOT NULL UNIQUE,
	title text NOT NULL,
	starts_at timestamptz NOT NULL,
	place text NOT NULL DEFAULT '',
	status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'convened', 'open', 'closed', 'cancelled')),
	urgent boolean NOT NULL DEFAULT false,
	-- The meeting that found no quorum, which this one follows.
	second_of_id uuid REFERENCES council.meeting,
	-- Note explicative de synthèse.
	synthesis text NOT NULL DEFAULT '',
	convened_at timestamptz,
	next_deliberation int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX meeting_starts_at ON council.meeting (starts_at DESC);

CREATE TABLE council.item (
	id uuid PRIMARY KEY,
	meeting_id uuid NOT NULL REFERENCES council.meeting ON DELETE CASCADE,
	position int NOT NULL,
	kind text NOT NULL CHECK (kind IN ('deliberation', 'information', 'question')),
	title text NOT NULL,
	rapporteur_id uuid REFERENCES council.seat,
	-- Projet de délibération.
	draft text NOT NULL DEFAULT '',
	-- Nomenclature of acts sent to the prefecture: `7.1`.
	matter_code text NOT NULL DEFAULT '',
	-- Whether the draft is for everybody, or for the members alone until the meeting.
	public boolean NOT NULL DEFAULT true,
	place_id uuid,
	UNIQUE (meeting_id, position) DEFERRABLE INITIALLY DEFERRED
);

-- Who was convened; the link in the letter says that it was opened and acknowledged.
CREATE TABLE council.convocation (
	meeting_id uuid NOT NULL REFERENCES council.meeting ON DELETE CASCADE,
	seat_id uuid NOT NULL REFERENCES council.seat,
	token_hash bytea NOT NULL UNIQUE,
	sent_at timestamptz NOT NULL,
	opened_at timestamptz,
	acknowledged_at timestamptz,
	PRIMARY KEY (meeting_id, seat_id)
);

-- Pouvoirs: written, one per holder, revocable.
CREATE TABLE council.proxy (
	id uuid PRIMARY KEY,
	meeting_id uuid NOT NULL REFERENCES council.meeting ON DELETE CASCADE,
	giver_id uuid NOT NULL REFERENCES council.seat,
	holder_id uuid NOT NULL REFERENCES council.seat,
	ill boolean NOT NULL DEFAULT false,
	given_at timestamptz NOT NULL,
	revoked_at timestamptz,
	CHECK (giver_id <> holder_id)
);
CREATE UNIQUE INDEX proxy_holder ON council.proxy (meeting_id, holder_id) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX proxy_giver ON council.proxy (meeting_id, giver_id) WHERE revoked_at IS NULL;

-- What happened in a meeting, in order. Never changed: a mistake is corrected by another entry.
CREATE TABLE council.event (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	meeting_id uuid NOT NULL REFERENCES council.meeting,
	at timestamptz NOT NULL,
	kind text NOT NULL,
	data jsonb NOT NULL DEFAULT '{}',
	actor_id uuid
);
CREATE INDEX event_meeting ON council.event (meeting_id, id);
CREATE FUNCTION council.keep_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the record of a meeting is append-only';
END $$;
CREATE TRIGGER keep_event BEFORE UPDATE OR DELETE ON council.event FOR EACH ROW EXECUTE FUNCTION council.keep_event();

-- Secret votes: who has voted is in the record, what was voted here, without name, order or time.
CREATE TABLE council.secret_ballot (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	vote_id uuid NOT NULL,
	choice text NOT NULL
);
CREATE INDEX secret_ballot_vote ON council.secret_ballot (vote_id);

CREATE TABLE council.deliberation (
	id uuid PRIMARY KEY,
	meeting_id uuid NOT NULL REFERENCES council.meeting,
	item_id uuid NOT NULL UNIQUE REFERENCES council.item,
	-- `2026-11-23-03`
	number text NOT NULL UNIQUE,
	title text NOT NULL,
	text text NOT NULL,
	matter_code text NOT NULL DEFAULT '',
	adopted boolean NOT NULL,
	in_office int NOT NULL,
	voting int NOT NULL,
	votes_for int NOT NULL,
	votes_against int NOT NULL,
	abstentions int NOT NULL,
	published_at timestamptz NOT NULL
);
CREATE INDEX deliberation_published ON council.deliberation (published_at DESC);

CREATE TABLE council.minutes (
	meeting_id uuid PRIMARY KEY REFERENCES council.meeting,
	text text NOT NULL,
	status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published')),
	-- The meeting that adopted them.
	adopted_in_id uuid REFERENCES council.meeting,
	published_at timestamptz,
	updated_at timestamptz NOT NULL
);
