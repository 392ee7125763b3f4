// Generated from the database by `./parvis check --write`.
import type { ColumnType } from 'kysely';

type Generated<T> = ColumnType<T, never, never>;

export interface DB {
	'footprint.entry': {
		id: string;
		key: string;
		revision: number;
		corrects: string | null;
		day: string;
		service: string;
		quantity: string;
		unit: 'km' | 'kWh' | 'l' | 'kg' | 'h' | 'year';
		factor_code: string | null;
		factor_kilograms: string | null;
		factor_source: string | null;
		factor_year: number | null;
		baseline_fr: string;
		baseline_en: string;
		method_fr: string;
		method_en: string;
		simulated: boolean;
		recorded_at: Date;
		stated_kilograms: string | null;
		stated_low: string | null;
		stated_high: string | null;
		stated_source: string | null;
		kilograms: Generated<string | null>;
		kilograms_low: Generated<string | null>;
		kilograms_high: Generated<string | null>;
	};
	'footprint.factor': {
		code: string;
		valid_from: string;
		kilograms_per_unit: number;
		unit: string;
		label_fr: string;
		label_en: string;
		source: string;
		source_year: number;
		source_url: string | null;
		caveat_fr: string | null;
		caveat_en: string | null;
	};
}
