CREATE SCHEMA sensing;

CREATE TABLE sensing.device_type (
	id uuid PRIMARY KEY,
	vendor text NOT NULL,
	model text NOT NULL,
	name text NOT NULL,
	description text NOT NULL DEFAULT '',
	codec_source text,
	-- SHA-256 of the source, hexadecimal.
	codec_version text,
	mapping jsonb NOT NULL,
	expected_interval_seconds int NOT NULL CHECK (expected_interval_seconds > 0),
	-- Null: single observations are kept for ever.
	retention_days int CHECK (retention_days > 0),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (vendor, model)
);

CREATE TABLE sensing.device (
	id uuid PRIMARY KEY,
	name text NOT NULL,
	type_id uuid NOT NULL REFERENCES sensing.device_type (id),
	dev_eui text UNIQUE CHECK (dev_eui ~ '^[0-9a-f]{16}$'),
	-- Name by which a plain JSON device sends.
	external_id text UNIQUE,
	-- A town.place; rooms do not reference each other's tables.
	place_id uuid,
	longitude double precision CHECK (longitude BETWEEN -180 AND 180),
	latitude double precision CHECK (latitude BETWEEN -90 AND 90),
	service text,
	parameters jsonb NOT NULL DEFAULT '{}',
	-- Overrides the type's.
	expected_interval_seconds int CHECK (expected_interval_seconds > 0),
	status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
	battery_percent real,
	last_seen_at timestamptz,
	last_uplink jsonb,
	-- SHA-256 of the broker password, hexadecimal.
	credential_hash text,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CHECK (dev_eui IS NOT NULL OR external_id IS NOT NULL)
);

-- Devices that send and that nobody declared.
CREATE TABLE sensing.waiting_device (
	id uuid PRIMARY KEY,
	dev_eui text UNIQUE,
	external_id text UNIQUE,
	network text NOT NULL,
	first_seen_at timestamptz NOT NULL DEFAULT now(),
	last_seen_at timestamptz NOT NULL DEFAULT now(),
	uplink_count bigint NOT NULL DEFAULT 0,
	-- Names the network gave: device, profile, application.
	hints jsonb NOT NULL DEFAULT '{}',
	CHECK ((dev_eui IS NULL) <> (external_id IS NULL))
);

-- The latest uplinks of a waiting device, as normalised messages; they go in when it is adopted.
CREATE TABLE sensing.waiting_uplink (
	id uuid PRIMARY KEY,
	waiting_device_id uuid NOT NULL REFERENCES sensing.waiting_device (id) ON DELETE CASCADE,
	received_at timestamptz NOT NULL,
	message jsonb NOT NULL
);
CREATE INDEX waiting_uplink_device ON sensing.waiting_uplink (waiting_device_id, received_at);
