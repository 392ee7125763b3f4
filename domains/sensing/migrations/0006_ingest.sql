ALTER TABLE sensing.observation_hour ADD COLUMN last_at timestamptz NOT NULL;
ALTER TABLE sensing.observation_day ADD COLUMN last_at timestamptz NOT NULL;

-- What a committed batch adds to the rollups, latest values and devices, written in its own transaction and merged
-- soon after by one process at a time: exact after a crash, and a series that speaks often is updated once a pass.
CREATE TABLE sensing.pending_rollup (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	received_at timestamptz NOT NULL,
	series_ids int[] NOT NULL,
	buckets timestamptz[] NOT NULL,
	counts int[] NOT NULL,
	sums double precision[] NOT NULL,
	minimums double precision[] NOT NULL,
	maximums double precision[] NOT NULL,
	lasts double precision[] NOT NULL,
	last_ats timestamptz[] NOT NULL,
	first_ats timestamptz[] NOT NULL,
	-- [{ "id": …, "at": …, "battery": …, "uplink": … }], the newest of each device.
	devices jsonb NOT NULL
);

-- Other systems that speak for many devices: a LoRaWAN network server, a gateway.
CREATE TABLE sensing.integration (
	id uuid PRIMARY KEY,
	name text NOT NULL UNIQUE,
	username text NOT NULL UNIQUE,
	-- SHA-256 of the broker password, hexadecimal.
	credential_hash text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now()
);

-- Processes keep devices and types in memory; they forget them when one changes.
CREATE FUNCTION sensing.tell_devices_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('sensing_devices', '');
	RETURN NULL;
END $$;
CREATE TRIGGER tell_changed
AFTER INSERT OR DELETE OR UPDATE OF type_id, dev_eui, external_id, parameters, status, credential_hash ON sensing.device
FOR EACH STATEMENT EXECUTE FUNCTION sensing.tell_devices_changed();
CREATE TRIGGER tell_changed AFTER UPDATE OF codec_source, codec_version, mapping ON sensing.device_type
FOR EACH STATEMENT EXECUTE FUNCTION sensing.tell_devices_changed();
