-- Which column of a file means which field, drawn once and remembered for files with the same headings.
CREATE TABLE equipment.import_mapping (
	-- Digest of the headings, in their order or another.
	signature text PRIMARY KEY,
	system text NOT NULL,
	headings jsonb NOT NULL,
	-- { heading: field }
	fields jsonb NOT NULL,
	by_person uuid,
	updated_at timestamptz NOT NULL
);

-- What other inventories call categories and statuses, as this town reads it.
CREATE TABLE equipment.import_word (
	kind text NOT NULL CHECK (kind IN ('category', 'status')),
	-- Folded: without capitals and accents.
	word text NOT NULL,
	value text NOT NULL,
	updated_at timestamptz NOT NULL,
	PRIMARY KEY (kind, word)
);

CREATE TABLE equipment.import_run (
	id uuid PRIMARY KEY,
	source text NOT NULL CHECK (source IN ('file', 'glpi')),
	system text NOT NULL,
	file_name text NOT NULL,
	-- Null once the file is deleted: after it is applied, or after some days.
	file_key text,
	status text NOT NULL CHECK (status IN ('mapping', 'checking', 'checked', 'applying', 'applied', 'failed')),
	progress_percent int NOT NULL DEFAULT 0,
	-- Null as long as nothing is known; without its lists once they are old, since they may name people.
	report jsonb,
	-- Message key of why it failed.
	error text,
	by_person uuid,
	created_at timestamptz NOT NULL,
	finished_at timestamptz
);
CREATE INDEX import_run_created ON equipment.import_run (created_at);

-- The town's GLPI, at most one.
CREATE TABLE equipment.glpi_connection (
	id int PRIMARY KEY CHECK (id = 1),
	url text NOT NULL,
	-- Sealed under the town's secret.
	app_token bytea,
	user_token bytea NOT NULL,
	nightly boolean NOT NULL DEFAULT false,
	version int NOT NULL DEFAULT 1,
	updated_at timestamptz NOT NULL
);
