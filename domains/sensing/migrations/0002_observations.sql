CREATE TABLE sensing.series (
	id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	device_id uuid NOT NULL REFERENCES sensing.device (id),
	property text NOT NULL,
	-- UCUM code.
	unit text NOT NULL,
	UNIQUE (device_id, property)
);

-- Keyed by series first. Monthly partitions are made ahead and, for late data, on demand.
CREATE TABLE sensing.observation (
	series_id int NOT NULL,
	observed_at timestamptz NOT NULL,
	value double precision NOT NULL,
	received_at timestamptz NOT NULL,
	-- Bits: 1 impossible value, 2 clock skew, 4 outlier, 8 late.
	quality smallint NOT NULL DEFAULT 0,
	PRIMARY KEY (series_id, observed_at)
) PARTITION BY RANGE (observed_at);

CREATE TABLE sensing.latest_value (
	series_id int PRIMARY KEY,
	observed_at timestamptz NOT NULL,
	value double precision NOT NULL,
	quality smallint NOT NULL,
	received_at timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE sensing.observation_hour (
	series_id int NOT NULL,
	bucket timestamptz NOT NULL,
	count int NOT NULL,
	sum double precision NOT NULL,
	minimum double precision NOT NULL,
	maximum double precision NOT NULL,
	last double precision NOT NULL,
	PRIMARY KEY (series_id, bucket)
);

-- A bucket is a calendar day of Europe/Paris.
CREATE TABLE sensing.observation_day (LIKE sensing.observation_hour INCLUDING ALL);

-- What could not be made observations of, with the reason, to be replayed when the reason is gone.
CREATE TABLE sensing.dead_letter (
	id uuid PRIMARY KEY,
	received_at timestamptz NOT NULL,
	source text NOT NULL,
	topic text,
	device_id uuid,
	identifier text,
	reason text NOT NULL,
	detail text,
	payload bytea,
	headers jsonb,
	status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'replayed', 'discarded')),
	replayed_at timestamptz
);
CREATE INDEX dead_letter_status ON sensing.dead_letter (status, received_at DESC);
