-- Each import of roads that held; the graph itself is a file, town/roads/<id>. The newest is in use.
CREATE TABLE town.road_network (
	id uuid PRIMARY KEY,
	source text NOT NULL,
	-- Empty: OpenStreetMap's contributors.
	attribution text NOT NULL DEFAULT '',
	extract_bytes bigint NOT NULL,
	graph_bytes bigint NOT NULL,
	report jsonb NOT NULL,
	imported_by text NOT NULL,
	imported_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX road_network_newest ON town.road_network (imported_at DESC, id DESC);
