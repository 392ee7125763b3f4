-- What search finds: pieces of all that is public of meetings. Made anew of a meeting's own rows whenever they change.
CREATE TABLE council.search_entry (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	meeting_id uuid NOT NULL REFERENCES council.meeting ON DELETE CASCADE,
	-- Null for what concerns the meeting as a whole.
	item_id uuid,
	kind text NOT NULL CHECK (kind IN ('item', 'document', 'speech', 'deliberation', 'minutes')),
	-- The item, annex, deliberation, meeting or first line that this is a piece of.
	subject_id uuid NOT NULL,
	title text NOT NULL,
	body text NOT NULL,
	-- When it was said, of speech.
	starts_at timestamptz,
	ends_at timestamptz,
	speaker text NOT NULL DEFAULT '',
	body_id uuid NOT NULL,
	held_at timestamptz NOT NULL,
	document tsvector NOT NULL GENERATED ALWAYS AS (
		setweight(to_tsvector('town.french', title), 'A') || setweight(to_tsvector('town.french', body), 'B')
	) STORED
);
CREATE INDEX search_entry_document ON council.search_entry USING gin (document);
CREATE INDEX search_entry_meeting ON council.search_entry (meeting_id);

-- Words of all entries, as they are written and without accents: what a mistyped word is compared with.
CREATE TABLE council.search_word (
	plain text PRIMARY KEY,
	word text NOT NULL,
	meetings int NOT NULL DEFAULT 1
);
CREATE INDEX search_word_plain ON council.search_word USING gin (plain gin_trgm_ops);

-- Meetings whose entries are to be made anew. Only ever added to, so that nobody waits for anybody.
CREATE TABLE council.search_stale (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	meeting_id uuid NOT NULL
);
CREATE INDEX search_stale_meeting ON council.search_stale (meeting_id);
CREATE FUNCTION council.mark_search_stale() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	meeting uuid := (CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> TG_ARGV[0])::uuid;
BEGIN
	INSERT INTO council.search_stale (meeting_id) VALUES (meeting);
	PERFORM pg_notify('council_search', meeting::text);
	RETURN NULL;
END $$;
CREATE TRIGGER search_stale AFTER INSERT OR UPDATE ON council.meeting
	FOR EACH ROW EXECUTE FUNCTION council.mark_search_stale('id');
CREATE TRIGGER search_stale AFTER INSERT OR UPDATE OR DELETE ON council.item
	FOR EACH ROW EXECUTE FUNCTION council.mark_search_stale('meeting_id');
CREATE TRIGGER search_stale AFTER INSERT OR UPDATE OR DELETE ON council.annex
	FOR EACH ROW EXECUTE FUNCTION council.mark_search_stale('meeting_id');
CREATE TRIGGER search_stale AFTER INSERT OR UPDATE OR DELETE ON council.deliberation
	FOR EACH ROW EXECUTE FUNCTION council.mark_search_stale('meeting_id');
CREATE TRIGGER search_stale AFTER INSERT OR UPDATE ON council.minutes
	FOR EACH ROW EXECUTE FUNCTION council.mark_search_stale('meeting_id');
CREATE TRIGGER search_stale AFTER INSERT OR UPDATE OR DELETE ON council.caption
	FOR EACH ROW EXECUTE FUNCTION council.mark_search_stale('meeting_id');
CREATE TRIGGER search_stale AFTER INSERT ON council.event
	FOR EACH ROW WHEN (NEW.kind IN ('item_taken', 'closed')) EXECUTE FUNCTION council.mark_search_stale('meeting_id');
INSERT INTO council.search_stale (meeting_id) SELECT id FROM council.meeting;
