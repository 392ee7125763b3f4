-- How other applications report to the town by Open311 GeoReport v2: one row.
CREATE TABLE operations.open311_setting (
	single boolean PRIMARY KEY DEFAULT true CHECK (single),
	key_required boolean NOT NULL,
	-- What other systems call us; null: the host of our address.
	jurisdiction text
);
INSERT INTO operations.open311_setting (key_required) VALUES (false);

-- Servers of others that take reports of some categories over: the agglomération, a grid operator.
CREATE TABLE operations.open311_server (
	id uuid PRIMARY KEY,
	name text NOT NULL,
	-- Without a slash at the end: https://signalements.example.org/open311/v2
	url text NOT NULL,
	jurisdiction text,
	-- Sealed under the town's secret.
	api_key bytea,
	enabled boolean NOT NULL,
	-- Of the last answer that made sense.
	answered_at timestamptz,
	last_error text,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL
);

CREATE TABLE operations.open311_route (
	category_id uuid PRIMARY KEY REFERENCES operations.category (id),
	server_id uuid NOT NULL REFERENCES operations.open311_server (id) ON DELETE CASCADE,
	service_code text NOT NULL
);

-- Reports passed on. A report goes to one server, once.
CREATE TABLE operations.open311_forward (
	report_id uuid PRIMARY KEY REFERENCES operations.report (id) ON DELETE CASCADE,
	server_id uuid NOT NULL REFERENCES operations.open311_server (id) ON DELETE CASCADE,
	service_code text NOT NULL,
	-- sending: an attempt was begun whose end is not known; it is looked for there before it is sent again.
	status text NOT NULL CHECK (status IN ('waiting', 'sending', 'sent', 'refused', 'failed', 'closed')),
	remote_id text,
	remote_token text,
	remote_status text,
	remote_notes text,
	attempts int NOT NULL DEFAULT 0,
	due_at timestamptz NOT NULL,
	give_up_at timestamptz NOT NULL,
	claimed_until timestamptz,
	last_error text,
	created_at timestamptz NOT NULL,
	sent_at timestamptz,
	closed_at timestamptz
);
CREATE INDEX open311_forward_due ON operations.open311_forward (due_at) WHERE status IN ('waiting', 'sending');
CREATE INDEX open311_forward_open ON operations.open311_forward (server_id) WHERE status = 'sent';
