CREATE TABLE equipment.wiping_settings (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	-- Share of the wipes that another person verifies, besides one at least of each series and day.
	sample_percent int NOT NULL DEFAULT 10 CHECK (sample_percent BETWEEN 0 AND 100)
);
INSERT INTO equipment.wiping_settings DEFAULT VALUES;

-- The lot drawn for a day; its SHA-256 is public the same day, itself from the next.
CREATE TABLE equipment.wipe_draw (
	day date PRIMARY KEY,
	seed bytea NOT NULL CHECK (octet_length(seed) = 32)
);

-- What one person wipes with one tool: a fault found in one wipe puts the others in doubt.
CREATE TABLE equipment.wipe_series (
	id uuid PRIMARY KEY,
	-- Null once erased.
	operator_id uuid,
	tool text NOT NULL,
	tool_version text NOT NULL
);
CREATE UNIQUE INDEX wipe_series_of ON equipment.wipe_series (operator_id, tool, tool_version);

CREATE TABLE equipment.wipe (
	id uuid PRIMARY KEY,
	sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	-- A collected item, a device of the inventory, or both where the item is the town's own.
	item_id uuid REFERENCES equipment.collected_item (id),
	device_id uuid REFERENCES equipment.device (id),
	category text NOT NULL,
	series_id uuid NOT NULL REFERENCES equipment.wipe_series (id),
	-- Day in the town on which it was recorded: with the series, the batch that its samples stand for.
	day date NOT NULL REFERENCES equipment.wipe_draw (day),
	-- Which storage of the device.
	slot text NOT NULL CHECK (slot IN ('main', 'second', 'card')),
	medium text NOT NULL CHECK (medium IN ('hdd', 'ssd_sata', 'ssd_nvme', 'flash_embedded', 'memory_card', 'none', 'unknown')),
	technique text NOT NULL CHECK (technique IN ('overwrite', 'secure_erase', 'sanitize_overwrite', 'block_erase',
		'crypto_erase', 'factory_reset', 'degauss', 'shred', 'disintegrate', 'incinerate', 'inspection')),
	-- Its data were encrypted from the first day.
	encrypted boolean NOT NULL,
	sensitive boolean NOT NULL,
	leaving boolean NOT NULL,
	asked text NOT NULL CHECK (asked IN ('clear', 'purge', 'destroy')),
	-- What the technique achieves on the medium; null when it was not done.
	method text CHECK (method IN ('clear', 'purge', 'destroy')),
	result text NOT NULL CHECK (result IN ('done', 'failed', 'impossible')),
	started_at timestamptz NOT NULL,
	ended_at timestamptz NOT NULL CHECK (ended_at >= started_at),
	serial text,
	imei text,
	medium_serial text,
	note text,
	-- What the tool itself reported, as read.
	report jsonb,
	-- 0 up to 1; below the share, the wipe is a sample.
	draw double precision NOT NULL,
	sampled boolean NOT NULL,
	simulated boolean NOT NULL DEFAULT false,
	recorded_at timestamptz NOT NULL,
	reopened_at timestamptz,
	-- The verification that put it in doubt.
	reopened_by uuid,
	CHECK (num_nonnulls(item_id, device_id) > 0),
	CHECK ((result = 'done') = (method IS NOT NULL)),
	CHECK ((reopened_at IS NULL) = (reopened_by IS NULL))
);
CREATE INDEX wipe_item ON equipment.wipe (item_id);
CREATE INDEX wipe_device ON equipment.wipe (device_id);
CREATE INDEX wipe_batch ON equipment.wipe (series_id, day);

CREATE TABLE equipment.wipe_verification (
	id uuid PRIMARY KEY,
	sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	wipe_id uuid NOT NULL REFERENCES equipment.wipe (id),
	-- Never the operator; null once erased.
	verifier_id uuid,
	means text NOT NULL CHECK (means IN ('read_back', 'starts_as_new', 'recovery_attempt', 'remains_seen', 'opened')),
	passed boolean NOT NULL,
	note text,
	simulated boolean NOT NULL DEFAULT false,
	recorded_at timestamptz NOT NULL
);
CREATE INDEX wipe_verification_wipe ON equipment.wipe_verification (wipe_id, sequence);

-- Public keys that certificates were signed with; the private one comes from the town's secret.
CREATE TABLE equipment.certificate_key (
	-- First 16 hexadecimal digits of the SHA-256 of the key (SPKI, DER).
	id text PRIMARY KEY,
	public_key bytea NOT NULL,
	since timestamptz NOT NULL
);

CREATE TABLE equipment.certificate_counter (
	year int PRIMARY KEY,
	last int NOT NULL
);

CREATE TABLE equipment.certificate (
	id uuid PRIMARY KEY,
	-- EFF-2026-000123-K7
	number text NOT NULL UNIQUE,
	kind text NOT NULL CHECK (kind IN ('device', 'lot')),
	item_id uuid REFERENCES equipment.collected_item (id),
	device_id uuid REFERENCES equipment.device (id),
	lot_id uuid REFERENCES equipment.lot (id),
	issued_at timestamptz NOT NULL,
	-- The signed bytes: canonical JSON, UTF-8.
	payload text NOT NULL,
	key_id text NOT NULL REFERENCES equipment.certificate_key (id),
	signature bytea NOT NULL,
	simulated boolean NOT NULL DEFAULT false,
	-- Set once, when the file is made.
	pdf_key text,
	pdf_sha256 bytea,
	pdf_bytes int,
	revoked_at timestamptz,
	revoked_why text CHECK (revoked_why IN ('verification_failed', 'mistaken', 'replaced')),
	-- For the public: no name.
	revoked_note text,
	CHECK ((pdf_key IS NULL) = (pdf_sha256 IS NULL)),
	CHECK ((revoked_at IS NULL) = (revoked_why IS NULL)),
	CHECK (num_nonnulls(item_id, device_id, lot_id) > 0)
);
CREATE INDEX certificate_item ON equipment.certificate (item_id);
CREATE INDEX certificate_device ON equipment.certificate (device_id);
CREATE UNIQUE INDEX certificate_lot ON equipment.certificate (lot_id) WHERE revoked_at IS NULL;

