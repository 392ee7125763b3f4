-- Where other systems are told what happens here.
CREATE TABLE operations.webhook (
	id uuid PRIMARY KEY,
	url text NOT NULL,
	description text NOT NULL,
	events text[] NOT NULL,
	-- Sealed under the town's secret: it signs, so a hash would not do.
	secret bytea NOT NULL,
	-- Signs beside the new one until then, while the receiver changes over.
	former_secret bytea,
	former_until timestamptz,
	enabled boolean NOT NULL,
	-- Null where people stopped it.
	disabled_because text CHECK (disabled_because IN ('gone', 'failing')),
	-- Since when, and how many times in a row, nothing was taken.
	failing_since timestamptz,
	failures int NOT NULL DEFAULT 0,
	-- Nothing is sent before, so that a receiver that is down is not hammered.
	retry_at timestamptz,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL
);

CREATE TABLE operations.webhook_delivery (
	id uuid PRIMARY KEY,
	webhook_id uuid NOT NULL REFERENCES operations.webhook (id) ON DELETE CASCADE,
	-- The event told of; a test has its own.
	event_id uuid NOT NULL,
	event text NOT NULL,
	body text NOT NULL,
	status text NOT NULL CHECK (status IN ('waiting', 'delivered', 'failed')),
	attempts int NOT NULL DEFAULT 0,
	due_at timestamptz NOT NULL,
	give_up_at timestamptz NOT NULL,
	-- A worker is at it; when it dies another takes over from then on.
	claimed_until timestamptz,
	last_status int,
	last_error text,
	last_milliseconds int,
	created_at timestamptz NOT NULL,
	delivered_at timestamptz,
	UNIQUE (webhook_id, event_id)
);
CREATE INDEX webhook_delivery_due ON operations.webhook_delivery (due_at) WHERE status = 'waiting';
CREATE INDEX webhook_delivery_log ON operations.webhook_delivery (webhook_id, created_at);
