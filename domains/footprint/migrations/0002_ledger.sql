-- What is not certain about a factor, said wherever it is used.
ALTER TABLE footprint.factor ADD COLUMN caveat_fr text, ADD COLUMN caveat_en text;

INSERT INTO footprint.factor
	(code, valid_from, kilograms_per_unit, unit, label_fr, label_en, source, source_year, source_url, caveat_fr, caveat_en)
VALUES
	('electricity_kwh', '2020-01-01', 0.0520, 'kWh',
		'Électricité, France continentale, mix moyen de consommation', 'Electricity, mainland France, average consumption mix',
		'ADEME, Base Empreinte®, Electricité/2022 - mix moyen/consommation', 2022,
		'https://base-empreinte.ademe.fr/', NULL, NULL),
	('diesel_litre', '2020-01-01', 3.10, 'l',
		'Gazole routier B7, amont et combustion', 'Road diesel B7, from well to wheel',
		'ADEME, Base Carbone®, gazole routier B7, valeur reprise par Nos Gestes Climat', 2022,
		'https://nosgestesclimat.fr/documentation/transport/voiture/thermique/empreinte-au-litre',
		'année de publication à vérifier', 'year of publication to be checked'),
	('diesel_truck_km', '2020-01-01', 0.55, 'km',
		'Camion porteur de 26 t au gazole, par kilomètre', 'Rigid diesel truck of 26 t, by kilometre',
		'ADEME, valeur indicative d’un porteur de 26 t (information GES des transports)', 2018, NULL,
		'valeur à vérifier ; une benne à ordures consomme davantage', 'value to be checked; a refuse truck uses more'),
	('car_km', '2020-01-01', 0.192, 'km',
		'Voiture thermique moyenne, par kilomètre, sans sa fabrication', 'Average combustion car, by kilometre, without its making',
		'ADEME, Impact CO2, voiture thermique', 2024, 'https://impactco2.fr/outils/transport',
		'valeur à vérifier', 'value to be checked');

-- The ledger. A posting that comes again with another quantity adds the difference; nothing is ever rewritten.
CREATE TABLE footprint.entry (
	id uuid PRIMARY KEY,
	key text NOT NULL,
	-- From 1 within the key: of two transactions at once one waits, or fails on this.
	revision int NOT NULL,
	-- The entry before this one, when it corrects.
	corrects uuid REFERENCES footprint.entry (id),
	-- Day in the town.
	day date NOT NULL,
	service text NOT NULL,
	-- Avoided; negative: more used. Of a correction: the difference.
	quantity numeric(18, 6) NOT NULL,
	unit text NOT NULL CHECK (unit IN ('km', 'kWh', 'l', 'kg', 'h')),
	-- The factor as it was on that day; null where no carbon is counted.
	factor_code text,
	factor_kilograms numeric,
	factor_source text,
	factor_year int,
	kilograms numeric(20, 6) GENERATED ALWAYS AS (round(quantity * factor_kilograms, 6)) STORED,
	baseline_fr text NOT NULL,
	baseline_en text NOT NULL,
	method_fr text NOT NULL,
	method_en text NOT NULL,
	simulated boolean NOT NULL,
	recorded_at timestamptz NOT NULL,
	UNIQUE (key, revision),
	CHECK ((factor_code IS NULL) = (factor_kilograms IS NULL)),
	CHECK ((revision = 1) = (corrects IS NULL))
);
CREATE INDEX entry_day ON footprint.entry (day, service);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON footprint.entry
FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();
