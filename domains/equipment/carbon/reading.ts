import type { CreditKind } from '@parvis/device-lifecycle';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Category } from '../kinds.ts';
import { readAssumptions } from './assumptions.ts';
import type { CarbonSum, CarbonSummary } from './face.ts';
import { yearsOfDays } from './rules/months.ts';

interface Row {
	simulated: boolean;
	year: string;
	kind: CreditKind;
	category: Category;
	days: number;
	devices: number;
	low: number;
	mid: number;
	high: number;
}

/** What is claimed, added up; ends of ranges too, as if all erred the same way. */
export async function readSummary({
	db,
}: Context): Promise<{ measured: CarbonSummary; simulated: CarbonSummary }> {
	const [{ rows }, { rows: counts }, inForce] = await Promise.all([
		sql<Row>`SELECT simulated, to_char(month, 'YYYY') AS year, kind, category, sum(days)::int AS days,
				count(DISTINCT object)::int AS devices,
				sum(low)::float8 AS low, sum(mid)::float8 AS mid, sum(high)::float8 AS high
			FROM equipment.carbon_claim GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4`.execute(db),
		sql<{ simulated: boolean; kind: CreditKind | null; devices: number; until: string }>`
			SELECT simulated, kind, count(DISTINCT object)::int AS devices, max(day)::text AS until
			FROM equipment.carbon_claim WHERE days > 0 GROUP BY GROUPING SETS ((simulated, kind), (simulated))`.execute(
			db,
		),
		readAssumptions(db),
	]);
	const of = (simulated: boolean): CarbonSummary => {
		const own = rows.filter((row) => row.simulated === simulated);
		const sum = (some: readonly Row[]): CarbonSum => ({
			kilograms: {
				low: some.reduce((all, { low }) => all + low, 0),
				mid: some.reduce((all, { mid }) => all + mid, 0),
				high: some.reduce((all, { high }) => all + high, 0),
			},
			serviceYears: yearsOfDays(some.reduce((all, { days }) => all + days, 0)),
			newDevices: some.reduce(
				(all, { days, category }) => all + yearsOfDays(days) / inForce('referenceYears', category).range.mid,
				0,
			),
		});
		const years = [...new Set(own.map(({ year }) => year))].sort();
		const kinds = counts.filter((count) => count.simulated === simulated);
		return {
			// One device may be bought refurbished and then kept: it counts once.
			total: { devices: kinds.find(({ kind }) => kind === null)?.devices ?? 0, ...sum(own) },
			until:
				kinds
					.map(({ until }) => until)
					.sort()
					.at(-1) ?? null,
			kinds: (['kept', 'refurbished', 'reused'] as const).map((kind) => ({
				kind,
				devices: kinds.find((count) => count.kind === kind)?.devices ?? 0,
				...sum(own.filter((row) => row.kind === kind)),
			})),
			years: years.map((year) => ({ year, ...sum(own.filter((row) => row.year === year)) })),
			lines: own.map(({ simulated: _simulated, days, low, mid, high, ...row }) => ({
				...row,
				serviceYears: yearsOfDays(days),
				kilograms: { low, mid, high },
			})),
		};
	};
	return { measured: of(false), simulated: of(true) };
}
