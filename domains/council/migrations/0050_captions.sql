-- What was said, in words: one row a line of captions, its text as it stands now.
CREATE TABLE council.caption (
	id uuid PRIMARY KEY,
	meeting_id uuid NOT NULL REFERENCES council.meeting,
	-- By the clock, not by the recording: it holds when a recording is taken away.
	starts_at timestamptz NOT NULL,
	duration_seconds double precision NOT NULL CHECK (duration_seconds > 0),
	text text NOT NULL,
	-- The member who spoke, as the record of the meeting says.
	seat_id uuid REFERENCES council.seat,
	-- Who spoke when it was no member: an officer, a guest.
	speaker text NOT NULL DEFAULT '',
	-- What wrote its first version; empty for a person.
	provider text NOT NULL DEFAULT '',
	version int NOT NULL DEFAULT 1,
	-- Taken out, or joined to the line before, by a correction.
	removed boolean NOT NULL DEFAULT false
);
CREATE INDEX caption_meeting ON council.caption (meeting_id, starts_at, id);

-- What a line was before each correction, and who made it. Never changed, but that a name may be forgotten.
CREATE TABLE council.caption_version (
	caption_id uuid NOT NULL REFERENCES council.caption ON DELETE CASCADE,
	version int NOT NULL,
	starts_at timestamptz NOT NULL,
	duration_seconds double precision NOT NULL,
	text text NOT NULL,
	seat_id uuid,
	speaker text NOT NULL,
	removed boolean NOT NULL,
	replaced_at timestamptz NOT NULL,
	replaced_by uuid,
	PRIMARY KEY (caption_id, version)
);
CREATE INDEX caption_version_person ON council.caption_version (replaced_by) WHERE replaced_by IS NOT NULL;
CREATE FUNCTION council.keep_caption_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the history of a transcript is append-only';
END $$;
CREATE TRIGGER keep_caption_version
	BEFORE UPDATE OF caption_id, version, starts_at, duration_seconds, text, seat_id, speaker, removed, replaced_at
	ON council.caption_version FOR EACH ROW EXECUTE FUNCTION council.keep_caption_version();

-- How far each run of the recording is put in words. Moved in the transaction that writes the lines: none twice, none lost.
CREATE TABLE council.caption_progress (
	run_id uuid PRIMARY KEY REFERENCES council.run ON DELETE CASCADE,
	until_seconds double precision NOT NULL DEFAULT 0,
	finished boolean NOT NULL DEFAULT false
);

-- What was left out to keep up with the speech; done after the meeting.
CREATE TABLE council.caption_skip (
	run_id uuid NOT NULL REFERENCES council.run ON DELETE CASCADE,
	from_seconds double precision NOT NULL,
	until_seconds double precision NOT NULL,
	PRIMARY KEY (run_id, until_seconds)
);

-- How the captions of a meeting fare, for the desk.
CREATE TABLE council.captioning (
	meeting_id uuid PRIMARY KEY REFERENCES council.meeting ON DELETE CASCADE,
	provider text NOT NULL,
	-- Why the last try failed; empty while it works.
	error text NOT NULL DEFAULT '',
	-- From the end of what was said to its caption, of the last live line.
	delay_seconds double precision,
	changed_at timestamptz NOT NULL
);

CREATE FUNCTION council.tell_captions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('council_captions', NEW.meeting_id::text);
	RETURN NULL;
END $$;
CREATE TRIGGER tell_captions AFTER INSERT OR UPDATE ON council.caption
	FOR EACH ROW EXECUTE FUNCTION council.tell_captions();
CREATE TRIGGER tell_captioning AFTER INSERT OR UPDATE ON council.captioning
	FOR EACH ROW EXECUTE FUNCTION council.tell_captions();
