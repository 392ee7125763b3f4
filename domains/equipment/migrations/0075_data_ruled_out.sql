-- A manager said that an item holds nothing to wipe after all; the reason is in its `note`.
ALTER TABLE equipment.item_event DROP CONSTRAINT item_event_kind_check, ADD CONSTRAINT item_event_kind_check CHECK (kind IN
	('received', 'edited', 'data_ruled_out', 'put_in_lot', 'taken_out', 'handed_over', 'ended', 'end_corrected'));
