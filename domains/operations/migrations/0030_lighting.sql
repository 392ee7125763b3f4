CREATE TABLE operations.light_cabinet (
	id uuid PRIMARY KEY,
	external_id text NOT NULL UNIQUE,
	name text NOT NULL,
	longitude double precision,
	latitude double precision,
	-- Identifier of the device among the sensors that measures its power; null: nothing does.
	meter_device text,
	simulated boolean NOT NULL DEFAULT false
);

CREATE TABLE operations.light_profile (
	id uuid PRIMARY KEY,
	name text NOT NULL UNIQUE,
	-- What is lit, as the arrêté of 27 December 2018 tells installations apart.
	usage text NOT NULL,
	-- Classes of street that it serves where a segment names no profile of its own.
	street_classes text[] NOT NULL DEFAULT '{}',
	definition jsonb NOT NULL,
	-- Grows with each change: who edits an older one is told.
	version int NOT NULL DEFAULT 1,
	updated_at timestamptz NOT NULL
);

-- A street or part of it between two junctions; segments that share a node adjoin.
CREATE TABLE operations.light_segment (
	id uuid PRIMARY KEY,
	external_id text NOT NULL UNIQUE,
	street_slug text,
	street_name text NOT NULL,
	street_class text NOT NULL,
	usage text NOT NULL,
	built_up boolean NOT NULL DEFAULT true,
	-- Lit surface, for the luminous density; null: not known.
	area_square_meters double precision,
	coordinates jsonb NOT NULL,
	length_meters double precision NOT NULL,
	start_node text NOT NULL,
	end_node text NOT NULL,
	profile_id uuid REFERENCES operations.light_profile ON DELETE SET NULL
);
CREATE INDEX light_segment_street ON operations.light_segment (street_slug);

CREATE TABLE operations.luminaire (
	id uuid PRIMARY KEY,
	-- Also its name in MQTT topics.
	external_id text NOT NULL UNIQUE,
	segment_id uuid NOT NULL REFERENCES operations.light_segment,
	cabinet_id uuid REFERENCES operations.light_cabinet,
	-- From the segment's start.
	along_meters double precision NOT NULL,
	longitude double precision NOT NULL,
	latitude double precision NOT NULL,
	address text,
	watts real NOT NULL,
	-- What its electronics use when dark.
	standby_watts real NOT NULL DEFAULT 0.5,
	dimmable boolean NOT NULL DEFAULT true,
	-- Taken by itself when nothing is heard from us.
	safe_level_percent smallint NOT NULL DEFAULT 50,
	lumens int,
	colour_kelvin int,
	upward_percent real,
	installed_on date,
	simulated boolean NOT NULL DEFAULT false,
	retired_at timestamptz
);
CREATE INDEX luminaire_segment ON operations.luminaire (segment_id);
CREATE INDEX luminaire_cabinet ON operations.luminaire (cabinet_id);

CREATE TABLE operations.presence_sensor (
	id uuid PRIMARY KEY,
	-- Also its name in MQTT topics.
	external_id text NOT NULL UNIQUE,
	segment_id uuid NOT NULL REFERENCES operations.light_segment,
	along_meters double precision NOT NULL,
	retired_at timestamptz
);

CREATE TABLE operations.light_override (
	id uuid PRIMARY KEY,
	kind text NOT NULL CHECK (kind IN ('event', 'emergency', 'test')),
	-- Shown to everybody with the street: « Match au stade ».
	label text NOT NULL,
	level_percent smallint NOT NULL CHECK (level_percent BETWEEN 0 AND 100),
	starts_at timestamptz NOT NULL,
	ends_at timestamptz NOT NULL,
	-- The decision that allows light outside the hours of the arrêté.
	decision text,
	created_by text NOT NULL,
	created_at timestamptz NOT NULL,
	cancelled_at timestamptz,
	CHECK (starts_at < ends_at)
);
CREATE INDEX light_override_end ON operations.light_override (ends_at);

-- What an override reaches: whole segments, or single luminaires.
CREATE TABLE operations.light_override_target (
	override_id uuid NOT NULL REFERENCES operations.light_override ON DELETE CASCADE,
	segment_id uuid REFERENCES operations.light_segment,
	luminaire_id uuid REFERENCES operations.luminaire,
	CHECK (num_nonnulls(segment_id, luminaire_id) = 1)
);
CREATE INDEX light_override_target_of ON operations.light_override_target (override_id);

