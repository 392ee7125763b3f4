// Generated from the database by `./parvis check --write`.
import type { ColumnType } from 'kysely';

type Json = ColumnType<unknown, string, string>;
type Defaulted<T> = T extends ColumnType<infer S, infer I, infer U>
	? ColumnType<S, I | undefined, U>
	: ColumnType<T, T | undefined, T>;

export interface DB {
	'operations.photo': {
		id: string;
		subject_kind: 'intervention' | 'report' | 'round_stop';
		subject_id: string;
		public: Defaulted<boolean>;
		width: number;
		height: number;
		size_bytes: number;
		sent_by: string | null;
		created_at: Date;
	};
	'operations.waste_comparison': {
		kind: 'simulation' | 'actual';
		day: string;
		fixed: Json;
		planned: Json;
		made_at: Date;
	};
	'operations.waste_container': {
		id: string;
		external_id: string | null;
		name: string;
		flow: string;
		volume_liters: number;
		place_id: string | null;
		longitude: number;
		latitude: number;
		address: Defaulted<string>;
		access_side: 'left' | 'right' | null;
		access_note: Defaulted<string>;
		max_height_meters: number | null;
		max_weight_tonnes: number | null;
		skills: Defaulted<string[]>;
		service_seconds: Defaulted<number>;
		device_id: string | null;
		sensor: string | null;
		active: Defaulted<boolean>;
		emptied_at: Date | null;
		version: Defaulted<number>;
		created_at: Date;
		updated_at: Date;
	};
	'operations.waste_event': {
		id: string;
		name: string;
		from_day: string;
		to_day: string;
		factor: number;
		longitude: number | null;
		latitude: number | null;
		radius_meters: number | null;
		created_at: Date;
	};
	'operations.waste_fixed_round': {
		id: string;
		external_id: string | null;
		name: string;
		vehicle_id: string;
		weekdays: number[];
		containers: string[];
		active: Defaulted<boolean>;
		version: Defaulted<number>;
		created_at: Date;
		updated_at: Date;
	};
	'operations.waste_flow': {
		code: string;
		name_fr: string;
		name_en: string;
		colour: 'green' | 'yellow' | 'blue' | 'grey' | 'brown' | 'violet';
		kilograms_per_cubic_meter: number;
		compaction: Defaulted<number>;
		overflow_euros: number;
	};
	'operations.waste_forecast': {
		container_id: string;
		made_at: Date;
		source: 'sensor' | 'siblings';
		doubt: 'stuck' | 'jumps' | 'silent' | 'drift' | null;
		level_percent: number;
		level_spread: number;
		level_at: Date | null;
		percent_per_day: number;
		days: Json;
	};
	'operations.waste_pickup': {
		id: string;
		container_id: string;
		at: Date;
		source: 'round' | 'hand' | 'sensor';
		round_stop_id: string | null;
		fill_percent: number | null;
		level_percent: number | null;
		kilograms: number | null;
		recorded_at: Date;
	};
	'operations.waste_plan': {
		day: string;
		version: Defaulted<number>;
		made_at: Date;
		cause: 'nightly' | 'hand' | 'alarm' | 'vehicle' | 'could_not';
		changed_at: Date;
		changed_by: string;
		stale_reason: string | null;
		problems: Defaulted<Json>;
		cost_euros: Defaulted<number>;
	};
	'operations.waste_plan_container': {
		day: string;
		container_id: string;
		chosen: boolean;
		reason: string;
		level_percent: number;
		overflow_probability: number;
		prize_euros: number;
	};
	'operations.waste_round': {
		id: string;
		day: string;
		vehicle_id: string;
		driver_id: string | null;
		status: Defaulted<'planned' | 'under_way' | 'done' | 'cancelled'>;
		version: Defaulted<number>;
		planned_start: Date | null;
		planned_end: Date | null;
		planned_meters: Defaulted<number>;
		planned_driving_seconds: Defaulted<number>;
		overtime_seconds: Defaulted<number>;
		line: Defaulted<Json>;
		started_at: Date | null;
		finished_at: Date | null;
		created_at: Date;
		updated_at: Date;
	};
	'operations.waste_round_event': {
		id: string;
		round_id: string;
		stop_id: string | null;
		kind: 'start' | 'done' | 'could_not' | 'unloaded' | 'finish';
		at: Date;
		received_at: Date;
		by_id: string | null;
		by_name: string;
		detail: Json;
		conflict: Json | null;
	};
	'operations.waste_round_stop': {
		id: string;
		round_id: string;
		day: string;
		position: number;
		kind: 'container' | 'unloading' | 'break';
		container_id: string | null;
		site_id: string | null;
		planned_arrival: Date | null;
		planned_departure: Date | null;
		level_percent: number | null;
		overflow_probability: number | null;
		pinned: Defaulted<boolean>;
		state: Defaulted<'waiting' | 'done' | 'could_not' | 'removed'>;
		done_at: Date | null;
		done_by: string | null;
		reason: string | null;
		note: string | null;
		fill_percent: number | null;
		kilograms: number | null;
		photo_ids: Defaulted<string[]>;
	};
	'operations.waste_setting': {
		id: Defaulted<number>;
		collection_weekdays: Defaulted<number[]>;
		horizon_days: Defaulted<number>;
		least_level_percent: Defaulted<number>;
		euros_per_kilometer: Defaulted<number>;
		euros_per_hour: Defaulted<number>;
		overtime_euros_per_hour: Defaulted<number>;
		euros_per_pickup: Defaulted<number>;
		break_after_seconds: Defaulted<number | null>;
		break_seconds: Defaulted<number>;
		solve_seconds: Defaulted<number>;
		version: Defaulted<number>;
	};
	'operations.waste_site': {
		id: string;
		external_id: string | null;
		kind: 'depot' | 'unloading';
		name: string;
		longitude: number;
		latitude: number;
		flows: Defaulted<string[]>;
		opening_hours: string | null;
		service_seconds: Defaulted<number>;
		active: Defaulted<boolean>;
		created_at: Date;
	};
	'operations.waste_vehicle': {
		id: string;
		external_id: string | null;
		name: string;
		compartments: Json;
		payload_kilograms: number;
		height_meters: number;
		weight_tonnes: number;
		liters_per_100km: number;
		fuel_factor: Defaulted<string>;
		depot_id: string;
		shift_from: Defaulted<string>;
		shift_to: Defaulted<string>;
		overtime_after_seconds: Defaulted<number>;
		skills: Defaulted<string[]>;
		driver_id: string | null;
		active: Defaulted<boolean>;
		version: Defaulted<number>;
		created_at: Date;
		updated_at: Date;
	};
	'operations.waste_vehicle_absence': {
		id: string;
		vehicle_id: string;
		from_day: string;
		to_day: string;
		reason: string;
		declared_by: string;
		created_at: Date;
	};
	'operations.waste_wish': {
		day: string;
		container_id: string;
		kind: 'pin' | 'exclude';
		vehicle_id: string | null;
		first: Defaulted<boolean>;
		reason: Defaulted<string>;
		asked_by: string;
		asked_at: Date;
	};
}
