-- When a campaign was first shown to everybody: the town's timeline tells of that, not of each correction.
ALTER TABLE equipment.campaign ADD COLUMN published_at timestamptz;
