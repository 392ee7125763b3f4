-- What people follow of the council by mail.
CREATE TABLE council.follow (
	id uuid PRIMARY KEY,
	person_id uuid NOT NULL,
	kind text NOT NULL CHECK (kind IN ('words', 'place', 'body', 'meeting')),
	-- The words, or the id of what is followed.
	subject text NOT NULL,
	cadence text NOT NULL CHECK (cadence IN ('once', 'daily', 'never')),
	created_at timestamptz NOT NULL,
	UNIQUE (person_id, kind, subject)
);

-- What happened that letters tell of.
CREATE TABLE council.news (
	id uuid PRIMARY KEY,
	kind text NOT NULL CHECK (kind IN ('convened', 'deliberation', 'minutes', 'replay')),
	-- The deliberation, or the meeting.
	subject_id uuid NOT NULL,
	meeting_id uuid NOT NULL REFERENCES council.meeting ON DELETE CASCADE,
	happened_at timestamptz NOT NULL,
	UNIQUE (kind, subject_id)
);
CREATE INDEX news_happened_at ON council.news (happened_at);

-- Who was told of what: nobody twice.
CREATE TABLE council.told (
	person_id uuid NOT NULL,
	news_id uuid NOT NULL REFERENCES council.news ON DELETE CASCADE,
	PRIMARY KEY (person_id, news_id)
);
