-- Serial numbers as carbon compares them: letters and digits alone.
CREATE INDEX device_serial_tidy ON equipment.device ((regexp_replace(upper(serial), '[^A-Z0-9]', '', 'g')));
