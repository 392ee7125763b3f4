// Generated from the database by `./parvis check --write`.
export interface DB {
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
	};
}
