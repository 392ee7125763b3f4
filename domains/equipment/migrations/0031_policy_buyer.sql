-- Who declares: the buyer of the yearly statement. One row.
CREATE TABLE equipment.buyer (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	siret text NOT NULL CHECK (siret ~ '^[0-9]{14}$'),
	name text NOT NULL
);

-- The need that a line bought without a request answers, by its code in the policy.
ALTER TABLE equipment.purchase_line ADD COLUMN need text;

-- Events whose letters were written, so that a repeated one writes no second.
CREATE TABLE equipment.policy_letter (
	event_id uuid PRIMARY KEY,
	written_at timestamptz NOT NULL
);
