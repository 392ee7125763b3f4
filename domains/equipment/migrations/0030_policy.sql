-- What the council votes, as text and as rules that the program executes.
CREATE TABLE equipment.policy_version (
	id uuid PRIMARY KEY,
	-- Null as long as it is a draft.
	number int UNIQUE CHECK (number > 0),
	title text NOT NULL,
	preamble text NOT NULL,
	-- Articles in the town's own words, beside those that are written from the rules: [{title, text}].
	articles jsonb NOT NULL,
	rules jsonb NOT NULL,
	voted_on date,
	in_force_from date,
	deliberation_number text,
	deliberation_url text,
	simulated boolean NOT NULL DEFAULT false,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	CHECK ((number IS NULL) = (voted_on IS NULL)),
	CHECK ((number IS NULL) = (in_force_from IS NULL)),
	CHECK ((number IS NULL) = (deliberation_number IS NULL)),
	CHECK (in_force_from >= voted_on)
);
-- One day, one policy.
CREATE UNIQUE INDEX policy_version_in_force ON equipment.policy_version (in_force_from);

CREATE FUNCTION equipment.refuse_change_after_vote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.number IS NOT NULL THEN
		RAISE EXCEPTION 'policy % was voted: it is not changed', OLD.number;
	END IF;
	RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER kept_after_vote BEFORE UPDATE OR DELETE ON equipment.policy_version
FOR EACH ROW EXECUTE FUNCTION equipment.refuse_change_after_vote();

-- What repairing, refurbished and new devices cost, excluding tax, by the contracts of the day.
CREATE TABLE equipment.offer (
	category text PRIMARY KEY,
	repair_cents int CHECK (repair_cents >= 0),
	battery_cents int CHECK (battery_cents >= 0),
	reinstall_cents int CHECK (reinstall_cents >= 0),
	refurbished_cents int CHECK (refurbished_cents >= 0),
	new_cents int CHECK (new_cents >= 0),
	repair_days smallint CHECK (repair_days BETWEEN 0 AND 365),
	pool_days smallint CHECK (pool_days BETWEEN 0 AND 365),
	refurbished_days smallint CHECK (refurbished_days BETWEEN 0 AND 365),
	new_days smallint CHECK (new_days BETWEEN 0 AND 365),
	-- Where the prices come from: a contract, a quotation.
	source text NOT NULL,
	simulated boolean NOT NULL DEFAULT false,
	updated_at timestamptz NOT NULL
);

CREATE TABLE equipment.purchase_order (
	id uuid PRIMARY KEY,
	number text NOT NULL UNIQUE,
	supplier text NOT NULL,
	status text NOT NULL CHECK (status IN ('draft', 'ordered', 'received', 'cancelled')),
	-- The day that says to which year it belongs.
	ordered_on date,
	received_on date,
	note text,
	simulated boolean NOT NULL DEFAULT false,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	CHECK (status NOT IN ('ordered', 'received') OR ordered_on IS NOT NULL),
	CHECK ((status = 'received') = (received_on IS NOT NULL))
);
CREATE INDEX purchase_order_day ON equipment.purchase_order (ordered_on);

CREATE TABLE equipment.need_request (
	id uuid PRIMARY KEY,
	number text NOT NULL UNIQUE,
	-- Account of who asks; null once erased.
	asker_id uuid,
	category text NOT NULL,
	-- Code of the need in the policy.
	need text NOT NULL,
	-- What it is for, in words; null once erased.
	purpose text,
	trouble text NOT NULL CHECK (trouble IN ('none', 'slow', 'battery', 'broken', 'unsupported', 'lost', 'unsuitable')),
	device_id uuid REFERENCES equipment.device (id),
	service text,
	wanted_by date,
	status text NOT NULL CHECK (status IN ('to_decide', 'decided', 'withdrawn')),
	-- The policy that answered, and its answer as it was shown.
	policy_id uuid NOT NULL REFERENCES equipment.policy_version (id),
	answer jsonb NOT NULL,
	decided_at timestamptz,
	decided_by uuid,
	decision text CHECK (decision IN ('keep', 'pool', 'refurbished', 'new', 'nothing')),
	-- Something else than what the policy proposes.
	exception boolean NOT NULL DEFAULT false,
	reason text,
	-- Of the pool.
	given_device_id uuid REFERENCES equipment.device (id),
	simulated boolean NOT NULL DEFAULT false,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	CHECK ((status = 'decided') = (decision IS NOT NULL)),
	CHECK ((status = 'decided') = (decided_at IS NOT NULL)),
	CHECK (NOT exception OR length(reason) >= 20)
);
CREATE INDEX need_request_asker ON equipment.need_request (asker_id);
CREATE INDEX need_request_status ON equipment.need_request (status, created_at);
CREATE INDEX need_request_device ON equipment.need_request (device_id);

CREATE TABLE equipment.purchase_line (
	id uuid PRIMARY KEY,
	order_id uuid NOT NULL REFERENCES equipment.purchase_order (id) ON DELETE CASCADE,
	position int NOT NULL,
	category text NOT NULL,
	model_id uuid REFERENCES equipment.model (id),
	label text NOT NULL,
	quantity int NOT NULL CHECK (quantity > 0),
	-- Excluding tax; for what was given, its value by the order of 29 February 2024.
	unit_cents int NOT NULL CHECK (unit_cents >= 0),
	acquired text NOT NULL CHECK (acquired IN ('new', 'refurbished', 'reused')),
	donated boolean NOT NULL DEFAULT false,
	recycled_content boolean NOT NULL DEFAULT false,
	-- Line of products of the decree; null: outside of it.
	product_line text,
	request_id uuid REFERENCES equipment.need_request (id),
	-- A new device bought where the policy asks for a refurbished one, and why.
	exception_reason text
);
CREATE INDEX purchase_line_order ON equipment.purchase_line (order_id, position);
CREATE INDEX purchase_line_request ON equipment.purchase_line (request_id);

-- Numbers that people say aloud: `D-2026-0042`.
CREATE TABLE equipment.policy_counter (
	kind text NOT NULL,
	year int NOT NULL,
	last int NOT NULL,
	PRIMARY KEY (kind, year)
);

-- Devices below the security floor, found by the daily job.
CREATE TABLE equipment.security_finding (
	device_id uuid PRIMARY KEY REFERENCES equipment.device (id),
	found_on date NOT NULL,
	supported_until date NOT NULL,
	proposal text NOT NULL CHECK (proposal IN ('reinstall', 'safe_use', 'leave')),
	closed_at timestamptz,
	closed_as text CHECK (closed_as IN ('reinstall', 'safe_use', 'leave', 'solved')),
	CHECK ((closed_at IS NULL) = (closed_as IS NULL))
);
CREATE INDEX security_finding_open ON equipment.security_finding (found_on) WHERE closed_at IS NULL;
