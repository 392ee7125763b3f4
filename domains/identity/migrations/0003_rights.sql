CREATE TABLE identity.role_grant (
	person_id uuid NOT NULL REFERENCES identity.person (id) ON DELETE CASCADE,
	role text NOT NULL CHECK (role ~ '^[a-z-]+:[a-z_]+$'),
	granted_by uuid,
	granted_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (person_id, role)
);
CREATE INDEX role_grant_role ON identity.role_grant (role);

CREATE TABLE identity.delegation (
	id uuid PRIMARY KEY,
	from_person_id uuid NOT NULL REFERENCES identity.person (id) ON DELETE CASCADE,
	to_person_id uuid NOT NULL REFERENCES identity.person (id) ON DELETE CASCADE,
	role text NOT NULL,
	reason text NOT NULL,
	starts_at timestamptz NOT NULL DEFAULT now(),
	ends_at timestamptz NOT NULL,
	revoked_at timestamptz,
	created_by uuid,
	created_at timestamptz NOT NULL DEFAULT now(),
	CHECK (ends_at > starts_at),
	CHECK (from_person_id <> to_person_id)
);
CREATE INDEX delegation_to ON identity.delegation (to_person_id, ends_at);
CREATE INDEX delegation_from ON identity.delegation (from_person_id);

-- A role holds while it is granted, or lent by someone who holds it themself: what is lent is not lent on.
CREATE VIEW identity.role_in_force AS
SELECT person_id, role, NULL::uuid AS delegation_id FROM identity.role_grant
UNION ALL
SELECT delegation.to_person_id, delegation.role, delegation.id
FROM identity.delegation
JOIN identity.role_grant lent ON lent.person_id = delegation.from_person_id AND lent.role = delegation.role
JOIN identity.person lender ON lender.id = delegation.from_person_id AND lender.suspended_at IS NULL
WHERE delegation.revoked_at IS NULL AND now() >= delegation.starts_at AND now() < delegation.ends_at;

CREATE TABLE identity.api_key (
	id uuid PRIMARY KEY,
	name text NOT NULL,
	hint text NOT NULL,
	key_hash text NOT NULL UNIQUE,
	scopes text[] NOT NULL,
	created_by uuid,
	created_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz NOT NULL,
	revoked_at timestamptz,
	last_used_at timestamptz
);
COMMENT ON COLUMN identity.api_key.hint IS 'First characters, to recognise a key without knowing it';
