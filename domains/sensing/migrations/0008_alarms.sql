CREATE TABLE sensing.alarm_rule (
	id uuid PRIMARY KEY,
	name text NOT NULL,
	-- Narrowed by what is given: all devices when nothing is.
	type_id uuid REFERENCES sensing.device_type (id) ON DELETE CASCADE,
	device_id uuid REFERENCES sensing.device (id) ON DELETE CASCADE,
	place_id uuid,
	-- Null for silence, which is about the device.
	property text,
	condition jsonb NOT NULL,
	schedule jsonb,
	severity text NOT NULL CHECK (severity IN ('information', 'warning', 'critical')),
	recipients text[] NOT NULL DEFAULT '{}',
	-- Residents see it on the place's page.
	is_public boolean NOT NULL DEFAULT false,
	enabled boolean NOT NULL DEFAULT true,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE sensing.alarm (
	id uuid PRIMARY KEY,
	rule_id uuid NOT NULL REFERENCES sensing.alarm_rule (id) ON DELETE CASCADE,
	device_id uuid NOT NULL REFERENCES sensing.device (id) ON DELETE CASCADE,
	series_id int REFERENCES sensing.series (id) ON DELETE CASCADE,
	-- The observation's instant, or for silence the moment it was noticed.
	raised_at timestamptz NOT NULL,
	value double precision,
	acknowledged_at timestamptz,
	acknowledged_by text,
	note text,
	cleared_at timestamptz,
	-- Null: by itself.
	cleared_by text,
	notified_at timestamptz,
	recorded_at timestamptz NOT NULL DEFAULT now()
);
-- One open alarm of a rule for a device and series.
CREATE UNIQUE INDEX alarm_open ON sensing.alarm (rule_id, device_id, coalesce(series_id, 0)) WHERE cleared_at IS NULL;
CREATE INDEX alarm_recent ON sensing.alarm (raised_at DESC);
CREATE INDEX alarm_device ON sensing.alarm (device_id, raised_at DESC);

-- Where each rule stands for each series, after all its observations up to `last_at`.
CREATE TABLE sensing.alarm_state (
	rule_id uuid NOT NULL REFERENCES sensing.alarm_rule (id) ON DELETE CASCADE,
	series_id int NOT NULL REFERENCES sensing.series (id) ON DELETE CASCADE,
	state jsonb NOT NULL,
	PRIMARY KEY (rule_id, series_id)
);

-- Series with rules and with observations that were not looked at yet; written in the transaction that counts them.
CREATE TABLE sensing.alarm_pending (
	series_id int PRIMARY KEY REFERENCES sensing.series (id) ON DELETE CASCADE,
	first_at timestamptz NOT NULL
);
