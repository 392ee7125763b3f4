-- A model that turned out to be another one; what still points at it means the other.
ALTER TABLE equipment.model ADD COLUMN merged_into uuid REFERENCES equipment.model (id);
-- Where the end of support was read; null: to be checked.
ALTER TABLE equipment.model ADD COLUMN support_source text;
ALTER TABLE equipment.model ADD COLUMN note text;
ALTER TABLE equipment.model ADD CHECK (merged_into IS DISTINCT FROM id);

-- A town's own value, of a category or of a model, from a day on. Without one, what ships with Parvis is used. Never rewritten.
CREATE TABLE equipment.own_footprint (
	id uuid PRIMARY KEY,
	category text,
	model_id uuid REFERENCES equipment.model (id),
	valid_from date NOT NULL,
	-- kg CO2e, kg CO2e, kg CO2e, kWh for a year: { low, mid, high } each.
	manufacture jsonb NOT NULL,
	transport jsonb NOT NULL,
	end_of_life jsonb NOT NULL,
	use_kwh_per_year jsonb NOT NULL,
	source text NOT NULL,
	source_year int NOT NULL,
	licence text NOT NULL,
	url text,
	caveat text,
	by_person uuid,
	created_at timestamptz NOT NULL,
	CHECK (num_nonnulls(category, model_id) = 1)
);
CREATE UNIQUE INDEX own_footprint_category ON equipment.own_footprint (category, valid_from);
CREATE UNIQUE INDEX own_footprint_model ON equipment.own_footprint (model_id, valid_from);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON equipment.own_footprint
FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

-- Digest of the factors that this installation last ran with, so that a new release tells that they changed.
CREATE TABLE equipment.shipped_factors (
	digest text PRIMARY KEY,
	since timestamptz NOT NULL
);
