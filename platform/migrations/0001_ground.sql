CREATE TABLE platform.event (
	id uuid PRIMARY KEY,
	name text NOT NULL,
	payload jsonb NOT NULL,
	occurred_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX event_occurred_at ON platform.event (occurred_at);

-- Sequence, instant and hashes are set by the trigger below; their defaults only let an insert leave them out.
CREATE TABLE platform.audit_entry (
	sequence bigint PRIMARY KEY DEFAULT 0,
	recorded_at timestamptz NOT NULL DEFAULT now(),
	actor_kind text NOT NULL,
	actor_id text,
	action text NOT NULL,
	subject text,
	detail jsonb NOT NULL,
	previous_hash bytea NOT NULL DEFAULT '\x',
	hash bytea NOT NULL DEFAULT '\x'
);
CREATE INDEX audit_entry_action ON platform.audit_entry (action text_pattern_ops, sequence);
CREATE INDEX audit_entry_actor ON platform.audit_entry (actor_id, sequence);

-- One text per entry: each field behind its length, so that no two different entries read the same.
CREATE FUNCTION platform.audit_text(entry platform.audit_entry) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT string_agg(length(field) || ':' || field, ',' ORDER BY position)
	FROM unnest(ARRAY[
		entry.sequence::text,
		to_char(entry.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
		entry.actor_kind, coalesce(entry.actor_id, ''), entry.action, coalesce(entry.subject, ''),
		entry.detail::text, encode(entry.previous_hash, 'hex')
	]) WITH ORDINALITY AS part(field, position)
$$;

CREATE FUNCTION platform.chain_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	last platform.audit_entry;
BEGIN
	-- Entries are chained one after the other: whoever audits waits here until the previous one has committed.
	PERFORM pg_advisory_xact_lock(7263002);
	SELECT * INTO last FROM platform.audit_entry ORDER BY sequence DESC LIMIT 1;
	NEW.sequence := coalesce(last.sequence, 0) + 1;
	NEW.recorded_at := clock_timestamp();
	NEW.previous_hash := coalesce(last.hash, '\x'::bytea);
	NEW.hash := sha256(convert_to(platform.audit_text(NEW), 'UTF8'));
	RETURN NEW;
END $$;

CREATE TRIGGER chain BEFORE INSERT ON platform.audit_entry
FOR EACH ROW EXECUTE FUNCTION platform.chain_audit_entry();

CREATE FUNCTION platform.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON platform.audit_entry
FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

CREATE TABLE platform.mail_outbox (
	id uuid PRIMARY KEY,
	recipient text NOT NULL,
	subject text NOT NULL,
	body_text text NOT NULL,
	body_html text,
	status text NOT NULL CHECK (status IN ('waiting', 'kept', 'sent', 'failed')),
	error text,
	created_at timestamptz NOT NULL DEFAULT now(),
	sent_at timestamptz
);
CREATE INDEX mail_outbox_created_at ON platform.mail_outbox (created_at);
