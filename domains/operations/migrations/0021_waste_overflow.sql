-- A container that overflows is worth a truck's way out of itself, in the street and in the town's good name.
UPDATE operations.waste_flow SET overflow_euros = CASE code
	WHEN 'packaging' THEN 80
	WHEN 'household' THEN 150
	WHEN 'biowaste' THEN 150
	WHEN 'textile' THEN 40
	ELSE 60
END;
