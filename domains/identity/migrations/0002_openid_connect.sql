CREATE TABLE identity.external_identity (
	issuer text NOT NULL,
	subject text NOT NULL,
	provider text NOT NULL CHECK (provider IN ('franceconnect', 'proconnect')),
	person_id uuid NOT NULL REFERENCES identity.person (id) ON DELETE CASCADE,
	created_at timestamptz NOT NULL DEFAULT now(),
	last_used_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (issuer, subject)
);
CREATE INDEX external_identity_person ON identity.external_identity (person_id);

CREATE TABLE identity.sign_in_attempt (
	state_hash text PRIMARY KEY,
	browser_hash text NOT NULL,
	provider text NOT NULL,
	nonce text NOT NULL,
	code_verifier text,
	return_to text NOT NULL,
	link_person_id uuid REFERENCES identity.person (id) ON DELETE CASCADE,
	invitation_hash text,
	expires_at timestamptz NOT NULL
);
CREATE INDEX sign_in_attempt_expires_at ON identity.sign_in_attempt (expires_at);
COMMENT ON COLUMN identity.sign_in_attempt.browser_hash IS 'Hash of a cookie: only the browser that began may finish';

-- Kept for the provider's logout, which asks for the id_token back.
CREATE TABLE identity.external_session (
	session_id uuid PRIMARY KEY REFERENCES identity.session (id) ON DELETE CASCADE,
	provider text NOT NULL,
	id_token_encrypted bytea NOT NULL
);
