CREATE SCHEMA operations;

-- Photos that residents and agents send; the picture itself is among the files, under operations/photos/<id>.
CREATE TABLE operations.photo (
	id uuid PRIMARY KEY,
	subject_kind text NOT NULL CHECK (subject_kind IN ('intervention', 'report', 'round_stop')),
	subject_id uuid NOT NULL,
	-- Shown to everybody, once an agent said so.
	public boolean NOT NULL DEFAULT false,
	width int NOT NULL,
	height int NOT NULL,
	size_bytes int NOT NULL,
	-- Person id; null: sent without an account.
	sent_by uuid,
	created_at timestamptz NOT NULL
);
CREATE INDEX photo_subject ON operations.photo (subject_kind, subject_id);
