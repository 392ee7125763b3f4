// Generated from the database by `./parvis check --write`.
import type { ColumnType } from 'kysely';

type Json = ColumnType<unknown, string, string>;
type Defaulted<T> = T extends ColumnType<infer S, infer I, infer U>
	? ColumnType<S, I | undefined, U>
	: ColumnType<T, T | undefined, T>;
type Generated<T> = ColumnType<T, never, never>;

export interface DB {
	'sensing.alarm': {
		id: string;
		rule_id: string;
		device_id: string;
		series_id: number | null;
		raised_at: Date;
		value: number | null;
		acknowledged_at: Date | null;
		acknowledged_by: string | null;
		note: string | null;
		cleared_at: Date | null;
		cleared_by: string | null;
		notified_at: Date | null;
		recorded_at: Defaulted<Date>;
	};
	'sensing.alarm_pending': {
		series_id: number;
		first_at: Date;
	};
	'sensing.alarm_rule': {
		id: string;
		name: string;
		type_id: string | null;
		device_id: string | null;
		place_id: string | null;
		property: string | null;
		condition: Json;
		schedule: Json | null;
		severity: 'information' | 'warning' | 'critical';
		recipients: Defaulted<string[]>;
		is_public: Defaulted<boolean>;
		enabled: Defaulted<boolean>;
		created_at: Defaulted<Date>;
		updated_at: Defaulted<Date>;
	};
	'sensing.alarm_state': {
		rule_id: string;
		series_id: number;
		state: Json;
	};
	'sensing.broker_session': {
		number: Generated<number>;
		client_id: string;
		opened_at: Defaulted<Date>;
	};
	'sensing.dead_letter': {
		id: string;
		received_at: Date;
		source: string;
		topic: string | null;
		device_id: string | null;
		identifier: string | null;
		reason: string;
		detail: string | null;
		payload: Buffer | null;
		headers: Json | null;
		status: Defaulted<'waiting' | 'replayed' | 'discarded'>;
		replayed_at: Date | null;
	};
	'sensing.device': {
		id: string;
		name: string;
		type_id: string;
		dev_eui: string | null;
		external_id: string | null;
		place_id: string | null;
		longitude: number | null;
		latitude: number | null;
		service: string | null;
		parameters: Defaulted<Json>;
		expected_interval_seconds: number | null;
		status: Defaulted<'active' | 'retired'>;
		battery_percent: number | null;
		last_seen_at: Date | null;
		last_uplink: Json | null;
		credential_hash: string | null;
		created_at: Defaulted<Date>;
		updated_at: Defaulted<Date>;
		visibility: Defaulted<'default' | 'public' | 'agents'>;
		place_kind: string | null;
	};
	'sensing.device_type': {
		id: string;
		vendor: string;
		model: string;
		name: string;
		description: Defaulted<string>;
		codec_source: string | null;
		codec_version: string | null;
		mapping: Json;
		expected_interval_seconds: number;
		retention_days: number | null;
		created_at: Defaulted<Date>;
		updated_at: Defaulted<Date>;
	};
	'sensing.device_type_version': {
		id: string;
		type_id: string;
		replaced_at: Defaulted<Date>;
		replaced_by: string | null;
		codec_source: string | null;
		codec_version: string | null;
		mapping: Json;
	};
	'sensing.forecast': {
		series_id: number;
		made_at: Defaulted<Date>;
		skipped_reason: string | null;
		start_at: Date | null;
		expected: number[] | null;
		lower: number[] | null;
		upper: number[] | null;
	};
	'sensing.integration': {
		id: string;
		name: string;
		username: string;
		credential_hash: string;
		created_at: Defaulted<Date>;
	};
	'sensing.latest_value': {
		series_id: number;
		observed_at: Date;
		value: number;
		quality: number;
		received_at: Date;
	};
	'sensing.observation': {
		series_id: number;
		observed_at: Date;
		value: number;
		received_at: Date;
		quality: Defaulted<number>;
	};
	'sensing.observation_day': {
		series_id: number;
		bucket: Date;
		count: number;
		sum: number;
		minimum: number;
		maximum: number;
		last: number;
		last_at: Date;
	};
	'sensing.observation_hour': {
		series_id: number;
		bucket: Date;
		count: number;
		sum: number;
		minimum: number;
		maximum: number;
		last: number;
		last_at: Date;
	};
	'sensing.outlier': {
		series_id: number;
		bucket: Date;
		basis: 'pattern' | 'siblings';
		value: number;
		expected: number;
	};
	'sensing.pending_rollup': {
		id: Generated<number>;
		received_at: Date;
		series_ids: number[];
		buckets: Date[];
		counts: number[];
		sums: number[];
		minimums: number[];
		maximums: number[];
		lasts: number[];
		last_ats: Date[];
		first_ats: Date[];
		devices: Json;
	};
	'sensing.series': {
		id: Generated<number>;
		device_id: string;
		property: string;
		unit: string;
	};
	'sensing.waiting_device': {
		id: string;
		dev_eui: string | null;
		external_id: string | null;
		network: string;
		first_seen_at: Defaulted<Date>;
		last_seen_at: Defaulted<Date>;
		uplink_count: Defaulted<number>;
		hints: Defaulted<Json>;
		ignored_at: Date | null;
	};
	'sensing.waiting_uplink': {
		id: string;
		waiting_device_id: string;
		received_at: Date;
		message: Json;
	};
}
