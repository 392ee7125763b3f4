-- What shows that somebody may vote in a call; each call says which kinds it takes.
CREATE TABLE participation.proof (
	id uuid PRIMARY KEY,
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	person_id uuid NOT NULL,
	kind text NOT NULL CHECK (kind IN ('email', 'sms', 'letter', 'franceconnect', 'document')),
	status text NOT NULL CHECK (status IN ('asked', 'granted', 'refused')),
	-- Keyed hash of what proves it (telephone number, letter code, identity): the same may not serve two people.
	key_hash bytea,
	code_hash bytea,
	code_expires_at timestamptz,
	attempts int NOT NULL DEFAULT 0,
	-- A document to be looked at; deleted with the decision.
	file_key text,
	refusal text NOT NULL DEFAULT '',
	decided_by uuid,
	created_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (call_id, person_id, kind)
);
CREATE UNIQUE INDEX proof_key ON participation.proof (call_id, kind, key_hash) WHERE status = 'granted';
CREATE INDEX proof_documents ON participation.proof (created_at) WHERE kind = 'document' AND status = 'asked';

-- Codes printed on letters, by keyed hash.
CREATE TABLE participation.letter_code (
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	code_hash bytea NOT NULL,
	used boolean NOT NULL DEFAULT false,
	PRIMARY KEY (call_id, code_hash)
);

-- The register of voters (liste d'émargement) of web and paper. Nothing in it tells which ballot is whose, or when it came:
-- ids are random, no instant is kept.
CREATE TABLE participation.voter (
	id uuid PRIMARY KEY,
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	-- Keyed hash of family name, given name and date of birth: one person is one voter, on paper and on the web.
	identity_hash bytea NOT NULL,
	-- The account, when there is one.
	person_id uuid,
	district_id uuid,
	-- Null: has not voted.
	channel text CHECK (channel IN ('web', 'paper')),
	-- While the vote is open: which ballot of the web box, sealed for the call's key, which the server does not hold.
	sealed_ballot bytea,
	-- Also came to the booth: what the call's rule for a clash settles at the close.
	clash boolean NOT NULL DEFAULT false,
	UNIQUE (call_id, identity_hash)
);
CREATE UNIQUE INDEX voter_person ON participation.voter (call_id, person_id) WHERE person_id IS NOT NULL;

-- The ballot box of the web. Rows are rewritten together in random order while the vote is open, so that neither their
-- place in the table nor their transaction tells when they came.
CREATE TABLE participation.web_ballot (
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	-- SHA-256 of the receipt's secret: who holds the receipt may change the ballot.
	handle bytea NOT NULL,
	-- [{ "project": number, "points"?: integer }], in the voter's order.
	choices jsonb NOT NULL,
	-- What the receipt is checked against: see receipts.ts.
	commitment bytea NOT NULL,
	PRIMARY KEY (call_id, handle)
);

-- A call's public key, and how its secret key is recognised. The secret key is on paper, in the town's safe.
CREATE TABLE participation.ballot_key (
	call_id uuid PRIMARY KEY REFERENCES participation.call ON DELETE CASCADE,
	public_key bytea NOT NULL
);

CREATE TABLE participation.paper_sheet (
	id uuid PRIMARY KEY,
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	-- Printed on the sheet.
	number text NOT NULL,
	booth text NOT NULL DEFAULT '',
	choices jsonb NOT NULL,
	entered_by uuid NOT NULL,
	-- Second entry, by another agent, where the call asks for it.
	second_choices jsonb,
	second_entered_by uuid,
	-- matches: both entries agree, or one is enough; differs: somebody looks at the sheet; void: counts for nobody.
	status text NOT NULL CHECK (status IN ('once', 'matches', 'differs', 'void')),
	void_reason text NOT NULL DEFAULT '',
	UNIQUE (call_id, number),
	CHECK (second_entered_by <> entered_by)
);

-- The count of one envelope.
CREATE TABLE participation.result (
	envelope_id uuid PRIMARY KEY REFERENCES participation.envelope ON DELETE CASCADE,
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	counted_at timestamptz NOT NULL DEFAULT now(),
	rule jsonb NOT NULL,
	-- Outcome of the call's rule and, to compare, of the others: { "<rule>": Outcome }.
	outcomes jsonb NOT NULL,
	ballot_count int NOT NULL
);

-- What a call's vote came to: the box as published, in the order of commitments.
CREATE TABLE participation.published_box (
	call_id uuid PRIMARY KEY REFERENCES participation.call ON DELETE CASCADE,
	merkle_root bytea,
	web_ballots int NOT NULL,
	paper_ballots int NOT NULL,
	-- Clashes settled: [{ "kept": "paper", "count": 2 }].
	clashes jsonb NOT NULL DEFAULT '[]',
	-- Voters by district, only where there are enough of them: [{ "districtId", "voters" }].
	turnout jsonb NOT NULL DEFAULT '[]',
	published_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE participation.published_ballot (
	call_id uuid NOT NULL REFERENCES participation.call ON DELETE CASCADE,
	position int NOT NULL,
	channel text NOT NULL CHECK (channel IN ('web', 'paper')),
	-- Web: hexadecimal commitment. Paper: the sheet's number. Past elections: the voter's number in the file.
	label text NOT NULL,
	choices jsonb NOT NULL,
	PRIMARY KEY (call_id, position)
);
CREATE INDEX published_ballot_label ON participation.published_ballot (call_id, label);
