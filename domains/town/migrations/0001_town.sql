CREATE SCHEMA town;

CREATE TABLE town.setting (
	name text PRIMARY KEY,
	value jsonb NOT NULL,
	updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE town.district (
	id uuid PRIMARY KEY,
	external_id text NOT NULL UNIQUE,
	slug text NOT NULL UNIQUE,
	name text NOT NULL,
	population int,
	longitude double precision NOT NULL,
	latitude double precision NOT NULL,
	geometry jsonb NOT NULL
);

CREATE TABLE town.street (
	id uuid PRIMARY KEY,
	external_id text NOT NULL UNIQUE,
	slug text NOT NULL UNIQUE,
	name text NOT NULL,
	class text NOT NULL,
	one_way boolean NOT NULL DEFAULT false,
	district_id uuid REFERENCES town.district ON DELETE SET NULL,
	longitude double precision NOT NULL,
	latitude double precision NOT NULL,
	geometry jsonb NOT NULL
);
CREATE INDEX street_name ON town.street (lower(name));

CREATE TABLE town.place (
	id uuid PRIMARY KEY,
	external_id text UNIQUE,
	slug text NOT NULL UNIQUE,
	kind text NOT NULL,
	name text NOT NULL,
	description text NOT NULL DEFAULT '',
	district_id uuid REFERENCES town.district ON DELETE SET NULL,
	street_id uuid REFERENCES town.street ON DELETE SET NULL,
	house_number text,
	street_name text,
	postcode text,
	city text,
	longitude double precision NOT NULL,
	latitude double precision NOT NULL,
	opening_hours text,
	website text,
	phone text,
	email text,
	capacity int,
	archived_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX place_kind ON town.place (kind) WHERE archived_at IS NULL;
CREATE INDEX place_district ON town.place (district_id);
CREATE INDEX place_street ON town.place (street_id);
CREATE INDEX place_near ON town.place USING gist (ll_to_earth(latitude, longitude)) WHERE archived_at IS NULL;

CREATE TABLE town.base_layer (
	name text PRIMARY KEY,
	geojson text NOT NULL,
	version text NOT NULL
);

CREATE TABLE town.timeline_entry (
	room text NOT NULL,
	subject text NOT NULL,
	place_id uuid REFERENCES town.place ON DELETE CASCADE,
	happened_at timestamptz NOT NULL,
	title_fr text NOT NULL,
	title_en text NOT NULL,
	url text,
	PRIMARY KEY (room, subject)
);
CREATE INDEX timeline_entry_place ON town.timeline_entry (place_id, happened_at DESC);
CREATE INDEX timeline_entry_recent ON town.timeline_entry (happened_at DESC);

-- Accents are taken off before the stem, so that «école», «Ecole» and «écoles» meet.
CREATE TEXT SEARCH CONFIGURATION town.french (COPY = pg_catalog.french);
ALTER TEXT SEARCH CONFIGURATION town.french
	ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, french_stem;

-- unaccent itself is only STABLE, since its dictionary could change; naming the dictionary makes it safe to index.
CREATE FUNCTION town.plain(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
	SELECT lower(public.unaccent('public.unaccent'::regdictionary, value))
$$;

CREATE TABLE town.search_document (
	room text NOT NULL,
	kind text NOT NULL,
	id text NOT NULL,
	title text NOT NULL,
	body text NOT NULL,
	url text NOT NULL,
	published_at timestamptz NOT NULL DEFAULT now(),
	plain_title text NOT NULL GENERATED ALWAYS AS (town.plain(title)) STORED,
	document tsvector NOT NULL GENERATED ALWAYS AS (
		setweight(to_tsvector('town.french', title), 'A') || setweight(to_tsvector('town.french', body), 'C')
	) STORED,
	PRIMARY KEY (room, kind, id)
);
CREATE INDEX search_document_document ON town.search_document USING gin (document);
CREATE INDEX search_document_plain_title ON town.search_document USING gin (plain_title gin_trgm_ops);

-- Words of titles, as they are written and without accents: what a mistyped word is compared with.
CREATE TABLE town.search_word (
	plain text PRIMARY KEY,
	word text NOT NULL,
	uses int NOT NULL DEFAULT 1
);
CREATE INDEX search_word_plain ON town.search_word USING gin (plain gin_trgm_ops);
