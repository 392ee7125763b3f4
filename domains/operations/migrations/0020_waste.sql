-- What is collected apart, and how it is weighed and packed.
CREATE TABLE operations.waste_flow (
	code text PRIMARY KEY CHECK (code ~ '^[a-z][a-z_]{1,39}$'),
	name_fr text NOT NULL,
	name_en text NOT NULL,
	-- Token of the colour on maps and tags.
	colour text NOT NULL CHECK (colour IN ('green', 'yellow', 'blue', 'grey', 'brown', 'violet')),
	-- Loose, in the container.
	kilograms_per_cubic_meter double precision NOT NULL CHECK (kilograms_per_cubic_meter > 0),
	-- Litres in the container that make one litre in the truck.
	compaction double precision NOT NULL DEFAULT 1 CHECK (compaction >= 1),
	-- What one day of overflow of one container is worth avoiding, in euros.
	overflow_euros double precision NOT NULL CHECK (overflow_euros >= 0)
);
INSERT INTO operations.waste_flow VALUES
	('glass', 'Verre', 'Glass', 'green', 300, 1, 20),
	('packaging', 'Emballages', 'Packaging', 'yellow', 35, 3, 25),
	('paper', 'Papiers', 'Paper', 'blue', 130, 2, 20),
	('household', 'Ordures ménagères', 'Household waste', 'grey', 150, 2.5, 60),
	('biowaste', 'Biodéchets', 'Biowaste', 'brown', 400, 1, 60),
	('textile', 'Textiles', 'Textiles', 'violet', 120, 1.2, 15);

-- How the town plans; one line.
CREATE TABLE operations.waste_setting (
	id int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
	-- ISO weekdays on which trucks may go out.
	collection_weekdays int[] NOT NULL DEFAULT '{1,2,3,4,5}',
	horizon_days int NOT NULL DEFAULT 4 CHECK (horizon_days BETWEEN 1 AND 14),
	-- From this level on a container may be collected on the way; below, only when pinned.
	least_level_percent double precision NOT NULL DEFAULT 40 CHECK (least_level_percent BETWEEN 0 AND 100),
	euros_per_kilometer double precision NOT NULL DEFAULT 1.4 CHECK (euros_per_kilometer >= 0),
	euros_per_hour double precision NOT NULL DEFAULT 48 CHECK (euros_per_hour >= 0),
	overtime_euros_per_hour double precision NOT NULL DEFAULT 60 CHECK (overtime_euros_per_hour >= 0),
	-- What emptying a full container usually costs: its share of a round.
	euros_per_pickup double precision NOT NULL DEFAULT 9 CHECK (euros_per_pickup >= 0),
	-- Regulation (EC) 561/2006, article 7: 45 minutes after 4 h 30 of driving. Null: exempt or not wanted.
	break_after_seconds int DEFAULT 16200 CHECK (break_after_seconds > 0),
	break_seconds int NOT NULL DEFAULT 2700 CHECK (break_seconds BETWEEN 0 AND 14400),
	solve_seconds double precision NOT NULL DEFAULT 8 CHECK (solve_seconds BETWEEN 0.2 AND 300),
	version int NOT NULL DEFAULT 1
);
INSERT INTO operations.waste_setting DEFAULT VALUES;

CREATE TABLE operations.waste_site (
	id uuid PRIMARY KEY,
	external_id text UNIQUE,
	kind text NOT NULL CHECK (kind IN ('depot', 'unloading')),
	name text NOT NULL,
	longitude double precision NOT NULL,
	latitude double precision NOT NULL,
	-- Codes of flows that may be put down there; empty: all.
	flows text[] NOT NULL DEFAULT '{}',
	-- OpenStreetMap's opening_hours; null: always.
	opening_hours text,
	service_seconds int NOT NULL DEFAULT 900,
	active boolean NOT NULL DEFAULT true,
	created_at timestamptz NOT NULL
);

CREATE TABLE operations.waste_container (
	id uuid PRIMARY KEY,
	external_id text UNIQUE,
	name text NOT NULL,
	flow text NOT NULL REFERENCES operations.waste_flow,
	volume_liters double precision NOT NULL CHECK (volume_liters > 0),
	place_id uuid,
	longitude double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
	latitude double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
	address text NOT NULL DEFAULT '',
	access_side text CHECK (access_side IN ('left', 'right')),
	access_note text NOT NULL DEFAULT '',
	max_height_meters double precision,
	max_weight_tonnes double precision,
	skills text[] NOT NULL DEFAULT '{}',
	service_seconds int NOT NULL DEFAULT 180 CHECK (service_seconds BETWEEN 0 AND 7200),
	-- Device of the room of sensing that measures fillingLevel; null: none.
	device_id uuid UNIQUE,
	-- Its DevEUI or external name, as it was declared here.
	sensor text,
	active boolean NOT NULL DEFAULT true,
	emptied_at timestamptz,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL
);
CREATE INDEX waste_container_flow ON operations.waste_container (flow) WHERE active;

