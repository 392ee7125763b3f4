-- When somebody had a device last; null: nobody ever, so it holds nothing.
CREATE FUNCTION equipment.last_use(device uuid) RETURNS timestamptz LANGUAGE sql STABLE AS $$
	SELECT max(at) FROM equipment.device_event
	WHERE device_id = device AND (kind IN ('assigned', 'lent') OR changes->'status'->>1 IN ('in_use', 'on_loan'))
$$;

CREATE OR REPLACE FUNCTION equipment.latest_wipes(item uuid, device uuid)
RETURNS TABLE (wipe_id uuid, slot text, method text, sensitive boolean, standing text) LANGUAGE sql STABLE AS $$
	SELECT DISTINCT ON (wipe.slot) wipe.id, wipe.slot, wipe.method, wipe.sensitive, standing.standing
	FROM equipment.wipe JOIN equipment.wipe_standing standing ON standing.wipe_id = wipe.id
	WHERE wipe.item_id = item
		OR (wipe.device_id = device AND wipe.ended_at >= coalesce(equipment.last_use(device), '-infinity'))
	ORDER BY wipe.slot, wipe.sequence DESC
$$;
