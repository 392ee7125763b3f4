import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { townDay } from '../days.ts';
import type { Category } from '../kinds.ts';
import type { FleetPyramid } from './face.ts';

/** Ten years and more are one. */
const oldest = 10;

interface Row {
	category: Category;
	years: number | null;
	refurbished: boolean;
	simulated: boolean;
	devices: number;
	/** Of all of the row, added up. */
	sum: number | null;
}

/** Ages of what is in service, from the first use by anybody as far as it is known: counts alone, for everybody. */
export async function readPyramid({ db, now }: Context): Promise<FleetPyramid> {
	const { rows } = await sql<Row>`
		SELECT category, least(floor(age), ${oldest})::int AS years, refurbished, simulated, count(*)::int AS devices,
			sum(age)::float8 AS sum
		FROM (SELECT model.category, device.acquired <> 'new' AS refurbished, device.simulated,
				greatest(0, (${townDay(now())}::date - coalesce(device.first_used_on, device.in_use_on, device.bought_on)) / 365.25) AS age
			FROM equipment.device JOIN equipment.model ON model.id = device.model_id
			WHERE device.status IN ('in_use', 'on_loan', 'in_repair')) aged
		GROUP BY 1, 2, 3, 4`.execute(db);
	const count = (some: readonly Row[]) => some.reduce((all, { devices }) => all + devices, 0);
	const used = (some: readonly Row[]) => count(some.filter(({ refurbished }) => refurbished));
	const mean = (some: readonly Row[]) => {
		const dated = some.filter(({ sum }) => sum !== null);
		return dated.length ? dated.reduce((all, { sum }) => all + (sum ?? 0), 0) / count(dated) : null;
	};
	return {
		devices: count(rows),
		refurbished: used(rows),
		meanYears: mean(rows),
		ages: Array.from({ length: oldest + 1 }, (_, years) => {
			const own = rows.filter((row) => row.years === years);
			return { years, devices: count(own), refurbished: used(own) };
		}),
		categories: [...new Set(rows.map(({ category }) => category))]
			.map((category) => {
				const own = rows.filter((row) => row.category === category);
				return { category, devices: count(own), refurbished: used(own), meanYears: mean(own) };
			})
			.sort((a, b) => b.devices - a.devices || (a.category < b.category ? -1 : 1)),
		simulated: rows.some(({ simulated }) => simulated),
	};
}
