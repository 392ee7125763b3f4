-- How often somebody did a thing within the hour; whom it is about stands there as a hash keyed by our secret and the day.
CREATE TABLE equipment.rate (
	key text PRIMARY KEY,
	taken int NOT NULL,
	window_ends_at timestamptz NOT NULL
);
