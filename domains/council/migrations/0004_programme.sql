-- The programme of a meeting is recorded in runs: an interruption ends one, what resumes is the next.
CREATE TABLE council.run (
	id uuid PRIMARY KEY,
	meeting_id uuid NOT NULL REFERENCES council.meeting,
	-- From 1.
	number int NOT NULL,
	-- The room's broadcast page, the town's own camera desk, or a file that a demonstration made.
	source text NOT NULL CHECK (source IN ('room', 'rtmp', 'srt', 'file')),
	-- Instant of its first picture.
	started_at timestamptz NOT NULL,
	ended_at timestamptz,
	-- The fMP4 initialisation segment, in the platform's files.
	init_key text NOT NULL,
	-- RFC 6381, for the master playlist.
	codecs text NOT NULL,
	width int NOT NULL,
	height int NOT NULL,
	UNIQUE (meeting_id, number)
);

-- fMP4 media segments; a row stands once its file is whole, and neither is changed.
CREATE TABLE council.segment (
	run_id uuid NOT NULL REFERENCES council.run,
	-- From 0.
	number int NOT NULL,
	-- Within the run.
	starts_at_seconds double precision NOT NULL,
	duration_seconds double precision NOT NULL,
	bytes int NOT NULL,
	file_key text NOT NULL,
	PRIMARY KEY (run_id, number)
);