CREATE TABLE operations.luminaire_state (
	luminaire_id uuid PRIMARY KEY REFERENCES operations.luminaire ON DELETE CASCADE,
	desired_level smallint NOT NULL,
	reason text NOT NULL,
	reported_level smallint,
	reported_watts real,
	last_heard_at timestamptz,
	failed_at timestamptz,
	-- The lamp's own word for what is wrong with it.
	fault text,
	updated_at timestamptz NOT NULL
);
CREATE INDEX luminaire_state_updated ON operations.luminaire_state (updated_at);

-- Kept for a week.
CREATE TABLE operations.light_command (
	id uuid PRIMARY KEY,
	luminaire_id uuid NOT NULL,
	level_percent smallint NOT NULL,
	reason text NOT NULL,
	published_at timestamptz NOT NULL,
	acknowledged_at timestamptz,
	attempts smallint NOT NULL DEFAULT 1
);
CREATE INDEX light_command_of ON operations.light_command (luminaire_id, published_at DESC);
CREATE INDEX light_command_age ON operations.light_command (published_at);

-- A lamp, or most lamps of a cabinet at once, that does not answer or says that it is broken.
CREATE TABLE operations.light_fault (
	id uuid PRIMARY KEY,
	luminaire_id uuid REFERENCES operations.luminaire ON DELETE CASCADE,
	cabinet_id uuid REFERENCES operations.light_cabinet ON DELETE CASCADE,
	kind text NOT NULL CHECK (kind IN ('no_answer', 'reported', 'cabinet')),
	detail text,
	opened_at timestamptz NOT NULL,
	closed_at timestamptz,
	intervention_id uuid,
	CHECK (num_nonnulls(luminaire_id, cabinet_id) = 1)
);
CREATE UNIQUE INDEX light_fault_open_luminaire ON operations.light_fault (luminaire_id) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX light_fault_open_cabinet ON operations.light_fault (cabinet_id) WHERE closed_at IS NULL;
CREATE INDEX light_fault_age ON operations.light_fault (opened_at);

-- By day in the town, from reported levels and watts.
CREATE TABLE operations.light_energy_day (
	segment_id uuid NOT NULL REFERENCES operations.light_segment,
	day date NOT NULL,
	watt_hours double precision NOT NULL,
	-- What the same lamps would have used at full power from sunset to sunrise.
	baseline_watt_hours double precision NOT NULL,
	-- Corrected by the meter of its cabinet.
	measured boolean NOT NULL DEFAULT false,
	simulated boolean NOT NULL DEFAULT false,
	PRIMARY KEY (segment_id, day)
);
CREATE INDEX light_energy_day_day ON operations.light_energy_day (day);

-- The process that controls writes here that it lives.
CREATE TABLE operations.light_control (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	beat_at timestamptz NOT NULL
);

-- Raised by whatever the controlling process must read again.
CREATE FUNCTION operations.notify_lighting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NOTIFY operations_lighting;
	RETURN NULL;
END $$;
CREATE TRIGGER light_profile_changed AFTER INSERT OR UPDATE OR DELETE ON operations.light_profile
	FOR EACH STATEMENT EXECUTE FUNCTION operations.notify_lighting();
CREATE TRIGGER light_override_changed AFTER INSERT OR UPDATE OR DELETE ON operations.light_override
	FOR EACH STATEMENT EXECUTE FUNCTION operations.notify_lighting();
CREATE TRIGGER light_segment_changed AFTER INSERT OR UPDATE OR DELETE ON operations.light_segment
	FOR EACH STATEMENT EXECUTE FUNCTION operations.notify_lighting();
CREATE TRIGGER luminaire_changed AFTER INSERT OR UPDATE OR DELETE ON operations.luminaire
	FOR EACH STATEMENT EXECUTE FUNCTION operations.notify_lighting();
CREATE TRIGGER presence_sensor_changed AFTER INSERT OR UPDATE OR DELETE ON operations.presence_sensor
	FOR EACH STATEMENT EXECUTE FUNCTION operations.notify_lighting();
