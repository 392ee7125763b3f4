// Generated from the database by `./parvis check --write`.
import type { ColumnType } from 'kysely';

type Json = ColumnType<unknown, string, string>;
type Defaulted<T> = T extends ColumnType<infer S, infer I, infer U>
	? ColumnType<S, I | undefined, U>
	: ColumnType<T, T | undefined, T>;
type Generated<T> = ColumnType<T, never, never>;

export interface DB {
	'town.base_layer': {
		name: string;
		geojson: string;
		version: string;
	};
	'town.district': {
		id: string;
		external_id: string;
		slug: string;
		name: string;
		population: number | null;
		longitude: number;
		latitude: number;
		geometry: Json;
	};
	'town.place': {
		id: string;
		external_id: string | null;
		slug: string;
		kind: string;
		name: string;
		description: Defaulted<string>;
		district_id: string | null;
		street_id: string | null;
		house_number: string | null;
		street_name: string | null;
		postcode: string | null;
		city: string | null;
		longitude: number;
		latitude: number;
		opening_hours: string | null;
		website: string | null;
		phone: string | null;
		email: string | null;
		capacity: number | null;
		archived_at: Date | null;
		created_at: Defaulted<Date>;
		updated_at: Defaulted<Date>;
	};
	'town.road_network': {
		id: string;
		source: string;
		attribution: Defaulted<string>;
		extract_bytes: number;
		graph_bytes: number;
		report: Json;
		imported_by: string;
		imported_at: Defaulted<Date>;
	};
	'town.search_document': {
		room: string;
		kind: string;
		id: string;
		title: string;
		body: string;
		url: string;
		published_at: Defaulted<Date>;
		plain_title: Generated<string>;
		document: Generated<string>;
	};
	'town.search_word': {
		plain: string;
		word: string;
		uses: Defaulted<number>;
	};
	'town.setting': {
		name: string;
		value: Json;
		updated_at: Defaulted<Date>;
	};
	'town.street': {
		id: string;
		external_id: string;
		slug: string;
		name: string;
		class: string;
		one_way: Defaulted<boolean>;
		district_id: string | null;
		longitude: number;
		latitude: number;
		geometry: Json;
	};
	'town.timeline_entry': {
		room: string;
		subject: string;
		place_id: string | null;
		happened_at: Date;
		title_fr: string;
		title_en: string;
		url: string | null;
	};
}