CREATE TABLE operations.waste_vehicle (
	id uuid PRIMARY KEY,
	external_id text UNIQUE,
	name text NOT NULL,
	-- [{ "flow": "glass", "cubicMeters": 18 }]: a body, or one for each flow.
	compartments jsonb NOT NULL,
	payload_kilograms double precision NOT NULL CHECK (payload_kilograms > 0),
	height_meters double precision NOT NULL CHECK (height_meters > 0),
	weight_tonnes double precision NOT NULL CHECK (weight_tonnes > 0),
	liters_per_100km double precision NOT NULL CHECK (liters_per_100km >= 0),
	-- Code of the footprint's emission factor of a litre.
	fuel_factor text NOT NULL DEFAULT 'diesel_litre',
	depot_id uuid NOT NULL REFERENCES operations.waste_site,
	shift_from time NOT NULL DEFAULT '06:00',
	shift_to time NOT NULL DEFAULT '13:00',
	overtime_after_seconds int NOT NULL DEFAULT 25200,
	skills text[] NOT NULL DEFAULT '{}',
	-- Person who usually drives it.
	driver_id uuid,
	active boolean NOT NULL DEFAULT true,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL
);
CREATE TABLE operations.waste_vehicle_absence (
	id uuid PRIMARY KEY,
	vehicle_id uuid NOT NULL REFERENCES operations.waste_vehicle ON DELETE CASCADE,
	from_day date NOT NULL,
	to_day date NOT NULL,
	reason text NOT NULL,
	declared_by text NOT NULL,
	created_at timestamptz NOT NULL,
	CHECK (to_day >= from_day)
);

-- What the town did before: the baseline that plans are compared with.
CREATE TABLE operations.waste_fixed_round (
	id uuid PRIMARY KEY,
	external_id text UNIQUE,
	name text NOT NULL,
	vehicle_id uuid NOT NULL REFERENCES operations.waste_vehicle,
	-- ISO weekdays.
	weekdays int[] NOT NULL,
	-- Container ids in the order of the visit.
	containers uuid[] NOT NULL,
	active boolean NOT NULL DEFAULT true,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL
);

-- Days on which more comes than the weekday says: a festival, a big market.
CREATE TABLE operations.waste_event (
	id uuid PRIMARY KEY,
	name text NOT NULL,
	from_day date NOT NULL,
	to_day date NOT NULL,
	-- 1.5: half as much again.
	factor double precision NOT NULL CHECK (factor BETWEEN 0.1 AND 10),
	longitude double precision,
	latitude double precision,
	radius_meters double precision,
	created_at timestamptz NOT NULL,
	CHECK (to_day >= from_day)
);

CREATE TABLE operations.waste_pickup (
	id uuid PRIMARY KEY,
	container_id uuid NOT NULL REFERENCES operations.waste_container ON DELETE CASCADE,
	at timestamptz NOT NULL,
	-- Who says so: a driver, an agent by hand, or the fall of the level.
	source text NOT NULL CHECK (source IN ('round', 'hand', 'sensor')),
	round_stop_id uuid,
	-- As the driver saw it.
	fill_percent double precision,
	-- As the sensor last said before.
	level_percent double precision,
	kilograms double precision,
	recorded_at timestamptz NOT NULL
);
CREATE INDEX waste_pickup_container ON operations.waste_pickup (container_id, at DESC);

CREATE TABLE operations.waste_forecast (
	container_id uuid PRIMARY KEY REFERENCES operations.waste_container ON DELETE CASCADE,
	made_at timestamptz NOT NULL,
	-- Own levels, or those of other containers of its flow.
	source text NOT NULL CHECK (source IN ('sensor', 'siblings')),
	doubt text CHECK (doubt IN ('stuck', 'jumps', 'silent', 'drift')),
	level_percent double precision NOT NULL,
	level_spread double precision NOT NULL,
	level_at timestamptz,
	percent_per_day double precision NOT NULL,
	-- [{ day, mean, low, median, high, overflow }]: percent, and the probability of overflow by the end of the day.
	days jsonb NOT NULL
);

