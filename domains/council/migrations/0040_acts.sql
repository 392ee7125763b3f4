-- Who the body decides for, in open data and towards the prefecture.
ALTER TABLE council.body
	ADD siret text NOT NULL DEFAULT '' CHECK (siret ~ '^(\d{14})?$'),
	-- Official name; empty for the town's own.
	ADD collectivity text NOT NULL DEFAULT '',
	-- `PREF038`, `SPREF0382`
	ADD prefecture text NOT NULL DEFAULT '' CHECK (prefecture ~ '^((PREF|SGAR)\d[0-9AB]\d|SPREF\d[0-9AB]\d\d)?$');

ALTER TABLE council.meeting
	-- List of what was deliberated, put up within a week (CGCT L2121-25).
	ADD list_posted_at timestamptz,
	-- Counts what changed since the letters went out, for calendars.
	ADD sequence int NOT NULL DEFAULT 0;

ALTER TABLE council.item
	-- Heading that items in a row stand under.
	ADD section text NOT NULL DEFAULT '',
	-- `2026` or `2026/2027`
	ADD budget_year text NOT NULL DEFAULT '' CHECK (budget_year ~ '^(\d{4}(/\d{4})?)?$'),
	ADD budget_name text NOT NULL DEFAULT '';
CREATE INDEX item_place ON council.item (place_id) WHERE place_id IS NOT NULL;

ALTER TABLE council.annex
	ADD file_name text NOT NULL DEFAULT '',
	-- Whether the words of its pages were read; a scan has none.
	ADD text_state text NOT NULL DEFAULT 'waiting' CHECK (text_state IN ('waiting', 'read', 'none', 'failed')),
	-- When the members who were convened before it came were told.
	ADD told_at timestamptz,
	-- Taken away after the convocation: that it was there stays to be seen.
	ADD withdrawn_at timestamptz;
CREATE INDEX annex_item ON council.annex (item_id);

ALTER TABLE council.convocation
	ADD letters int NOT NULL DEFAULT 1,
	ADD last_sent_at timestamptz,
	-- Handed over on paper: no letter went out.
	ADD on_paper boolean NOT NULL DEFAULT false;

-- An act stands from the vote on; it is published once its text was checked and it was signed.
ALTER TABLE council.deliberation
	ALTER published_at DROP NOT NULL,
	ADD place_id uuid,
	ADD budget_year text NOT NULL DEFAULT '' CHECK (budget_year ~ '^(\d{4}(/\d{4})?)?$'),
	ADD budget_name text NOT NULL DEFAULT '',
	-- Received by the prefecture, and the number of its acknowledgement.
	ADD received_on date,
	ADD acknowledgement text NOT NULL DEFAULT '';

ALTER TABLE council.minutes
	DROP CONSTRAINT minutes_status_check,
	ADD CONSTRAINT minutes_status_check CHECK (status IN ('draft', 'adopted', 'published')),
	ADD version int NOT NULL DEFAULT 1,
	ADD adopted_on date;

-- Every text of the minutes that was saved, by whom.
CREATE TABLE council.minutes_version (
	meeting_id uuid NOT NULL REFERENCES council.minutes,
	version int NOT NULL,
	text text NOT NULL,
	saved_at timestamptz NOT NULL,
	saved_by text NOT NULL,
	PRIMARY KEY (meeting_id, version)
);
INSERT INTO council.minutes_version (meeting_id, version, text, saved_at, saved_by)
	SELECT meeting_id, 1, text, updated_at, '' FROM council.minutes;

-- Published for good.
CREATE FUNCTION council.keep_minutes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.status = 'published' THEN
		RAISE EXCEPTION 'published minutes do not change';
	END IF;
	RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER keep_minutes BEFORE UPDATE OR DELETE ON council.minutes FOR EACH ROW EXECUTE FUNCTION council.keep_minutes();

-- Who signed an act or the minutes: by account, or by hand on paper, noted by the clerk.
CREATE TABLE council.signature (
	id uuid PRIMARY KEY,
	deliberation_id uuid REFERENCES council.deliberation,
	minutes_id uuid REFERENCES council.minutes,
	seat_id uuid NOT NULL REFERENCES council.seat,
	capacity text NOT NULL CHECK (capacity IN ('chair', 'secretary')),
	signed_on date NOT NULL,
	by_hand boolean NOT NULL,
	recorded_at timestamptz NOT NULL,
	actor_id uuid,
	-- Scan of the paper, in the platform's files.
	scan_key text,
	CHECK (num_nonnulls(deliberation_id, minutes_id) = 1)
);
CREATE UNIQUE INDEX signature_deliberation ON council.signature (deliberation_id, capacity) WHERE deliberation_id IS NOT NULL;
CREATE UNIQUE INDEX signature_minutes ON council.signature (minutes_id, capacity) WHERE minutes_id IS NOT NULL;
