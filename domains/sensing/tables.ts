import type { ColumnType } from 'kysely';

type Json = ColumnType<unknown, string, string>;
type Generated<T> = T extends ColumnType<infer S, infer I, infer U>
	? ColumnType<S, I | undefined, U>
	: ColumnType<T, T | undefined, T>;
type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface DB {
	'sensing.device': {
		id: string;
		name: string;
		type_id: string;
		dev_eui: string | null;
		external_id: string | null;
		place_id: string | null;
		place_kind: string | null;
		longitude: number | null;
		latitude: number | null;
		service: string | null;
		parameters: Generated<Json>;
		expected_interval_seconds: number | null;
		status: Generated<string>;
		visibility: Generated<string>;
		battery_percent: number | null;
		last_seen_at: Timestamp | null;
		last_uplink: ColumnType<unknown, string | null, string | null>;
		credential_hash: string | null;
		created_at: Generated<Timestamp>;
		updated_at: Generated<Timestamp>;
	};
	'sensing.device_type': {
		id: string;
		vendor: string;
		model: string;
		name: string;
		description: Generated<string>;
		codec_source: string | null;
		codec_version: string | null;
		mapping: Json;
		expected_interval_seconds: number;
		retention_days: number | null;
		created_at: Generated<Timestamp>;
		updated_at: Generated<Timestamp>;
	};
	'sensing.device_type_version': {
		id: string;
		type_id: string;
		replaced_at: Generated<Timestamp>;
		replaced_by: string | null;
		codec_source: string | null;
		codec_version: string | null;
		mapping: Json;
	};
	'sensing.series': { id: Generated<number>; device_id: string; property: string; unit: string };
	'sensing.latest_value': {
		series_id: number;
		observed_at: Timestamp;
		value: number;
		quality: number;
		received_at: Timestamp;
	};
	'sensing.observation': {
		series_id: number;
		observed_at: Timestamp;
		value: number;
		received_at: Timestamp;
		quality: Generated<number>;
	};
	'sensing.waiting_device': {
		id: string;
		dev_eui: string | null;
		external_id: string | null;
		network: string;
		first_seen_at: Generated<Timestamp>;
		last_seen_at: Generated<Timestamp>;
		uplink_count: Generated<number>;
		hints: Generated<Json>;
		ignored_at: Timestamp | null;
	};
	'sensing.waiting_uplink': { id: string; waiting_device_id: string; received_at: Timestamp; message: Json };
	'sensing.dead_letter': {
		id: string;
		received_at: Timestamp;
		source: string;
		topic: string | null;
		device_id: string | null;
		identifier: string | null;
		reason: string;
		detail: string | null;
		payload: Buffer | null;
		headers: ColumnType<unknown, string | null, string | null>;
		status: Generated<string>;
		replayed_at: Timestamp | null;
	};
}
