-- Lamps are spoken to by MQTT only; gateways of other makers come with the adapter that speaks to them.
ALTER TABLE operations.luminaire DROP COLUMN gateway_id, DROP COLUMN gateway_device;
DROP TABLE operations.light_gateway;
