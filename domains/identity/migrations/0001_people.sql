CREATE SCHEMA IF NOT EXISTS identity;

-- person, session, account, verification and passkey are better-auth's models (user, session, …) under our names;
-- a test compares them with what its release expects.
CREATE TABLE identity.person (
	id uuid PRIMARY KEY,
	name text NOT NULL,
	email text NOT NULL UNIQUE CHECK (email = lower(email)),
	email_verified boolean NOT NULL DEFAULT false,
	image text,
	locale text NOT NULL DEFAULT 'fr' CHECK (locale IN ('fr', 'en')),
	suspended_at timestamptz,
	erased_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX person_search ON identity.person USING gin ((name || ' ' || email) public.gin_trgm_ops);

CREATE TABLE identity.session (
	id uuid PRIMARY KEY,
	person_id uuid NOT NULL REFERENCES identity.person (id) ON DELETE CASCADE,
	token text NOT NULL UNIQUE,
	expires_at timestamptz NOT NULL,
	ip_address text,
	user_agent text,
	method text NOT NULL DEFAULT 'password',
	second_factor_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX session_person ON identity.session (person_id);
CREATE INDEX session_expires_at ON identity.session (expires_at);
COMMENT ON COLUMN identity.session.token IS 'SHA-256 of the token in the cookie, base64url';

CREATE TABLE identity.account (
	id uuid PRIMARY KEY,
	person_id uuid NOT NULL REFERENCES identity.person (id) ON DELETE CASCADE,
	account_id text NOT NULL,
	provider_id text NOT NULL,
	access_token text,
	refresh_token text,
	id_token text,
	access_token_expires_at timestamptz,
	refresh_token_expires_at timestamptz,
	scope text,
	password text,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (provider_id, account_id)
);
CREATE INDEX account_person ON identity.account (person_id);
COMMENT ON COLUMN identity.account.password IS 'argon2id, PHC string';

CREATE TABLE identity.verification (
	id uuid PRIMARY KEY,
	identifier text NOT NULL,
	value text NOT NULL,
	expires_at timestamptz NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX verification_identifier ON identity.verification (identifier);
CREATE INDEX verification_expires_at ON identity.verification (expires_at);

CREATE TABLE identity.passkey (
	id uuid PRIMARY KEY,
	person_id uuid NOT NULL REFERENCES identity.person (id) ON DELETE CASCADE,
	name text,
	public_key text NOT NULL,
	credential_id text NOT NULL UNIQUE,
	counter bigint NOT NULL,
	device_type text NOT NULL,
	backed_up boolean NOT NULL,
	transports text,
	aaguid text,
	created_at timestamptz DEFAULT now()
);
CREATE INDEX passkey_person ON identity.passkey (person_id);

-- Time-based one-time passwords (RFC 6238). Confirmed once a first code was right; last_step refuses replay.
CREATE TABLE identity.second_factor (
	person_id uuid PRIMARY KEY REFERENCES identity.person (id) ON DELETE CASCADE,
	secret_encrypted bytea NOT NULL,
	confirmed_at timestamptz,
	last_step bigint NOT NULL DEFAULT 0,
	created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE identity.recovery_code (
	person_id uuid NOT NULL REFERENCES identity.person (id) ON DELETE CASCADE,
	code_hash text NOT NULL,
	used_at timestamptz,
	PRIMARY KEY (person_id, code_hash)
);

-- Links sent by mail or printed for the operator: invitations and changes of address.
CREATE TABLE identity.one_time_link (
	token_hash text PRIMARY KEY,
	kind text NOT NULL CHECK (kind IN ('verification', 'email', 'invitation', 'first_administrator')),
	person_id uuid REFERENCES identity.person (id) ON DELETE CASCADE,
	email text,
	expires_at timestamptz NOT NULL,
	used_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE identity.rate (
	key text PRIMARY KEY,
	taken integer NOT NULL,
	window_ends_at timestamptz NOT NULL
);
COMMENT ON COLUMN identity.rate.key IS 'What is limited, and a keyed hash of whom: no address in clear';
