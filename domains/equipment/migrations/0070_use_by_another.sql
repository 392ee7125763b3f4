-- When somebody had a device last; null: nobody ever, so it holds nothing. A correction or an import may name another holder too.
CREATE OR REPLACE FUNCTION equipment.last_use(device uuid) RETURNS timestamptz LANGUAGE sql STABLE AS $$
	SELECT max(at) FROM equipment.device_event
	WHERE device_id = device AND (kind IN ('assigned', 'lent') OR changes->'status'->>1 IN ('in_use', 'on_loan')
		OR changes->'holderId'->>1 IS NOT NULL)
$$;
