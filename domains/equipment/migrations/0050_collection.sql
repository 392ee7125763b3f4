-- Who takes what was collected and says what became of it.
CREATE TABLE equipment.partner (
	id uuid PRIMARY KEY,
	name text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('reuse_workshop', 'repair_cafe', 'eco_organisation', 'charity', 'town_service')),
	-- The organisation's own, not a person's.
	email text,
	phone text,
	address text,
	note text,
	active boolean NOT NULL DEFAULT true,
	simulated boolean NOT NULL DEFAULT false,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX partner_name ON equipment.partner (lower(name));

CREATE TABLE equipment.campaign (
	id uuid PRIMARY KEY,
	slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
	title text NOT NULL,
	-- Why, in the town's words.
	why text NOT NULL,
	audience text NOT NULL CHECK (audience IN ('residents', 'shops', 'schools', 'town')),
	-- Categories of kinds.ts.
	taken text[] NOT NULL CHECK (cardinality(taken) > 0),
	not_taken text,
	starts_on date NOT NULL,
	ends_on date NOT NULL CHECK (ends_on >= starts_on),
	status text NOT NULL CHECK (status IN ('draft', 'published', 'cancelled')),
	simulated boolean NOT NULL DEFAULT false,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL
);
CREATE INDEX campaign_days ON equipment.campaign (starts_on, ends_on);

CREATE TABLE equipment.drop_off_point (
	id uuid PRIMARY KEY,
	campaign_id uuid NOT NULL REFERENCES equipment.campaign (id),
	name text NOT NULL,
	address text,
	-- Place of the town room, where it is one.
	place_id uuid,
	longitude double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
	latitude double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
	note text,
	created_at timestamptz NOT NULL
);
CREATE INDEX drop_off_point_campaign ON equipment.drop_off_point (campaign_id);

-- When a point is open; with slots of as many minutes each, where one may book.
CREATE TABLE equipment.opening (
	id uuid PRIMARY KEY,
	point_id uuid NOT NULL REFERENCES equipment.drop_off_point (id) ON DELETE CASCADE,
	starts_at timestamptz NOT NULL,
	ends_at timestamptz NOT NULL,
	slot_minutes int CHECK (slot_minutes BETWEEN 5 AND 480),
	slot_capacity int CHECK (slot_capacity BETWEEN 1 AND 500),
	CHECK (ends_at > starts_at),
	CHECK ((slot_minutes IS NULL) = (slot_capacity IS NULL)),
	EXCLUDE USING gist (point_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
);

CREATE TABLE equipment.booking (
	id uuid PRIMARY KEY,
	opening_id uuid NOT NULL REFERENCES equipment.opening (id),
	slot_starts_at timestamptz NOT NULL,
	slot_ends_at timestamptz NOT NULL,
	devices int NOT NULL CHECK (devices BETWEEN 1 AND 200),
	-- Both only if given, and null once erased.
	name text,
	email text,
	-- SHA-256 of what the link to cancel carries.
	token_hash bytea NOT NULL UNIQUE,
	locale text NOT NULL,
	cancelled_at timestamptz,
	reminded_at timestamptz,
	simulated boolean NOT NULL DEFAULT false,
	created_at timestamptz NOT NULL
);
CREATE INDEX booking_slot ON equipment.booking (opening_id, slot_starts_at);

-- One phone's (one browser's) share of receipt numbers, so that numbers are unique without the network.
CREATE TABLE equipment.desk (
	device_id uuid PRIMARY KEY,
	prefix text NOT NULL UNIQUE,
	created_at timestamptz NOT NULL
);

-- What somebody brought at once.
CREATE TABLE equipment.receipt (
	-- Made on the phone.
	id uuid PRIMARY KEY,
	number text NOT NULL UNIQUE,
	campaign_id uuid REFERENCES equipment.campaign (id),
	point_id uuid REFERENCES equipment.drop_off_point (id),
	-- SHA-256 of the code on the paper, without which a number shows nothing.
	code_hash bytea NOT NULL,
	-- Person id of who stood at the desk; null once erased.
	received_by uuid,
	-- By the phone's clock, put right.
	received_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	-- SHA-256 of what the phone sent, so that one id never means two things.
	content_hash bytea NOT NULL,
	simulated boolean NOT NULL DEFAULT false
);
CREATE INDEX receipt_campaign ON equipment.receipt (campaign_id);
CREATE INDEX receipt_received ON equipment.receipt (received_at);

-- Who brought it, only if they want to know what becomes of it; erased after the end.
CREATE TABLE equipment.giver (
	receipt_id uuid PRIMARY KEY REFERENCES equipment.receipt (id),
	name text,
	email text NOT NULL,
	locale text NOT NULL,
	-- When they said that the town may write to them about these devices.
	agreed_at timestamptz NOT NULL
);
CREATE INDEX giver_email ON equipment.giver (lower(email));

