-- Whether and how the programme of a meeting goes out, and what became of it.
CREATE TABLE council.programme (
	meeting_id uuid PRIMARY KEY REFERENCES council.meeting ON DELETE CASCADE,
	wanted boolean NOT NULL DEFAULT false,
	source text NOT NULL DEFAULT 'room' CHECK (source IN ('room', 'rtmp', 'srt')),
	-- Begins by itself with the opening of the meeting.
	automatic boolean NOT NULL DEFAULT false,
	state text NOT NULL DEFAULT 'off' CHECK (state IN ('off', 'starting', 'live', 'card', 'retrying')),
	-- Message key of what went wrong last, and what the program said of it.
	problem text,
	problem_detail text,
	state_since timestamptz NOT NULL,
	-- It is over: what was recorded is the replay.
	ended_at timestamptz,
	-- The whole recording in one file, once it is made.
	mp4_key text,
	mp4_bytes bigint,
	-- The recording was taken away by the clerk.
	deleted_at timestamptz
);
CREATE INDEX programme_wanted ON council.programme (meeting_id) WHERE wanted;

-- The card that stands for a time behind closed doors is a run too.
ALTER TABLE council.run DROP CONSTRAINT run_source_check;
ALTER TABLE council.run ADD CONSTRAINT run_source_check CHECK (source IN ('room', 'rtmp', 'srt', 'file', 'card'));

-- Where the programme is sent besides the town's own site.
CREATE TABLE council.destination (
	id uuid PRIMARY KEY,
	name text NOT NULL,
	url text NOT NULL,
	-- AES-256-GCM: nonce, tag, text. Null for an address without a key.
	stream_key bytea,
	enabled boolean NOT NULL DEFAULT true,
	created_at timestamptz NOT NULL
);

-- How each destination fares in a meeting.
CREATE TABLE council.push (
	meeting_id uuid NOT NULL REFERENCES council.meeting ON DELETE CASCADE,
	destination_id uuid NOT NULL REFERENCES council.destination ON DELETE CASCADE,
	state text NOT NULL CHECK (state IN ('connecting', 'live', 'retrying', 'ended')),
	problem text,
	failures int NOT NULL DEFAULT 0,
	state_since timestamptz NOT NULL,
	PRIMARY KEY (meeting_id, destination_id)
);
