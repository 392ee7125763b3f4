-- The coming hours of a series, or why there is no forecast of it.
CREATE TABLE sensing.forecast (
	series_id int PRIMARY KEY REFERENCES sensing.series (id) ON DELETE CASCADE,
	made_at timestamptz NOT NULL DEFAULT now(),
	-- Null when one was made.
	skipped_reason text,
	-- Start of the first hour; one entry an hour.
	start_at timestamptz,
	expected double precision[],
	lower double precision[],
	upper double precision[]
);

-- Hours that are not as expected.
CREATE TABLE sensing.outlier (
	series_id int NOT NULL REFERENCES sensing.series (id) ON DELETE CASCADE,
	bucket timestamptz NOT NULL,
	-- Against the series' own pattern, or against devices of the same kind.
	basis text NOT NULL CHECK (basis IN ('pattern', 'siblings')),
	value double precision NOT NULL,
	expected double precision NOT NULL,
	PRIMARY KEY (series_id, bucket, basis)
);