-- Wipes that a certificate rests on; of a lot, those of its devices' certificates.
CREATE TABLE equipment.certificate_wipe (
	certificate_id uuid NOT NULL REFERENCES equipment.certificate (id),
	wipe_id uuid NOT NULL REFERENCES equipment.wipe (id),
	PRIMARY KEY (certificate_id, wipe_id)
);
CREATE INDEX certificate_wipe_of ON equipment.certificate_wipe (wipe_id);

-- Where each wipe stands: only `verified` and `accepted` are good.
CREATE VIEW equipment.wipe_standing AS
SELECT wipe.id AS wipe_id, CASE
	WHEN wipe.result <> 'done' THEN wipe.result
	WHEN EXISTS (SELECT FROM equipment.certificate_wipe covers JOIN equipment.certificate ON certificate.id = certificate_id
		WHERE covers.wipe_id = wipe.id AND kind = 'device' AND revoked_why <> 'verification_failed') THEN 'withdrawn'
	WHEN NOT last.passed THEN 'refuted'
	WHEN last.passed AND (wipe.reopened_by IS NULL OR last.sequence > doubt.sequence) THEN 'verified'
	WHEN wipe.reopened_by IS NOT NULL THEN 'reopened'
	WHEN wipe.sampled THEN 'to_verify'
	WHEN EXISTS (SELECT FROM equipment.wipe sample WHERE sample.series_id = wipe.series_id AND sample.day = wipe.day
		AND sample.sampled AND sample.result = 'done' AND sample.reopened_by IS NULL
		AND NOT EXISTS (SELECT FROM equipment.wipe_verification WHERE wipe_id = sample.id)) THEN 'waiting'
	ELSE 'accepted' END AS standing
FROM equipment.wipe
LEFT JOIN LATERAL (SELECT passed, sequence FROM equipment.wipe_verification WHERE wipe_id = wipe.id
	ORDER BY sequence DESC LIMIT 1) last ON true
LEFT JOIN equipment.wipe_verification doubt ON doubt.id = wipe.reopened_by;

-- The last wipe of each storage of a thing. A device of the inventory has to be wiped after its last use.
CREATE FUNCTION equipment.latest_wipes(item uuid, device uuid)
RETURNS TABLE (wipe_id uuid, slot text, method text, sensitive boolean, standing text) LANGUAGE sql STABLE AS $$
	SELECT DISTINCT ON (wipe.slot) wipe.id, wipe.slot, wipe.method, wipe.sensitive, standing.standing
	FROM equipment.wipe JOIN equipment.wipe_standing standing ON standing.wipe_id = wipe.id
	WHERE wipe.item_id = item OR (wipe.device_id = device AND wipe.ended_at >= coalesce(
		(SELECT max(at) FROM equipment.device_event WHERE device_id = device AND kind IN ('assigned', 'lent')), '-infinity'))
	ORDER BY wipe.slot, wipe.sequence DESC
$$;

-- Whether all storages of a thing are wiped as is asked before it leaves the town, or changes hands in it.
CREATE FUNCTION equipment.is_wiped(item uuid, device uuid, leaving boolean) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT coalesce(bool_or(slot = 'main') AND bool_and(standing IN ('verified', 'accepted')
		AND CASE WHEN leaving THEN method = 'destroy' OR (method = 'purge' AND NOT sensitive)
			ELSE method IN ('purge', 'destroy') OR NOT sensitive END), false)
	FROM equipment.latest_wipes(item, device)
$$;

CREATE FUNCTION equipment.keep_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'UPDATE'
		OR (OLD.id, OLD.number, OLD.kind, OLD.issued_at, OLD.payload, OLD.key_id, OLD.signature, OLD.simulated)
			IS DISTINCT FROM (NEW.id, NEW.number, NEW.kind, NEW.issued_at, NEW.payload, NEW.key_id, NEW.signature, NEW.simulated)
		OR (OLD.item_id, OLD.device_id, OLD.lot_id) IS DISTINCT FROM (NEW.item_id, NEW.device_id, NEW.lot_id)
		OR (OLD.pdf_sha256 IS NOT NULL AND (OLD.pdf_key, OLD.pdf_sha256, OLD.pdf_bytes) IS DISTINCT FROM (NEW.pdf_key, NEW.pdf_sha256, NEW.pdf_bytes))
		OR (OLD.revoked_at IS NOT NULL AND (OLD.revoked_at, OLD.revoked_why, OLD.revoked_note) IS DISTINCT FROM (NEW.revoked_at, NEW.revoked_why, NEW.revoked_note))
	THEN RAISE EXCEPTION 'a certificate does not change once issued';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON equipment.certificate
FOR EACH ROW EXECUTE FUNCTION equipment.keep_certificate();

-- How often one address looked numbers up; keys are hashes.
CREATE TABLE equipment.certificate_look (
	key text PRIMARY KEY,
	taken int NOT NULL,
	window_ends_at timestamptz NOT NULL
);
