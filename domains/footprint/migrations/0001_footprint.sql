CREATE SCHEMA footprint;

-- Kilograms of CO2e that one unit makes, by its source and year; a newer line is used from its day on.
CREATE TABLE footprint.factor (
	code text NOT NULL,
	valid_from date NOT NULL,
	kilograms_per_unit double precision NOT NULL,
	unit text NOT NULL,
	label_fr text NOT NULL,
	label_en text NOT NULL,
	source text NOT NULL,
	source_year int NOT NULL,
	source_url text,
	PRIMARY KEY (code, valid_from)
);