-- The plan of a day: one, changed in place, with a version for those who change it at once.
CREATE TABLE operations.waste_plan (
	day date PRIMARY KEY,
	version int NOT NULL DEFAULT 1,
	made_at timestamptz NOT NULL,
	cause text NOT NULL CHECK (cause IN ('nightly', 'hand', 'alarm', 'vehicle', 'could_not')),
	changed_at timestamptz NOT NULL,
	changed_by text NOT NULL,
	-- Null: nobody asked for anew since; otherwise why the plan no longer fits.
	stale_reason text,
	-- What could not be kept, in the engine's words.
	problems jsonb NOT NULL DEFAULT '[]',
	cost_euros double precision NOT NULL DEFAULT 0
);
CREATE TABLE operations.waste_plan_container (
	day date NOT NULL REFERENCES operations.waste_plan ON DELETE CASCADE,
	container_id uuid NOT NULL REFERENCES operations.waste_container ON DELETE CASCADE,
	chosen boolean NOT NULL,
	reason text NOT NULL,
	level_percent double precision NOT NULL,
	overflow_probability double precision NOT NULL,
	prize_euros double precision NOT NULL,
	PRIMARY KEY (day, container_id)
);
-- What people asked of the plan of a day.
CREATE TABLE operations.waste_wish (
	day date NOT NULL,
	container_id uuid NOT NULL REFERENCES operations.waste_container ON DELETE CASCADE,
	kind text NOT NULL CHECK (kind IN ('pin', 'exclude')),
	vehicle_id uuid REFERENCES operations.waste_vehicle ON DELETE CASCADE,
	first boolean NOT NULL DEFAULT false,
	reason text NOT NULL DEFAULT '',
	asked_by text NOT NULL,
	asked_at timestamptz NOT NULL,
	PRIMARY KEY (day, container_id)
);

CREATE TABLE operations.waste_round (
	id uuid PRIMARY KEY,
	day date NOT NULL,
	vehicle_id uuid NOT NULL REFERENCES operations.waste_vehicle,
	driver_id uuid,
	status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'under_way', 'done', 'cancelled')),
	version int NOT NULL DEFAULT 1,
	planned_start timestamptz,
	planned_end timestamptz,
	planned_meters double precision NOT NULL DEFAULT 0,
	planned_driving_seconds double precision NOT NULL DEFAULT 0,
	overtime_seconds double precision NOT NULL DEFAULT 0,
	-- Longitude and latitude, along the streets.
	line jsonb NOT NULL DEFAULT '[]',
	started_at timestamptz,
	finished_at timestamptz,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	UNIQUE (day, vehicle_id)
);
CREATE TABLE operations.waste_round_stop (
	id uuid PRIMARY KEY,
	round_id uuid NOT NULL REFERENCES operations.waste_round ON DELETE CASCADE,
	day date NOT NULL,
	position int NOT NULL,
	kind text NOT NULL CHECK (kind IN ('container', 'unloading', 'break')),
	container_id uuid REFERENCES operations.waste_container,
	site_id uuid REFERENCES operations.waste_site,
	planned_arrival timestamptz,
	planned_departure timestamptz,
	level_percent double precision,
	overflow_probability double precision,
	pinned boolean NOT NULL DEFAULT false,
	-- Removed: taken out by a later plan; kept, since a telephone out of reach may still do it.
	state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'could_not', 'removed')),
	done_at timestamptz,
	done_by uuid,
	reason text,
	note text,
	fill_percent double precision,
	kilograms double precision,
	photo_ids uuid[] NOT NULL DEFAULT '{}'
);
CREATE INDEX waste_round_stop_round ON operations.waste_round_stop (round_id, position);
-- A container stands once in a day's rounds.
CREATE UNIQUE INDEX waste_round_stop_once ON operations.waste_round_stop (day, container_id) WHERE container_id IS NOT NULL;

-- Every action of the field as it came, by the id that the telephone gave it. Only ever added to.
CREATE TABLE operations.waste_round_event (
	id uuid PRIMARY KEY,
	round_id uuid NOT NULL REFERENCES operations.waste_round ON DELETE CASCADE,
	stop_id uuid,
	kind text NOT NULL CHECK (kind IN ('start', 'done', 'could_not', 'unloaded', 'finish')),
	at timestamptz NOT NULL,
	received_at timestamptz NOT NULL,
	by_id uuid,
	by_name text NOT NULL,
	detail jsonb NOT NULL,
	-- Set where somebody else had done it before.
	conflict jsonb
);
CREATE INDEX waste_round_event_round ON operations.waste_round_event (round_id, at);

-- Fixed and planned rounds over the same day: simulated on past levels, or as they were driven.
CREATE TABLE operations.waste_comparison (
	kind text NOT NULL CHECK (kind IN ('simulation', 'actual')),
	day date NOT NULL,
	-- { kilometers, hours, liters, overflowDays, pickups, kilograms } of each side.
	fixed jsonb NOT NULL,
	planned jsonb NOT NULL,
	made_at timestamptz NOT NULL,
	PRIMARY KEY (kind, day)
);
