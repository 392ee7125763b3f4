// Generated from the database by `./parvis check --write`.
import type { ColumnType } from 'kysely';

type Json = ColumnType<unknown, string, string>;
type Defaulted<T> = T extends ColumnType<infer S, infer I, infer U>
	? ColumnType<S, I | undefined, U>
	: ColumnType<T, T | undefined, T>;
type Generated<T> = ColumnType<T, never, never>;

export interface DB {
	'equipment.assumption': {
		id: string;
		name: string;
		category: 'smartphone' | 'feature_phone' | 'tablet' | 'laptop' | 'desktop' | 'monitor' | 'server' | 'printer' | 'network' | 'projector' | 'other' | null;
		low: number;
		mid: number;
		high: number;
		source: string;
		source_url: string | null;
		by_person: string | null;
		recorded_at: Date;
	};
	'equipment.audit': {
		id: string;
		title: string;
		scope: 'all' | 'service' | 'site';
		scope_value: string | null;
		started_at: Date;
		started_by: string | null;
		closed_at: Date | null;
		closed_by: string | null;
	};
	'equipment.audit_device': {
		audit_id: string;
		device_id: string;
	};
	'equipment.audit_scan': {
		id: string;
		audit_id: string;
		tag: string;
		device_id: string | null;
		result: 'expected' | 'misplaced' | 'unknown';
		at: Date;
		by_person: string | null;
	};
	'equipment.booking': {
		id: string;
		opening_id: string;
		slot_starts_at: Date;
		slot_ends_at: Date;
		devices: number;
		name: string | null;
		email: string | null;
		token_hash: Buffer;
		locale: string;
		cancelled_at: Date | null;
		reminded_at: Date | null;
		simulated: Defaulted<boolean>;
		created_at: Date;
	};
	'equipment.buyer': {
		one: Defaulted<boolean>;
		siret: string;
		name: string;
	};
	'equipment.campaign': {
		id: string;
		slug: string;
		title: string;
		why: string;
		audience: 'residents' | 'shops' | 'schools' | 'town';
		taken: string[];
		not_taken: string | null;
		starts_on: string;
		ends_on: string;
		status: 'draft' | 'published' | 'cancelled';
		simulated: Defaulted<boolean>;
		version: Defaulted<number>;
		created_at: Date;
		updated_at: Date;
		published_at: Date | null;
	};
	'equipment.carbon_claim': {
		subject: string;
		kind: 'kept' | 'refurbished' | 'reused';
		month: string;
		day: string;
		object: string;
		category: string;
		simulated: boolean;
		days: number;
		low: string;
		mid: string;
		high: string;
		source: string;
	};
	'equipment.certificate': {
		id: string;
		number: string;
		kind: 'device' | 'lot';
		item_id: string | null;
		device_id: string | null;
		lot_id: string | null;
		issued_at: Date;
		payload: string;
		key_id: string;
		signature: Buffer;
		simulated: Defaulted<boolean>;
		pdf_key: string | null;
		pdf_sha256: Buffer | null;
		pdf_bytes: number | null;
		revoked_at: Date | null;
		revoked_why: 'verification_failed' | 'mistaken' | 'replaced' | null;
		revoked_note: string | null;
	};
	'equipment.certificate_counter': {
		year: number;
		last: number;
	};
	'equipment.certificate_key': {
		id: string;
		public_key: Buffer;
		since: Date;
	};
	'equipment.certificate_look': {
		key: string;
		taken: number;
		window_ends_at: Date;
	};
	'equipment.certificate_wipe': {
		certificate_id: string;
		wipe_id: string;
	};
	'equipment.collected_item': {
		id: string;
		number: string;
		receipt_id: string;
		campaign_id: string | null;
		category: 'smartphone' | 'feature_phone' | 'tablet' | 'laptop' | 'desktop' | 'monitor' | 'server' | 'printer' | 'network' | 'projector' | 'other';
		condition: 'works' | 'faulty' | 'broken' | 'unknown';
		holds_data: boolean;
		description: string | null;
		serial: string | null;
		weight_grams: number | null;
		device_id: string | null;
		tag_read: string | null;
		lot_id: string | null;
		state: 'received' | 'in_lot' | 'handed_over' | 'ended';
		ended_as: 'reused' | 'repaired' | 'parts' | 'recycled' | 'returned' | 'missing' | null;
		ended_on: string | null;
		received_at: Date;
		simulated: Defaulted<boolean>;
		version: Defaulted<number>;
	};
	'equipment.collection_settings': {
		id: Defaulted<boolean>;
		giver_days: Defaulted<number>;
	};
	'equipment.desk': {
		device_id: string;
		prefix: string;
		created_at: Date;
	};
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
	'equipment.device_problem': {
		id: string;
		device_id: string;
		kind: 'broken' | 'slow' | 'battery' | 'lost' | 'stolen' | 'not_mine' | 'other';
		words: string | null;
		at: Date;
		by_person: string | null;
		handled_at: Date | null;
		handled_by: string | null;
		answer: string | null;
	};
	'equipment.device_source': {
		system: string;
		external_id: string;
		device_id: string;
	};
	'equipment.drop_off_point': {
		id: string;
		campaign_id: string;
		name: string;
		address: string | null;
		place_id: string | null;
		longitude: number;
		latitude: number;
		note: string | null;
		created_at: Date;
	};
	'equipment.giver': {
		receipt_id: string;
		name: string | null;
		email: string;
		locale: string;
		agreed_at: Date;
	};
	'equipment.glpi_connection': {
		id: number;
		url: string;
		app_token: Buffer | null;
		user_token: Buffer;
		nightly: Defaulted<boolean>;
		version: Defaulted<number>;
		updated_at: Date;
	};
	'equipment.holder': {
		id: string;
		name: string | null;
		email: string | null;
		person_id: string | null;
		service: string | null;
		created_at: Date;
	};
	'equipment.import_mapping': {
		signature: string;
		system: string;
		headings: Json;
		fields: Json;
		by_person: string | null;
		updated_at: Date;
	};
	'equipment.import_run': {
		id: string;
		source: 'file' | 'glpi';
		system: string;
		file_name: string;
		file_key: string | null;
		status: 'mapping' | 'checking' | 'checked' | 'applying' | 'applied' | 'failed';
		progress_percent: Defaulted<number>;
		report: Json | null;
		error: string | null;
		by_person: string | null;
		created_at: Date;
		finished_at: Date | null;
	};
	'equipment.import_word': {
		kind: 'category' | 'status';
		word: string;
		value: string;
		updated_at: Date;
	};
	'equipment.item_event': {
		id: string;
		item_id: string;
		at: Date;
		recorded_at: Date;
		kind: 'received' | 'edited' | 'data_ruled_out' | 'put_in_lot' | 'taken_out' | 'handed_over' | 'ended' | 'end_corrected';
		by_person: string | null;
		by_partner: string | null;
		lot_id: string | null;
		ended_as: string | null;
		detail: Json;
	};
	'equipment.item_photo': {
		id: string;
		item_id: string;
		file_key: string;
		width: number;
		height: number;
		sent_by: string | null;
		created_at: Date;
	};
	'equipment.loan': {
		id: string;
		device_id: string;
		holder_id: string;
		starts_on: string;
		due_on: string;
		status: 'reserved' | 'out' | 'returned' | 'cancelled';
		returned_on: string | null;
		during: Generated<unknown>;
		condition_out: 'new' | 'good' | 'worn' | 'damaged' | 'broken' | null;
		condition_back: 'new' | 'good' | 'worn' | 'damaged' | 'broken' | null;
		note: string | null;
		reminded_on: string | null;
		version: Defaulted<number>;
		created_at: Date;
	};
	'equipment.lot': {
		id: string;
		number: string;
		partner_id: string;
		status: 'open' | 'closed' | 'handed_over' | 'settled';
		note: string | null;
		closed_at: Date | null;
		handed_over_at: Date | null;
		settled_at: Date | null;
		token_hash: Buffer | null;
		slip_key: string | null;
		slip_sha256: Buffer | null;
		simulated: Defaulted<boolean>;
		version: Defaulted<number>;
		created_at: Date;
	};
	'equipment.lot_signature': {
		lot_id: string;
		party: 'town' | 'partner';
		name: string;
		role: string;
		signed_at: Date;
		way: 'drawn' | 'scan';
		file_key: string | null;
		file_sha256: Buffer;
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
		merged_into: string | null;
		support_source: string | null;
		note: string | null;
	};
	'equipment.need_request': {
		id: string;
		number: string;
		asker_id: string | null;
		category: string;
		need: string;
		purpose: string | null;
		trouble: 'none' | 'slow' | 'battery' | 'broken' | 'unsupported' | 'lost' | 'unsuitable';
		device_id: string | null;
		service: string | null;
		wanted_by: string | null;
		status: 'to_decide' | 'decided' | 'withdrawn';
		policy_id: string;
		answer: Json;
		decided_at: Date | null;
		decided_by: string | null;
		decision: 'keep' | 'pool' | 'refurbished' | 'new' | 'nothing' | null;
		exception: Defaulted<boolean>;
		reason: string | null;
		given_device_id: string | null;
		simulated: Defaulted<boolean>;
		version: Defaulted<number>;
		created_at: Date;
	};
	'equipment.offer': {
		category: string;
		repair_cents: number | null;
		battery_cents: number | null;
		reinstall_cents: number | null;
		refurbished_cents: number | null;
		new_cents: number | null;
		repair_days: number | null;
		pool_days: number | null;
		refurbished_days: number | null;
		new_days: number | null;
		source: string;
		simulated: Defaulted<boolean>;
		updated_at: Date;
	};
	'equipment.opening': {
		id: string;
		point_id: string;
		starts_at: Date;
		ends_at: Date;
		slot_minutes: number | null;
		slot_capacity: number | null;
	};
	'equipment.own_footprint': {
		id: string;
		category: string | null;
		model_id: string | null;
		valid_from: string;
		manufacture: Json;
		transport: Json;
		end_of_life: Json;
		use_kwh_per_year: Json;
		source: string;
		source_year: number;
		licence: string;
		url: string | null;
		caveat: string | null;
		by_person: string | null;
		created_at: Date;
	};
	'equipment.partner': {
		id: string;
		name: string;
		kind: 'reuse_workshop' | 'repair_cafe' | 'eco_organisation' | 'charity' | 'town_service';
		email: string | null;
		phone: string | null;
		address: string | null;
		note: string | null;
		active: Defaulted<boolean>;
		simulated: Defaulted<boolean>;
		version: Defaulted<number>;
		created_at: Date;
	};
	'equipment.policy_counter': {
		kind: string;
		year: number;
		last: number;
	};
	'equipment.policy_letter': {
		event_id: string;
		written_at: Date;
	};
	'equipment.policy_version': {
		id: string;
		number: number | null;
		title: string;
		preamble: string;
		articles: Json;
		rules: Json;
		voted_on: string | null;
		in_force_from: string | null;
		deliberation_number: string | null;
		deliberation_url: string | null;
		simulated: Defaulted<boolean>;
		version: Defaulted<number>;
		created_at: Date;
		updated_at: Date;
	};
	'equipment.purchase_line': {
		id: string;
		order_id: string;
		position: number;
		category: string;
		model_id: string | null;
		label: string;
		quantity: number;
		unit_cents: number;
		acquired: 'new' | 'refurbished' | 'reused';
		donated: Defaulted<boolean>;
		recycled_content: Defaulted<boolean>;
		product_line: string | null;
		request_id: string | null;
		exception_reason: string | null;
		need: string | null;
	};
	'equipment.purchase_order': {
		id: string;
		number: string;
		supplier: string;
		status: 'draft' | 'ordered' | 'received' | 'cancelled';
		ordered_on: string | null;
		received_on: string | null;
		note: string | null;
		simulated: Defaulted<boolean>;
		version: Defaulted<number>;
		created_at: Date;
		updated_at: Date;
	};
	'equipment.rate': {
		key: string;
		taken: number;
		window_ends_at: Date;
	};
	'equipment.receipt': {
		id: string;
		number: string;
		campaign_id: string | null;
		point_id: string | null;
		code_hash: Buffer;
		received_by: string | null;
		received_at: Date;
		recorded_at: Date;
		content_hash: Buffer;
		simulated: Defaulted<boolean>;
	};
	'equipment.security_finding': {
		device_id: string;
		found_on: string;
		supported_until: string;
		proposal: 'reinstall' | 'safe_use' | 'leave';
		closed_at: Date | null;
		closed_as: 'reinstall' | 'safe_use' | 'leave' | 'solved' | null;
	};
	'equipment.shipped_factors': {
		digest: string;
		since: Date;
	};
	'equipment.wipe': {
		id: string;
		sequence: Generated<number>;
		item_id: string | null;
		device_id: string | null;
		category: string;
		series_id: string;
		day: string;
		slot: 'main' | 'second' | 'card';
		medium: 'hdd' | 'ssd_sata' | 'ssd_nvme' | 'flash_embedded' | 'memory_card' | 'none' | 'unknown';
		technique: 'overwrite' | 'secure_erase' | 'sanitize_overwrite' | 'block_erase' | 'crypto_erase' | 'factory_reset' | 'degauss' | 'shred' | 'disintegrate' | 'incinerate' | 'inspection';
		encrypted: boolean;
		sensitive: boolean;
		leaving: boolean;
		asked: 'clear' | 'purge' | 'destroy';
		method: 'clear' | 'purge' | 'destroy' | null;
		result: 'done' | 'failed' | 'impossible';
		started_at: Date;
		ended_at: Date;
		serial: string | null;
		imei: string | null;
		medium_serial: string | null;
		note: string | null;
		report: Json | null;
		draw: number;
		sampled: boolean;
		simulated: Defaulted<boolean>;
		recorded_at: Date;
		reopened_at: Date | null;
		reopened_by: string | null;
	};
	'equipment.wipe_draw': {
		day: string;
		seed: Buffer;
	};
	'equipment.wipe_series': {
		id: string;
		operator_id: string | null;
		tool: string;
		tool_version: string;
	};
	'equipment.wipe_verification': {
		id: string;
		sequence: Generated<number>;
		wipe_id: string;
		verifier_id: string | null;
		means: 'read_back' | 'starts_as_new' | 'recovery_attempt' | 'remains_seen' | 'opened';
		passed: boolean;
		note: string | null;
		simulated: Defaulted<boolean>;
		recorded_at: Date;
	};
	'equipment.wiping_settings': {
		one: Defaulted<boolean>;
		sample_percent: Defaulted<number>;
	};
}
