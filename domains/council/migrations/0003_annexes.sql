-- Documents of a meeting or of one of its items, as they were given: rapports, plans, tableaux.
CREATE TABLE council.annex (
	id uuid PRIMARY KEY,
	meeting_id uuid NOT NULL REFERENCES council.meeting ON DELETE CASCADE,
	item_id uuid REFERENCES council.item ON DELETE CASCADE,
	position int NOT NULL,
	title text NOT NULL,
	-- Whether it is for everybody, or for the members alone.
	public boolean NOT NULL DEFAULT true,
	media_type text NOT NULL,
	bytes int NOT NULL,
	pages int NOT NULL,
	-- Words of its pages, for search.
	text text NOT NULL DEFAULT '',
	file_key text NOT NULL,
	added_at timestamptz NOT NULL
);
CREATE INDEX annex_meeting ON council.annex (meeting_id, position);