CREATE TABLE equipment.lot (
	id uuid PRIMARY KEY,
	-- LOT-2026-0001
	number text NOT NULL UNIQUE,
	partner_id uuid NOT NULL REFERENCES equipment.partner (id),
	status text NOT NULL CHECK (status IN ('open', 'closed', 'handed_over', 'settled')),
	note text,
	closed_at timestamptz,
	handed_over_at timestamptz,
	settled_at timestamptz,
	-- SHA-256 of the token by which the partner answers; and of the slip as signed.
	token_hash bytea UNIQUE,
	slip_key text,
	slip_sha256 bytea,
	simulated boolean NOT NULL DEFAULT false,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	CHECK ((status IN ('handed_over', 'settled')) = (handed_over_at IS NOT NULL)),
	CHECK ((handed_over_at IS NULL) = (slip_sha256 IS NULL))
);
CREATE INDEX lot_partner ON equipment.lot (partner_id);

-- Who signed the slip of a lot; never changed.
CREATE TABLE equipment.lot_signature (
	lot_id uuid NOT NULL REFERENCES equipment.lot (id),
	party text NOT NULL CHECK (party IN ('town', 'partner')),
	name text NOT NULL,
	role text NOT NULL,
	signed_at timestamptz NOT NULL,
	-- Drawn on the screen (in the slip itself), or on paper and scanned (a file beside it).
	way text NOT NULL CHECK (way IN ('drawn', 'scan')),
	file_key text,
	file_sha256 bytea NOT NULL,
	PRIMARY KEY (lot_id, party)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON equipment.lot_signature
FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

-- One device that was collected. Its state is what its events say.
CREATE TABLE equipment.collected_item (
	id uuid PRIMARY KEY,
	-- The receipt's number, with the item's rank where the receipt has several.
	number text NOT NULL UNIQUE,
	receipt_id uuid NOT NULL REFERENCES equipment.receipt (id),
	campaign_id uuid REFERENCES equipment.campaign (id),
	category text NOT NULL CHECK (category IN ('smartphone', 'feature_phone', 'tablet', 'laptop', 'desktop', 'monitor',
		'server', 'printer', 'network', 'projector', 'other')),
	condition text NOT NULL CHECK (condition IN ('works', 'faulty', 'broken', 'unknown')),
	-- It may hold somebody's data: it leaves only once these are wiped.
	holds_data boolean NOT NULL,
	description text,
	serial text,
	weight_grams int CHECK (weight_grams BETWEEN 1 AND 500000),
	-- The town's own, by its label; what the label said where no device was found.
	device_id uuid REFERENCES equipment.device (id),
	tag_read text,
	lot_id uuid REFERENCES equipment.lot (id),
	state text NOT NULL CHECK (state IN ('received', 'in_lot', 'handed_over', 'ended')),
	-- `returned` to who brought it and `missing` are ends too: nothing disappears from the counts.
	ended_as text CHECK (ended_as IN ('reused', 'repaired', 'parts', 'recycled', 'returned', 'missing')),
	-- Day in the town on which it ended.
	ended_on date,
	received_at timestamptz NOT NULL,
	simulated boolean NOT NULL DEFAULT false,
	version int NOT NULL DEFAULT 1,
	CHECK ((state = 'ended') = (ended_as IS NOT NULL)),
	CHECK ((ended_as IS NULL) = (ended_on IS NULL)),
	CHECK (state NOT IN ('in_lot', 'handed_over') OR lot_id IS NOT NULL)
);
CREATE INDEX collected_item_receipt ON equipment.collected_item (receipt_id);
CREATE INDEX collected_item_lot ON equipment.collected_item (lot_id);
CREATE INDEX collected_item_campaign ON equipment.collected_item (campaign_id);
CREATE INDEX collected_item_state ON equipment.collected_item (state);
CREATE UNIQUE INDEX collected_item_device ON equipment.collected_item (device_id) WHERE ended_as IS DISTINCT FROM 'returned';

-- What happened to an item; never rewritten.
CREATE TABLE equipment.item_event (
	id uuid PRIMARY KEY,
	item_id uuid NOT NULL REFERENCES equipment.collected_item (id),
	at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	kind text NOT NULL CHECK (kind IN ('received', 'edited', 'put_in_lot', 'taken_out', 'handed_over', 'ended', 'end_corrected')),
	-- Person id of the agent; null: the partner, or the program.
	by_person uuid,
	by_partner uuid REFERENCES equipment.partner (id),
	lot_id uuid REFERENCES equipment.lot (id),
	ended_as text,
	detail jsonb NOT NULL
);
CREATE INDEX item_event_item ON equipment.item_event (item_id, at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON equipment.item_event
FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

CREATE TABLE equipment.item_photo (
	-- Made on the phone.
	id uuid PRIMARY KEY,
	item_id uuid NOT NULL REFERENCES equipment.collected_item (id),
	file_key text NOT NULL,
	width int NOT NULL,
	height int NOT NULL,
	sent_by uuid,
	created_at timestamptz NOT NULL
);
CREATE INDEX item_photo_item ON equipment.item_photo (item_id);

CREATE TABLE equipment.collection_settings (
	id boolean PRIMARY KEY DEFAULT true CHECK (id),
	-- Days after the end of the last item of a receipt, or after a slot, until names and addresses are erased.
	giver_days int NOT NULL DEFAULT 30 CHECK (giver_days BETWEEN 0 AND 365)
);
INSERT INTO equipment.collection_settings DEFAULT VALUES;
