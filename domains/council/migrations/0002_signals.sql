-- Whoever follows a meeting hears that its record grew: the live pages, the room, the programme.
CREATE FUNCTION council.tell_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('council_meeting', NEW.meeting_id::text);
	RETURN NULL;
END $$;
CREATE TRIGGER tell_event AFTER INSERT ON council.event FOR EACH ROW EXECUTE FUNCTION council.tell_event();
