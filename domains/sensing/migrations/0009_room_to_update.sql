-- Rows that are updated while their hour, their day or their device lasts: with room on the page an update stays on
-- it and touches no index.
ALTER TABLE sensing.observation_hour SET (fillfactor = 70);
ALTER TABLE sensing.observation_day SET (fillfactor = 70);
ALTER TABLE sensing.device SET (fillfactor = 70);
