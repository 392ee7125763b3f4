import { sql } from 'kysely';
import type { Context } from './context.ts';
import type { Entry, EntryQuery, Footprint, FootprintUnit, ServiceLine, ServiceMonth } from './face.ts';
import { factorOn, readFactors } from './factors.ts';

const mostLines = 200;
const monthPattern = /^\d{4}-(0[1-9]|1[0-2])$/;

/** What the public reads of the ledger. */
export function createReading({ db }: Context): Pick<Footprint, 'summary' | 'months' | 'lines' | 'entries'> {
	/** A month's first day; a day of no entry for what is no month. */
	const firstDay = (month: string) => (monthPattern.test(month) ? `${month}-01` : '0001-01-01');
	const inMonth = (month: string) =>
		sql<boolean>`day >= ${firstDay(month)}::date AND day < ${firstDay(month)}::date + interval '1 month'`;

	function matching(query: EntryQuery) {
		let rows = db.selectFrom('footprint.entry');
		if (query.month !== undefined) rows = rows.where(inMonth(query.month));
		if (query.service !== undefined) rows = rows.where('service', '=', query.service);
		if (query.simulated !== undefined) rows = rows.where('simulated', '=', query.simulated);
		if (query.corrections) rows = rows.where('corrects', 'is not', null);
		return rows;
	}

	return {
		async summary({ service, since } = {}) {
			const rows = await matching({ service })
				.select([
					'simulated',
					sql<number>`sum(kilograms)::float8`.as('kilograms'),
					sql<number>`sum(kilograms_low)::float8`.as('low'),
					sql<number>`sum(kilograms_high)::float8`.as('high'),
					sql<string>`min(day)::text`.as('from'),
					sql<string>`max(day)::text`.as('to'),
				])
				.where('kilograms', 'is not', null)
				.$if(since !== undefined, (query) => query.where(sql<boolean>`day >= ${since}::date`))
				.groupBy('simulated')
				.execute();
			const of = (simulated: boolean) => {
				const row = rows.find((one) => one.simulated === simulated);
				if (!row) return null;
				const { kilograms, low, high, from, to } = row;
				return { kilograms, low, high, from, to };
			};
			return { measured: of(false), simulated: of(true) };
		},

		async months(): Promise<ServiceMonth[]> {
			return db
				.selectFrom('footprint.entry')
				.select([
					sql<string>`to_char(day, 'YYYY-MM')`.as('month'),
					'service',
					'simulated',
					sql<number>`coalesce(sum(kilograms), 0)::float8`.as('kilograms'),
					sql<number>`coalesce(sum(kilograms_low), 0)::float8`.as('low'),
					sql<number>`coalesce(sum(kilograms_high), 0)::float8`.as('high'),
					sql<number>`count(*)::int`.as('entries'),
					sql<number>`count(corrects)::int`.as('corrections'),
				])
				.groupBy(['month', 'service', 'simulated'])
				.orderBy('month', 'desc')
				.orderBy('service')
				.orderBy('simulated')
				.execute();
		},

		async lines(month): Promise<ServiceLine[]> {
			const [rows, factors] = await Promise.all([
				matching({ month })
					.select([
						'service',
						'simulated',
						'unit',
						'factor_code',
						sql<number | null>`factor_kilograms::float8`.as('factor_kilograms'),
						'factor_source',
						'factor_year',
						'stated_source',
						'baseline_fr',
						'baseline_en',
						'method_fr',
						'method_en',
						sql<number>`sum(quantity)::float8`.as('quantity'),
						sql<number | null>`sum(kilograms)::float8`.as('kilograms'),
						sql<number | null>`sum(kilograms_low)::float8`.as('low'),
						sql<number | null>`sum(kilograms_high)::float8`.as('high'),
						sql<number>`count(*)::int`.as('entries'),
						sql<number>`count(corrects)::int`.as('corrections'),
					])
					.groupBy([
						'service',
						'simulated',
						'unit',
						'factor_code',
						'factor_kilograms',
						'factor_source',
						'factor_year',
						'stated_source',
						'baseline_fr',
						'baseline_en',
						'method_fr',
						'method_en',
					])
					.orderBy(sql`abs(sum(kilograms))`, (order) => order.desc().nullsLast())
					.limit(mostLines)
					.execute(),
				readFactors(db),
			]);
			return rows.map((row) => {
				const known =
					row.factor_code === null ? undefined : factorOn(factors, row.factor_code, `${month}-28`);
				return {
					service: row.service,
					simulated: row.simulated,
					quantity: row.quantity,
					unit: row.unit as FootprintUnit,
					kilograms: row.kilograms,
					low: row.low,
					high: row.high,
					statedSource: row.stated_source,
					factor:
						row.factor_code === null
							? null
							: {
									code: row.factor_code,
									kilogramsPerUnit: row.factor_kilograms ?? 0,
									source: row.factor_source ?? '',
									year: row.factor_year ?? 0,
									label: known?.label ?? { fr: row.factor_code, en: row.factor_code },
									caveat: known?.source === row.factor_source ? (known?.caveat ?? null) : null,
								},
					baseline: { fr: row.baseline_fr, en: row.baseline_en },
					method: { fr: row.method_fr, en: row.method_en },
					entries: row.entries,
					corrections: row.corrections,
				};
			});
		},

		async entries(query = {}) {
			const page = Math.max(1, query.page ?? 1);
			const pageSize = Math.min(1000, Math.max(1, query.pageSize ?? 50));
			const [{ total }, rows] = await Promise.all([
				matching(query).select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow(),
				matching(query)
					.selectAll()
					.select([
						sql<string>`day::text`.as('on_day'),
						sql<number>`quantity::float8`.as('amount'),
						sql<number | null>`kilograms::float8`.as('carbon'),
						sql<number | null>`kilograms_low::float8`.as('low'),
						sql<number | null>`kilograms_high::float8`.as('high'),
						sql<number | null>`factor_kilograms::float8`.as('per_unit'),
					])
					.orderBy('day', 'desc')
					.orderBy('key')
					.orderBy('revision')
					.limit(pageSize)
					.offset((page - 1) * pageSize)
					.execute(),
			]);
			const items = rows.map(
				(row): Entry => ({
					id: row.id,
					key: row.key,
					day: row.on_day,
					service: row.service,
					quantity: row.amount,
					unit: row.unit as FootprintUnit,
					factor:
						row.factor_code === null
							? null
							: {
									code: row.factor_code,
									kilogramsPerUnit: row.per_unit ?? 0,
									source: row.factor_source ?? '',
									year: row.factor_year ?? 0,
								},
					kilograms: row.carbon,
					low: row.low,
					high: row.high,
					statedSource: row.stated_source,
					baseline: { fr: row.baseline_fr, en: row.baseline_en },
					method: { fr: row.method_fr, en: row.method_en },
					simulated: row.simulated,
					corrects: row.corrects,
					recordedAt: row.recorded_at,
				}),
			);
			return { items, total, page, pageSize };
		},
	};
}
