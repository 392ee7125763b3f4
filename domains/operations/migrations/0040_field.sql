-- What agents did in the street, as their phones sent it: kept whatever became of it, so that nobody's words are lost.
CREATE TABLE operations.field_action (
	-- Made on the phone: what comes twice is answered twice and done once.
	id uuid PRIMARY KEY,
	person_id uuid NOT NULL,
	-- One browser's store on one phone.
	device_id uuid NOT NULL,
	subject_kind text NOT NULL CHECK (subject_kind IN ('round', 'intervention', 'finding')),
	subject_id uuid,
	kind text NOT NULL,
	body jsonb NOT NULL,
	-- By the phone's clock, and put right by what that clock was ahead of ours when it sent.
	device_at timestamptz NOT NULL,
	happened_at timestamptz NOT NULL,
	clock_ahead_seconds int NOT NULL,
	received_at timestamptz NOT NULL,
	outcome text NOT NULL CHECK (outcome IN ('accepted', 'conflict', 'refused')),
	answer jsonb NOT NULL
);
CREATE INDEX field_action_person ON operations.field_action (person_id, received_at);
CREATE INDEX field_action_received ON operations.field_action (received_at);

-- Where the vehicle of a round was. Nobody's name: the round knows its driver as long as it must.
CREATE TABLE operations.vehicle_position (
	round_id uuid NOT NULL,
	at timestamptz NOT NULL,
	longitude double precision NOT NULL,
	latitude double precision NOT NULL,
	accuracy_meters real,
	speed_meters_per_second real,
	heading_degrees real,
	-- Sent by the demonstration's simulated driver.
	simulated boolean NOT NULL DEFAULT false,
	received_at timestamptz NOT NULL,
	PRIMARY KEY (round_id, at)
);
CREATE INDEX vehicle_position_at ON operations.vehicle_position (at);
