-- Carbon that is reckoned where the quantity is measured, with its range and sources, and needs no factor by unit.
ALTER TABLE footprint.entry
	ADD COLUMN stated_kilograms numeric(20, 6),
	ADD COLUMN stated_low numeric(20, 6),
	ADD COLUMN stated_high numeric(20, 6),
	ADD COLUMN stated_source text,
	DROP COLUMN kilograms,
	DROP CONSTRAINT entry_unit_check;
ALTER TABLE footprint.entry
	ADD COLUMN kilograms numeric(20, 6) GENERATED ALWAYS AS (coalesce(stated_kilograms, round(quantity * factor_kilograms, 6))) STORED,
	-- Where a factor has no stated range, the value itself.
	ADD COLUMN kilograms_low numeric(20, 6) GENERATED ALWAYS AS (coalesce(stated_low, round(quantity * factor_kilograms, 6))) STORED,
	ADD COLUMN kilograms_high numeric(20, 6) GENERATED ALWAYS AS (coalesce(stated_high, round(quantity * factor_kilograms, 6))) STORED,
	-- `year`: a year of service of a device.
	ADD CONSTRAINT entry_unit_check CHECK (unit IN ('km', 'kWh', 'l', 'kg', 'h', 'year')),
	ADD CONSTRAINT entry_stated_check CHECK (num_nonnulls(stated_kilograms, stated_low, stated_high, stated_source) IN (0, 4)),
	ADD CONSTRAINT entry_one_reckoning CHECK (stated_source IS NULL OR factor_code IS NULL);
