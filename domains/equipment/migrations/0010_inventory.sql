-- Tags that Parvis gives; a scanned or typed tag is the same in capitals or not.
CREATE SEQUENCE equipment.tag_number;
CREATE UNIQUE INDEX device_tag_folded ON equipment.device (lower(tag));
CREATE INDEX holder_name ON equipment.holder (lower(name));

-- A device of the pool promised, handed out or brought back.
CREATE TABLE equipment.loan (
	id uuid PRIMARY KEY,
	device_id uuid NOT NULL REFERENCES equipment.device (id),
	holder_id uuid NOT NULL REFERENCES equipment.holder (id),
	starts_on date NOT NULL,
	due_on date NOT NULL,
	status text NOT NULL CHECK (status IN ('reserved', 'out', 'returned', 'cancelled')),
	returned_on date,
	-- Days on which nobody else may have it: to the day of return, which is free again once it is back. Late days do not
	-- count, or a return would be refused for whom the next days are promised to.
	during daterange NOT NULL GENERATED ALWAYS AS (CASE status
		WHEN 'cancelled' THEN 'empty'::daterange
		WHEN 'returned' THEN daterange(starts_on, least(greatest(returned_on, starts_on), due_on + 1), '[)')
		ELSE daterange(starts_on, due_on, '[]') END) STORED,
	condition_out text CHECK (condition_out IN ('new', 'good', 'worn', 'damaged', 'broken')),
	condition_back text CHECK (condition_back IN ('new', 'good', 'worn', 'damaged', 'broken')),
	note text,
	reminded_on date,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	CHECK (due_on >= starts_on),
	CHECK ((status = 'returned') = (returned_on IS NOT NULL)),
	EXCLUDE USING gist (device_id WITH =, during WITH &&)
);
-- Late loans reach past their last day: only one may be out.
CREATE UNIQUE INDEX loan_out ON equipment.loan (device_id) WHERE status = 'out';
CREATE INDEX loan_due ON equipment.loan (due_on) WHERE status IN ('reserved', 'out');
CREATE INDEX loan_holder ON equipment.loan (holder_id);

-- Going round with a phone to see what is really there.
CREATE TABLE equipment.audit (
	id uuid PRIMARY KEY,
	title text NOT NULL,
	scope text NOT NULL CHECK (scope IN ('all', 'service', 'site')),
	-- Name of the service or site; null for all.
	scope_value text,
	started_at timestamptz NOT NULL,
	started_by uuid,
	closed_at timestamptz,
	closed_by uuid,
	CHECK ((scope = 'all') = (scope_value IS NULL))
);

-- What should be there, as the inventory said when the audit began.
CREATE TABLE equipment.audit_device (
	audit_id uuid NOT NULL REFERENCES equipment.audit (id),
	device_id uuid NOT NULL REFERENCES equipment.device (id),
	PRIMARY KEY (audit_id, device_id)
);

CREATE TABLE equipment.audit_scan (
	id uuid PRIMARY KEY,
	audit_id uuid NOT NULL REFERENCES equipment.audit (id),
	tag text NOT NULL,
	-- Null: no device has that tag.
	device_id uuid REFERENCES equipment.device (id),
	result text NOT NULL CHECK (result IN ('expected', 'misplaced', 'unknown')),
	at timestamptz NOT NULL,
	-- Null once erased.
	by_person uuid,
	CHECK ((result = 'unknown') = (device_id IS NULL))
);
CREATE UNIQUE INDEX audit_scan_device ON equipment.audit_scan (audit_id, device_id);
CREATE UNIQUE INDEX audit_scan_unknown ON equipment.audit_scan (audit_id, lower(tag)) WHERE device_id IS NULL;

-- What who holds a device says is wrong with it; the words stay out of the history, which cannot be erased.
CREATE TABLE equipment.device_problem (
	id uuid PRIMARY KEY,
	device_id uuid NOT NULL REFERENCES equipment.device (id),
	kind text NOT NULL CHECK (kind IN ('broken', 'slow', 'battery', 'lost', 'stolen', 'not_mine', 'other')),
	words text,
	at timestamptz NOT NULL,
	by_person uuid,
	handled_at timestamptz,
	handled_by uuid,
	answer text
);
CREATE INDEX device_problem_open ON equipment.device_problem (device_id) WHERE handled_at IS NULL;
