CREATE SCHEMA equipment;

CREATE TABLE equipment.model (
	id uuid PRIMARY KEY,
	manufacturer text NOT NULL,
	name text NOT NULL,
	category text NOT NULL CHECK (category IN ('smartphone', 'feature_phone', 'tablet', 'laptop', 'desktop', 'monitor',
		'server', 'printer', 'network', 'projector', 'other')),
	-- Last day with security updates of its system, as its maker says.
	supported_until date,
	new_price_cents int CHECK (new_price_cents >= 0),
	refurbished_price_cents int CHECK (refurbished_price_cents >= 0),
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX model_name ON equipment.model (lower(manufacturer), lower(name), category);

-- Who holds devices; the one place where their name stands, so that a history keeps no personal datum.
CREATE TABLE equipment.holder (
	id uuid PRIMARY KEY,
	-- Null once erased.
	name text,
	email text,
	-- Account in identity, where there is one.
	person_id uuid,
	service text,
	created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX holder_email ON equipment.holder (lower(email));
CREATE INDEX holder_person ON equipment.holder (person_id);

CREATE TABLE equipment.device (
	id uuid PRIMARY KEY,
	-- What its label says; given by Parvis where none came with it.
	tag text NOT NULL UNIQUE,
	serial text,
	model_id uuid NOT NULL REFERENCES equipment.model (id),
	status text NOT NULL CHECK (status IN ('ordered', 'in_stock', 'in_use', 'on_loan', 'in_repair', 'missing', 'leaving', 'left')),
	holder_id uuid REFERENCES equipment.holder (id),
	service text,
	site text,
	-- Code of the need that it answers, in the policy: standard, field, accessibility, design, security …
	need text,
	bought_on date,
	in_use_on date,
	warranty_until date,
	-- Where it differs from its model's.
	supported_until date,
	acquired text NOT NULL CHECK (acquired IN ('new', 'refurbished', 'reused')),
	-- Day of its first use by anybody, for what was not new.
	first_used_on date,
	condition text CHECK (condition IN ('new', 'good', 'worn', 'damaged', 'broken')),
	battery_health_percent smallint CHECK (battery_health_percent BETWEEN 0 AND 100),
	battery_measured_on date,
	price_cents int CHECK (price_cents >= 0),
	supplier text,
	order_number text,
	left_on date,
	left_as text CHECK (left_as IN ('reused', 'sold', 'donated', 'parts', 'recycled', 'lost')),
	note text,
	-- The device is invented: the demonstration's.
	simulated boolean NOT NULL DEFAULT false,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	CHECK ((status = 'left') = (left_on IS NOT NULL)),
	CHECK ((left_on IS NULL) = (left_as IS NULL))
);
CREATE INDEX device_serial ON equipment.device (lower(serial));
CREATE INDEX device_model ON equipment.device (model_id);
CREATE INDEX device_holder ON equipment.device (holder_id);
CREATE INDEX device_status ON equipment.device (status);

-- What happened to a device; never rewritten.
CREATE TABLE equipment.device_event (
	id uuid PRIMARY KEY,
	device_id uuid NOT NULL REFERENCES equipment.device (id),
	-- When it happened, which may be long before it was written down.
	at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	kind text NOT NULL,
	-- Person id of who did it; null: the program, an import, or erased.
	by_person uuid,
	-- Fields that changed, from and to; ids of holders, never names.
	changes jsonb NOT NULL,
	detail jsonb NOT NULL,
	note text
);
CREATE INDEX device_event_device ON equipment.device_event (device_id, at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON equipment.device_event
FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

-- What other systems call a device, so that it is imported once.
CREATE TABLE equipment.device_source (
	system text NOT NULL,
	external_id text NOT NULL,
	device_id uuid NOT NULL REFERENCES equipment.device (id),
	PRIMARY KEY (system, external_id)
);
CREATE INDEX device_source_device ON equipment.device_source (device_id);
