-- Sessions kept at an external broker, each held by one process at a time (an advisory lock on its number). What a
-- process that died had not acknowledged stays in its session until another takes it over.
CREATE TABLE sensing.broker_session (
	number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	client_id text NOT NULL UNIQUE,
	opened_at timestamptz NOT NULL DEFAULT now()
);
