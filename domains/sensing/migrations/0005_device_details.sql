ALTER TABLE sensing.device
	ADD COLUMN visibility text NOT NULL DEFAULT 'default' CHECK (visibility IN ('default', 'public', 'agents')),
	-- Kind of the place when the device was put there: who may see what it measures depends on it.
	ADD COLUMN place_kind text;

CREATE INDEX device_type_id ON sensing.device (type_id);
CREATE INDEX device_place_id ON sensing.device (place_id);
CREATE INDEX device_position ON sensing.device (latitude, longitude);
CREATE INDEX device_last_seen_at ON sensing.device (last_seen_at);

ALTER TABLE sensing.waiting_device ADD COLUMN ignored_at timestamptz;

-- The codec and mapping that a type had until they were replaced.
CREATE TABLE sensing.device_type_version (
	id uuid PRIMARY KEY,
	type_id uuid NOT NULL REFERENCES sensing.device_type (id) ON DELETE CASCADE,
	replaced_at timestamptz NOT NULL DEFAULT now(),
	-- Person or API key id; null for the platform itself.
	replaced_by text,
	codec_source text,
	codec_version text,
	mapping jsonb NOT NULL
);
CREATE INDEX device_type_version_type_id ON sensing.device_type_version (type_id, replaced_at DESC);
