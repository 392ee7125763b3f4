-- Pictures and sound that come into the room by a link instead of an account: the hall's camera and microphone,
-- the sign-language interpreter, a guest who is heard.
CREATE TABLE council.feed (
	id uuid PRIMARY KEY,
	meeting_id uuid NOT NULL REFERENCES council.meeting ON DELETE CASCADE,
	kind text NOT NULL CHECK (kind IN ('hall', 'interpreter', 'guest')),
	name text NOT NULL,
	-- The link's secret itself is kept nowhere.
	secret_hash bytea NOT NULL UNIQUE,
	-- Whether a guest may be heard now.
	speaks boolean NOT NULL DEFAULT false,
	created_at timestamptz NOT NULL,
	revoked_at timestamptz
);
CREATE INDEX feed_meeting ON council.feed (meeting_id, created_at);
