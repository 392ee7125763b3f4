-- What is supposed in the reckoning of carbon and of the replacement plan, as the town changed it; the newest line of a name
-- and category is in force, older ones stay to be read. What ships with Parvis stands in the code.
CREATE TABLE equipment.assumption (
	id uuid PRIMARY KEY,
	name text NOT NULL,
	-- Null: for all, where the name is not by category.
	category text CHECK (category IN ('smartphone', 'feature_phone', 'tablet', 'laptop', 'desktop', 'monitor',
		'server', 'printer', 'network', 'projector', 'other')),
	low double precision NOT NULL,
	mid double precision NOT NULL,
	high double precision NOT NULL,
	source text NOT NULL,
	source_url text,
	-- Person id; null once erased.
	by_person uuid,
	recorded_at timestamptz NOT NULL,
	CHECK (low <= mid AND mid <= high)
);
CREATE INDEX assumption_newest ON equipment.assumption (name, category, recorded_at);

-- What a device or an item is credited with in a month: what the ledger holds under its key, so that a change of facts is
-- posted as the difference. Kilograms of CO2e.
CREATE TABLE equipment.carbon_claim (
	-- `device/<id>` or `item/<id>`
	subject text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('kept', 'refurbished', 'reused')),
	-- First day of the month.
	month date NOT NULL CHECK (extract(day FROM month) = 1),
	-- Last day that counts in the month; its day in the ledger.
	day date NOT NULL,
	-- The physical device, whatever records tell of it: the smallest of their subjects.
	object text NOT NULL,
	category text NOT NULL,
	simulated boolean NOT NULL,
	-- Days on which the making of a new device was displaced.
	days int NOT NULL CHECK (days >= 0),
	low numeric(20, 6) NOT NULL,
	mid numeric(20, 6) NOT NULL,
	high numeric(20, 6) NOT NULL,
	-- As posted.
	source text NOT NULL,
	PRIMARY KEY (subject, kind, month)
);
CREATE INDEX carbon_claim_object ON equipment.carbon_claim (object);
CREATE INDEX carbon_claim_month ON equipment.carbon_claim (month, kind);
