-- A gateway of another maker, spoken to in the manner of TALQ 2.
CREATE TABLE operations.light_gateway (
	id uuid PRIMARY KEY,
	name text NOT NULL UNIQUE,
	url text NOT NULL,
	-- What it expects in the header `talq-api-version`.
	api_version text NOT NULL,
	-- Identifier of the function that lights in each of its devices; empty: the whole device is addressed.
	lamp_function text NOT NULL,
	-- SHA-256 of the token by which it speaks to us.
	token_hash text NOT NULL,
	-- Sent with each request, sealed under the town's secret; null: none asked for.
	bearer_token bytea,
	created_at timestamptz NOT NULL
);

-- Apart from the settings: what is written here need not be read again by the controlling process.
CREATE TABLE operations.light_gateway_state (
	gateway_id uuid PRIMARY KEY REFERENCES operations.light_gateway ON DELETE CASCADE,
	reached boolean NOT NULL DEFAULT false,
	-- It answered a request of ours.
	answered_at timestamptz,
	-- It sent a report.
	heard_at timestamptz,
	problem text,
	problem_at timestamptz
);

-- Reports on their way to the controlling process, which takes them away.
CREATE TABLE operations.light_gateway_report (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	gateway_id uuid NOT NULL REFERENCES operations.light_gateway ON DELETE CASCADE,
	received_at timestamptz NOT NULL,
	news jsonb NOT NULL
);
CREATE INDEX light_gateway_report_of ON operations.light_gateway_report (gateway_id);

-- Null: its lamps are spoken to by MQTT.
ALTER TABLE operations.light_cabinet ADD COLUMN gateway_id uuid REFERENCES operations.light_gateway ON DELETE SET NULL;
CREATE INDEX light_cabinet_gateway ON operations.light_cabinet (gateway_id);
-- Address at its gateway; null: its external id.
ALTER TABLE operations.luminaire ADD COLUMN gateway_device text;

CREATE TRIGGER light_gateway_changed AFTER INSERT OR UPDATE OR DELETE ON operations.light_gateway
	FOR EACH STATEMENT EXECUTE FUNCTION operations.notify_lighting();
CREATE TRIGGER light_cabinet_moved AFTER UPDATE OF gateway_id ON operations.light_cabinet
	FOR EACH STATEMENT EXECUTE FUNCTION operations.notify_lighting();
