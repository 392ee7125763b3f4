// Generated from the database by `./parvis check --write`.
import type { ColumnType } from 'kysely';

type Json = ColumnType<unknown, string, string>;
type Defaulted<T> = T extends ColumnType<infer S, infer I, infer U>
	? ColumnType<S, I | undefined, U>
	: ColumnType<T, T | undefined, T>;

export interface DB {
	'equipment.device': {
		id: string;
		tag: string;
		serial: string | null;
		model_id: string;
		status: 'ordered' | 'in_stock' | 'in_use' | 'on_loan' | 'in_repair' | 'missing' | 'leaving' | 'left';
		holder_id: string | null;
		service: string | null;
		site: string | null;
		need: string | null;
		bought_on: string | null;
		in_use_on: string | null;
		warranty_until: string | null;
		supported_until: string | null;
		acquired: 'new' | 'refurbished' | 'reused';
		first_used_on: string | null;
		condition: 'new' | 'good' | 'worn' | 'damaged' | 'broken' | null;
		battery_health_percent: number | null;
		battery_measured_on: string | null;
		price_cents: number | null;
		supplier: string | null;
		order_number: string | null;
		left_on: string | null;
		left_as: 'reused' | 'sold' | 'donated' | 'parts' | 'recycled' | 'lost' | null;
		note: string | null;
		simulated: Defaulted<boolean>;
		version: Defaulted<number>;
		created_at: Date;
		updated_at: Date;
	};
	'equipment.device_event': {
		id: string;
		device_id: string;
		at: Date;
		recorded_at: Date;
		kind: string;
		by_person: string | null;
		changes: Json;
		detail: Json;
		note: string | null;
	};
	'equipment.device_source': {
		system: string;
		external_id: string;
		device_id: string;
	};
	'equipment.holder': {
		id: string;
		name: string | null;
		email: string | null;
		person_id: string | null;
		service: string | null;
		created_at: Date;
	};
	'equipment.model': {
		id: string;
		manufacturer: string;
		name: string;
		category: 'smartphone' | 'feature_phone' | 'tablet' | 'laptop' | 'desktop' | 'monitor' | 'server' | 'printer' | 'network' | 'projector' | 'other';
		supported_until: string | null;
		new_price_cents: number | null;
		refurbished_price_cents: number | null;
		version: Defaulted<number>;
		created_at: Date;
	};
}
