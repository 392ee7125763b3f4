import { sql } from 'kysely';
import type { Context } from '../context.ts';

interface Row {
	month: string;
	kind: string;
	category: string;
	simulated: boolean;
	devices: number;
	years: number;
	low: number;
	mid: number;
	high: number;
}

/** What devices avoid, by month, kind and category: no record of a single device, which a serial or a holder could betray. */
export function offerClaims({ platform, db }: Context): void {
	platform.datasets.offer('equipment', {
		name: 'terminaux-carbone-evite',
		title: { fr: 'Carbone évité par les terminaux', en: 'Carbon avoided by devices' },
		columns: [
			'month',
			'kind',
			'category',
			'simulated',
			'devices',
			'service_years',
			'kilograms_co2e_low',
			'kilograms_co2e',
			'kilograms_co2e_high',
		],
		async *rows() {
			const { rows } = await sql<Row>`SELECT to_char(month, 'YYYY-MM') AS month, kind, category, simulated,
					count(DISTINCT object)::int AS devices, (sum(days) / 365.25)::float8 AS years,
					sum(low)::float8 AS low, sum(mid)::float8 AS mid, sum(high)::float8 AS high
				FROM equipment.carbon_claim GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`.execute(db);
			for (const { month, kind, category, simulated, devices, years, low, mid, high } of rows)
				yield [month, kind, category, simulated, devices, Math.round(years * 1000) / 1000, low, mid, high];
		},
	});
}
