-- How the body shares out the floor, unless its desk says otherwise in a meeting.
ALTER TABLE council.body
	ADD floor_rule text NOT NULL DEFAULT 'first_come' CHECK (floor_rule IN ('first_come', 'least_spoken', 'group_balance')),
	-- For one intervention, and for a group on one item; null for no limit.
	ADD speech_seconds int CHECK (speech_seconds > 0),
	ADD group_seconds int CHECK (group_seconds > 0),
	-- Whether the floor ends by itself when the time of an intervention is over.
	ADD cuts_at_limit boolean NOT NULL DEFAULT false;

-- A secret vote's ballots are one sealed total: neither rows nor sizes nor transactions tell one from another.
DROP TABLE council.secret_ballot;
CREATE TABLE council.ballot_box (
	vote_id uuid PRIMARY KEY,
	meeting_id uuid NOT NULL REFERENCES council.meeting,
	sealed bytea NOT NULL
);
